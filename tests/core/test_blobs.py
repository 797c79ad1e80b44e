"""Uploads: what is kept, what is cleaned away, and what is refused in words."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageFile

from core.blobs import MAX_BYTES, Blob, Store
from core.errors import Invalid, NotFound, TooLarge


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "blobs")


def photo(form: str = "JPEG", size: tuple[int, int] = (800, 600), **options) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (180, 40, 40)).save(buffer, form, **options)
    return buffer.getvalue()


def photo_with_a_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SpyPhone"
    exif.get_ifd(0x8825)[1] = "N"
    return photo(exif=exif)


def bomb() -> bytes:
    """A PNG of a few hundred bytes that claims 30,000 by 30,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))
        )

    head = struct.pack("!IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_is_kept_sealed_with_a_thumbnail(database, store, tmp_path, form):
    blob = await store.receive(photo(form), name=f"心电图.{form.lower()}")
    assert (blob.width, blob.height, blob.is_picture) == (800, 600, True)
    assert Image.open(io.BytesIO(await store.read(blob))).size == (800, 600)
    assert max(Image.open(io.BytesIO(await store.read_thumbnail(blob))).size) == 360
    on_disk = b"".join(p.read_bytes() for p in (tmp_path / "blobs").rglob("*") if p.is_file())
    assert on_disk.count(b"sealed1.test.") == 2, "picture and thumbnail, both sealed"
    assert on_disk.isascii()


async def test_place_and_device_are_gone(database, store):
    blob = await store.receive(photo_with_a_place(), name="a.jpg")
    kept = Image.open(io.BytesIO(await store.read(blob)))
    assert len(kept.getexif()) == 0
    assert b"SpyPhone" not in await store.read(blob)


async def test_a_pdf_is_kept_as_it_is(database, store):
    raw = b"%PDF-1.7\n%" + b"x" * 200
    blob = await store.receive(raw, name="化验.pdf")
    assert (blob.content_type, await store.read(blob)) == ("application/pdf", raw)
    with pytest.raises(NotFound):
        await store.read_thumbnail(blob)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_empty"),
        (b"MZ\x90\x00" + b"\0" * 500, "file_type"),
        (b"<html><script>alert(1)</script></html>", "file_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "file_type"),
        (photo()[:400], "file_broken"),
        (photo("PNG")[:60], "file_broken"),
        (bomb(), "picture_too_large"),
    ],
)
async def test_what_is_not_what_it_seems_is_refused(
    database, store, tmp_path, monkeypatch, raw, code
):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    with pytest.raises(Invalid) as refused:
        await store.receive(raw, name="photo.jpg")
    assert refused.value.code == code
    assert await Blob.all().count() == 0
    assert not list((tmp_path / "blobs").rglob("*.*"))


async def test_too_much_is_refused(database, store):
    with pytest.raises(TooLarge):
        await store.receive(photo() + b"\0" * MAX_BYTES, name="a.jpg")


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\Windows\\a.jpg", "", "a" * 400])
async def test_names_stay_names(database, store, name):
    blob = await store.receive(photo(), name=name)
    assert "/" not in blob.name
    assert "\\" not in blob.name
    assert 0 < len(blob.name) <= 120
