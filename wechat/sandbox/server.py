"""The sandbox as an aiohttp application."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web

from core import csrf
from core.doors import public
from wechat.sandbox import api, bills, console, keys, official, pay, pushes, refunds
from wechat.sandbox.state import SANDBOX, Handle, Options, Sandbox
from wechat.settings import Configuration, Merchant, MiniProgram, Official
from wechat.templates import DEMO, OFFICIAL_DEMO, Catalogue

PREFIX: Final = "/sandbox/wechat"


def create(options: Options, *, prefix: str = "") -> web.Application:
    """The sandbox as an application: by itself, or to be mounted under `prefix`."""
    app = web.Application()
    app[SANDBOX] = Sandbox(options, prefix)
    for module in (api, official, pay, refunds, bills, console):
        for method, path, handle in module.ROUTES:
            app.router.add_route(method, path, _open(handle))
    app.cleanup_ctx.append(_running)
    return app


def _open(handle: Handle) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """WeChat knows neither our sessions nor our forms."""

    @csrf.same_site_suffices
    @public
    async def handler(request: web.Request) -> web.StreamResponse:
        return await handle(request, request.app[SANDBOX])

    return handler


async def _running(app: web.Application) -> AsyncIterator[None]:
    sandbox = app[SANDBOX]
    if sandbox.options.remember and (sandbox.options.folder / "memory.sqlite3").exists():
        sandbox.postman.resume()
        refunds.resume(sandbox)
    yield
    await sandbox.close()


def credentials(folder: Path, url: str, notify_url: str) -> Configuration:
    """What makes the client talk to the sandbox in `folder` at `url`."""
    identity = keys.load(folder)
    return Configuration(
        mini_program=MiniProgram(app_id=keys.APP_ID, secret=identity.app_secret, url=url),
        merchant=Merchant(
            app_id=keys.APP_ID,
            merchant_id=keys.MERCHANT_ID,
            certificate_serial=identity.merchant_serial,
            private_key=identity.merchant_pem,
            api_key=identity.api_key,
            platform_keys=identity.platform_keys,
            notify_url=notify_url,
            url=url,
        ),
        inbox=pushes.PROGRAM,
        official=Official(
            app_id=keys.OFFICIAL_APP_ID,
            secret=identity.official_secret,
            inbox=pushes.OFFICIAL,
            opens=keys.APP_ID,
            templates=Catalogue.read(OFFICIAL_DEMO),
            url=url,
        ),
        templates=Catalogue.read(DEMO),
        sandbox_url=url,
    )
