"""Static files under one content hash: `/static/<hash>/css/app.css` may be cached for ever.

The hash covers the whole folder, so ES modules import one another by relative path and a change
anywhere reaches every browser at once. Text travels compressed: each file is packed once, when it
is first asked for, and the packed bytes are kept, since they cannot change while we run.
"""

import asyncio
import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from aiohttp import web

from core.doors import public
from core.errors import NotFound

STATIC = Path(__file__).resolve().parent.parent / "static"
FOREVER = "public, max-age=31536000, immutable"
PACKED: Final = frozenset({".css", ".js", ".mjs", ".svg", ".json", ".html", ".txt", ".md"})
_REFUSED: Final = re.compile(r"\s*q=0(\.0*)?\s*")


@dataclass(frozen=True, slots=True)
class Packed:
    """A file in gzip, and the tag of these bytes."""

    body: bytes
    etag: str


class Assets:
    """Names the files of one folder by the hash of all its content."""

    def __init__(self, root: Path = STATIC) -> None:
        self.root = root.resolve()
        self.version = _hash_of(self.root)
        self._packed: dict[Path, Packed] = {}

    def url(self, path: str) -> str:
        """The address of a file, for templates."""
        return f"/static/{self.version}/{path}"

    def find(self, path: str) -> Path:
        """The file on disk. Raises NotFound, also for paths that climb out."""
        found = (self.root / path).resolve()
        if not found.is_relative_to(self.root) or not found.is_file():
            raise NotFound("not_found", "没有这个文件。")
        return found

    async def packed(self, path: Path) -> Packed:
        """The file in gzip, made off the event loop the first time."""
        if path not in self._packed:
            self._packed[path] = await asyncio.to_thread(_pack, path)
        return self._packed[path]


ASSETS: Final = web.AppKey("assets", Assets)


@cache  # a process reads its files once
def _hash_of(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _pack(path: Path) -> Packed:
    body = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
    return Packed(body, hashlib.sha256(body).hexdigest()[:20])


def accepts_gzip(request: web.Request) -> bool:
    """Whether the browser takes gzip (RFC 9110 §12.5.3; `gzip;q=0` means no)."""
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return not _REFUSED.fullmatch(weight)
    return False


@public
async def serve(request: web.Request) -> web.StreamResponse:
    """Serve one static file; an old hash still answers, but is not cached for ever."""
    assets = request.app[ASSETS]
    path = assets.find(request.match_info["path"])
    response = await _answer(request, assets, path)
    current = request.match_info["version"] == assets.version
    response.headers["Cache-Control"] = FOREVER if current else "no-cache"
    return response


async def _answer(request: web.Request, assets: Assets, path: Path) -> web.StreamResponse:
    if path.suffix not in PACKED:
        return web.FileResponse(path)
    vary = {"Vary": "Accept-Encoding"}
    if not accepts_gzip(request) or "Range" in request.headers:
        return web.FileResponse(path, headers=vary)
    packed = await assets.packed(path)
    if any(known.value in (packed.etag, "*") for known in request.if_none_match or ()):
        response = web.Response(status=304, headers=vary)
    else:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        response = web.Response(body=packed.body, content_type=kind, headers=vary)
        response.headers["Content-Encoding"] = "gzip"
        if kind.startswith("text/"):
            response.charset = "utf-8"
    response.etag = packed.etag
    return response
