"""Files that people bring: kept sealed under `DATA_DIR/blobs`, named by the hash of their content.

`receive` looks inside before it believes: type by content, size, and for pictures the number of
pixels. Pictures are written anew, so that EXIF (place, device) and anything hidden are gone.
"""

import asyncio
import hashlib
import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import filetype
from aiohttp import web
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError
from tortoise import fields
from tortoise.models import Model

from core import clock, crypto
from core.errors import Invalid, NotFound, TooLarge

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 4096
THUMBNAIL_SIDE: Final = 360
PICTURES: Final[Mapping[str, str]] = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
}
DOCUMENTS: Final = frozenset({"application/pdf"})


class Blob(Model):
    """One stored file under the name its sender gave it, with the hash of its plain content."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    sha256 = fields.CharField(max_length=64, db_index=True)
    content_type = fields.CharField(max_length=60)
    name = fields.CharField(max_length=120)
    size = fields.BigIntField()
    width = fields.IntField(null=True)
    height = fields.IntField(null=True)
    has_thumbnail = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()

    class Meta:
        table = "core_blob"

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown inline."""
        return self.content_type in PICTURES


@dataclass(frozen=True, slots=True)
class _Prepared:
    content_type: str
    plain: bytes
    width: int | None = None
    height: int | None = None
    thumbnail: bytes | None = None


class Store:
    """Sealed files on disk. Several app processes may share the folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def receive(self, raw: bytes, *, name: str) -> Blob:
        """Check, clean and keep a file.

        Raises TooLarge, or Invalid `file_empty`, `file_type`, `file_broken` or
        `picture_too_large`.
        """
        if not raw:
            raise Invalid("file_empty", "文件是空的,可能没传完整,请重新选。")
        if len(raw) > MAX_BYTES:
            raise TooLarge("file_too_large", "文件超过 20 MB,请压缩或拍小一点再传。")
        ready = await asyncio.to_thread(_prepare, raw)
        return await self._keep(ready, name)

    async def keep(self, plain: bytes, *, name: str, content_type: str) -> Blob:
        """Keep a file that we made ourselves (a report)."""
        return await self._keep(_Prepared(content_type, plain), name)

    async def _keep(self, ready: _Prepared, name: str) -> Blob:
        blob = Blob(
            id=uuid4(),
            sha256=hashlib.sha256(ready.plain).hexdigest(),
            content_type=ready.content_type,
            name=Path(name.replace("\\", "/")).name[-120:] or "文件",
            size=len(ready.plain),
            width=ready.width,
            height=ready.height,
            has_thumbnail=ready.thumbnail is not None,
            created_at=clock.now(),
        )
        await asyncio.to_thread(self._write, blob.id, "", ready.plain)
        if ready.thumbnail is not None:
            await asyncio.to_thread(self._write, blob.id, ".thumb", ready.thumbnail)
        await blob.save(force_create=True)
        return blob

    async def read(self, blob: Blob) -> bytes:
        """The plain content. Raises NotFound when the file is gone."""
        return await asyncio.to_thread(self._read, blob.id, "")

    async def read_thumbnail(self, blob: Blob) -> bytes:
        """A small JPEG of a picture. Raises NotFound for other files."""
        return await asyncio.to_thread(self._read, blob.id, ".thumb")

    async def reseal(self) -> int:
        """Seal what an older key sealed with the current one; return how many files changed."""
        return await asyncio.to_thread(self._reseal)

    def _reseal(self) -> int:
        changed = 0
        for path in self._root.glob("??/*"):
            if path.suffix == ".part":
                continue
            sealed, blob_id = path.read_text(), UUID(hex=path.name[:32])
            if not crypto.keyring().is_current(sealed):
                plain = crypto.keyring().open(sealed, about=blob_id.bytes)
                self._write(blob_id, path.name[32:], plain)
                changed += 1
        return changed

    def _path(self, blob_id: UUID, suffix: str) -> Path:
        return self._root / blob_id.hex[:2] / f"{blob_id.hex}{suffix}"

    def _write(self, blob_id: UUID, suffix: str, plain: bytes) -> None:
        path = self._path(blob_id, suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        sealed = crypto.keyring().seal(plain, about=blob_id.bytes)
        draft = path.with_suffix(path.suffix + ".part")
        draft.write_text(sealed)
        draft.replace(path)

    def _read(self, blob_id: UUID, suffix: str) -> bytes:
        try:
            sealed = self._path(blob_id, suffix).read_text()
        except FileNotFoundError:
            raise NotFound("file_missing", "文件已经不在了,请联系管理员。") from None
        return crypto.keyring().open(sealed, about=blob_id.bytes)


STORE: Final = web.AppKey("blobs", Store)


def _prepare(raw: bytes) -> _Prepared:
    kind = filetype.guess_mime(raw)
    if kind in DOCUMENTS:
        return _Prepared(kind, raw)
    if kind in PICTURES:
        return _clean_picture(raw, kind)
    raise Invalid("file_type", "只能传照片(JPG、PNG、WEBP)或 PDF,这个文件不是。")


def _clean_picture(raw: bytes, kind: str) -> _Prepared:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # importing WeasyPrint turns it on for everybody
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=[PICTURES[kind]]) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise Invalid("picture_too_large", "照片尺寸太大,请调小后再传。")
                picture = ImageOps.exif_transpose(opened).convert(
                    "RGBA" if kind != "image/jpeg" and opened.has_transparency_data else "RGB"
                )
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid("picture_too_large", "照片尺寸太大,请调小后再传。") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Invalid("file_broken", "照片打不开,可能没传完整,请重新拍一张。") from None
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _Prepared(
        kind,
        _encode(picture, PICTURES[kind]),
        picture.width,
        picture.height,
        _encode(_small(picture), "JPEG"),
    )


def _small(picture: Image.Image) -> Image.Image:
    copy = picture.convert("RGB")
    copy.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return copy


def _encode(picture: Image.Image, form: str) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, quality=88)
    return buffer.getvalue()
