"""The API's own description."""

import functools
from typing import Any, Final

from aiohttp import web

from core import openapi
from core.doors import public
from core.etags import revalidated
from mini_program_api.border import BASE

VERSION: Final = "1.0"
routes = web.RouteTableDef()


@functools.cache
def document() -> dict[str, Any]:
    """The document, made once."""
    from mini_program_api.routes import ROUTES  # these routes are among them

    return openapi.document(
        [route for table in ROUTES for route in table],
        title="Doorstep: the resident's API",
        version=VERSION,
        prefix=BASE,
        limited=True,
    )


@routes.get(f"{BASE}/openapi.json", name="mp_openapi")
@public
@revalidated
async def show(request: web.Request) -> web.Response:
    """OpenAPI 3.1, read off the code."""
    return web.json_response(document())
