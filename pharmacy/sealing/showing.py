"""The photo of a seal, for whoever has come through the door of its bag."""

from aiohttp import web

from core.audit import audit
from core.blobs import STORE
from core.errors import NotFound
from people.actor import actor_of
from pharmacy.sealing.models import Seal


async def photo(request: web.Request, row: Seal | None) -> web.Response:
    """The picture as it was taken, without place and device. Raises NotFound."""
    if row is None or row.photo_id is None:
        raise NotFound("no_seal_photo", "这一袋没有封签照片。")
    await row.fetch_related("photo", "dispense")
    actor, about = actor_of(request), f"Seal/{row.id}"
    await audit(actor, "seal.look", about, patient_id=row.dispense.patient_id)
    return web.Response(
        body=await request.app[STORE].read(row.photo),
        content_type=row.photo.content_type,
        headers={
            "Content-Disposition": "inline",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
