"""Static files under one content hash: `/static/<hash>/css/app.css` may be cached for ever.

The hash covers the whole folder, so ES modules import one another by relative path and a change
anywhere reaches every browser at once.
"""

import hashlib
from pathlib import Path
from typing import Final

from aiohttp import web

from core.doors import public
from core.errors import NotFound

STATIC = Path(__file__).resolve().parent.parent / "static"
FOREVER = "public, max-age=31536000, immutable"


class Assets:
    """Names the files of one folder by the hash of all its content."""

    def __init__(self, root: Path = STATIC) -> None:
        self.root = root.resolve()
        self.version = _hash_of(self.root)

    def url(self, path: str) -> str:
        """The address of a file, for templates."""
        return f"/static/{self.version}/{path}"

    def find(self, path: str) -> Path:
        """The file on disk. Raises NotFound, also for paths that climb out."""
        found = (self.root / path).resolve()
        if not found.is_relative_to(self.root) or not found.is_file():
            raise NotFound("not_found", "没有这个文件。")
        return found


ASSETS: Final = web.AppKey("assets", Assets)


def _hash_of(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@public
async def serve(request: web.Request) -> web.StreamResponse:
    """Serve one static file; an old hash still answers, but is not cached for ever."""
    assets = request.app[ASSETS]
    response = web.FileResponse(assets.find(request.match_info["path"]))
    current = request.match_info["version"] == assets.version
    response.headers["Cache-Control"] = FOREVER if current else "no-cache"
    return response
