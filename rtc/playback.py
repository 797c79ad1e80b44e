"""Recorded files on their way to a browser: from the shared folder, or through the node."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import aiohttp
from aiohttp import web

from core.errors import NotFound, Unavailable
from rtc.models import RecordingFile
from rtc.switchboard import Switchboard

ASKED: Final = ("Range", "If-Range")
TOLD: Final = (
    "Content-Type",
    "Content-Length",
    "Content-Range",
    "Accept-Ranges",
    "ETag",
    "Last-Modified",
)
CHUNK: Final = 64 * 1024
PRIVATE: Final = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


async def send(request: web.Request, board: Switchboard, file: RecordingFile) -> web.StreamResponse:
    """Answer with the file or the asked range of it (RFC 9110 section 14).

    Raises NotFound when no node has it, Unavailable when its node is out of reach.
    """
    local = board.plan.recordings / Path(file.name).name
    if local.is_file():
        return web.FileResponse(local, headers=PRIVATE)
    http = board.nodes.http
    unreachable = False
    for url in _places(file, board):
        try:
            async with http.get(  # type: ignore[union-attr]
                f"{url}/recordings/{file.name}",
                headers=board.nodes.bearer | _asked(request),
                auto_decompress=False,
            ) as found:
                if found.status in (200, 206, 416):
                    return await _pass_on(request, found)
        except (aiohttp.ClientConnectorError, TimeoutError):
            unreachable = True
    if unreachable:
        raise Unavailable("recording_unreachable", "存放这段录像的服务器暂时连不上,请稍后再看。")
    raise NotFound("recording_file_missing", "这段录像的文件找不到了,请联系管理员。")


def _places(file: RecordingFile, board: Switchboard) -> Iterable[str]:
    """The node that wrote it first: nodes may have changed their address since."""
    yield file.node
    yield from (node.url for node in board.nodes.all() if node.url != file.node)


def _asked(request: web.Request) -> dict[str, str]:
    return {name: request.headers[name] for name in ASKED if name in request.headers}


async def _pass_on(request: web.Request, found: aiohttp.ClientResponse) -> web.StreamResponse:
    told = {name: found.headers[name] for name in TOLD if name in found.headers}
    response = web.StreamResponse(status=found.status, headers=told | PRIVATE)
    await response.prepare(request)
    async for chunk in found.content.iter_chunked(CHUNK):
        await response.write(chunk)
    await response.write_eof()
    return response
