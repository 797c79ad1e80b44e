"""Several files in one form: the sound ones are taken in, the others are named with a reason.

A browser forgets chosen files when a form comes back, so what was taken in is carried along by a
signed token, and only the refused ones have to be chosen again.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aiohttp import web

from core import crypto, forms
from core.blobs import Blob, Store
from core.errors import Invalid, TooLarge

MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Received:
    """Files taken in, and sentences about those that were not."""

    blobs: tuple[Blob, ...]
    refusals: tuple[str, ...]


async def receive(
    request: web.Request, store: Store, *, fields: Iterable[str], owner: str
) -> Received:
    """Take in the uploads under `fields` and those that `kept` tokens of `owner` name."""
    posted = await forms.fields(request)
    blobs = await _kept(posted.getall("kept", []), owner)
    refusals: list[str] = []
    uploads = [
        upload
        for field in fields
        for upload in posted.getall(field, [])
        if isinstance(upload, web.FileField) and upload.filename
    ]
    for upload in uploads:
        if len(blobs) >= MOST:
            refusals.append(f"一次最多 {MOST} 个文件,“{upload.filename}”没有收,请分次上传。")
            continue
        try:
            blobs.append(await store.receive(upload.file.read(), name=upload.filename))
        except (Invalid, TooLarge) as problem:
            refusals.append(f"“{upload.filename}”没有收:{problem.detail}")
    return Received(tuple(blobs), tuple(refusals))


async def _kept(tokens: Iterable[object], owner: str) -> list[Blob]:
    ids = [found for token in tokens if (found := _read(str(token), owner))]
    rows = {row.id: row for row in await Blob.filter(id__in=ids)}
    return [rows[found] for found in ids if found in rows]


def token(blob: Blob, owner: str) -> str:
    """Names a file that `owner` has brought and may still use."""
    return f"{blob.id}.{_mac(blob.id, owner)}"


def _read(text: str, owner: str) -> UUID | None:
    name, _, mac = text.partition(".")
    try:
        found = UUID(name)
    except ValueError:
        return None
    return found if hmac.compare_digest(mac.encode(), _mac(found, owner).encode()) else None


def _mac(blob_id: UUID, owner: str) -> str:
    return crypto.keyring().mac("kept-upload", f"{blob_id}|{owner}".encode())
