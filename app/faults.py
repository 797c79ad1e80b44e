"""Faults on demand, only with DEMO=1: watch a live room mend itself. See `python -m app fault`."""

import asyncio
import hmac
import time
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import Field

from app.settings import SETTINGS, Settings
from core.doors import public
from core.errors import Forbidden
from core.http import Schema, parse
from rtc.switchboard import SWITCHBOARD

PATH: Final = "/demo/faults"
LAST_WORD_S: Final = 0.05


class FaultIn(Schema):
    """What to break, and for how long; a dead node stays dead until it is started again."""

    what: Literal["node", "signalling", "layer"]
    seconds: Annotated[float, Field(gt=0, le=120)] = 10
    layer: Annotated[str, Field(max_length=8)] = "f"


def bearer(settings: Settings) -> str:
    """What the command line knows itself by."""
    return f"Bearer {settings.keyring().derive('demo-faults').hex()}"


@public
async def strike(request: web.Request) -> web.Response:
    """Break it, and say what was broken."""
    told = request.headers.get("Authorization", "").encode("utf-8", "replace")
    if not hmac.compare_digest(told, bearer(request.app[SETTINGS]).encode()):
        raise Forbidden("not_allowed", "只有本机的命令行可以制造故障。")
    fault = parse(FaultIn, await request.json())
    return web.json_response(await _struck(request.app, fault))


async def _struck(app: web.Application, fault: FaultIn) -> dict[str, Any]:
    if fault.what == "signalling":
        # the whole process stands still, as it does when a disk or a lock holds it
        asyncio.get_running_loop().call_later(LAST_WORD_S, time.sleep, fault.seconds)
        return {"stalled_s": fault.seconds}
    nodes = [node for node in app[SWITCHBOARD].nodes.all() if node.connected]
    if fault.what == "node":
        if not nodes:
            return {"killed": ""}
        node = max(nodes, key=lambda one: one.burden)
        await node.fault("die")
        return {"killed": node.url}
    struck = [await node.fault("lose", layer=fault.layer, seconds=fault.seconds) for node in nodes]
    return {"streams": sum(struck), "lost_s": fault.seconds}
