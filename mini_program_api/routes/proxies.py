"""Who acts for me."""

from aiohttp import web

from core.doors import residents
from core.http import endpoint, path_id
from mini_program_api.border import BASE
from mini_program_api.schemas.proxies import Proxies, ProxyOut
from people.residents import proxies
from people.residents.actor import resident_of

routes = web.RouteTableDef()


@routes.get(f"{BASE}/proxies", name="mp_proxies")
@residents
@endpoint
async def acting_for_me(request: web.Request) -> Proxies:
    """Other people's accounts that act for me or have asked to; they are masked."""
    found = await proxies.proxies(resident_of(request))
    return Proxies(
        items=[
            ProxyOut(
                id=one.id,
                owner=one.owner,
                phone_masked=one.phone_masked,
                scopes=list(one.scopes),
                pending=one.pending,
                asked_at=one.asked_at,
                until=one.until,
            )
            for one in found
        ]
    )


@routes.delete(BASE + "/proxies/{id}", name="mp_stop_proxy")
@residents
@endpoint
async def stop(request: web.Request) -> None:
    """Stop one of them at once, without a reason."""
    await proxies.stop(resident_of(request), path_id(request))
