"""People in processes of their own, told and answering in lines of JSON."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

LONGEST_LINE: Final = 64 * 2**20


@asynccontextmanager
async def crowds(
    count: int, module: str, *arguments: str, given: Sequence[dict[str, Any]], within_s: float
) -> AsyncIterator[list[Process]]:
    """Everybody of the conversations `given`, connected, in `count` processes of `module`."""
    people = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *arguments),
            stdin=PIPE,
            stdout=PIPE,
            limit=LONGEST_LINE,
        )
        for _ in range(count)
    ]
    try:
        for n, one in enumerate(people):
            _tell(one, given[n::count])
        for one in people:
            async with asyncio.timeout(within_s):
                if await _line(one) != b"arrived\n":
                    raise RuntimeError("not everybody was let in")
        yield people
    finally:
        for one in people:
            with suppress(ProcessLookupError):
                one.kill()
            await one.wait()


async def order(people: Sequence[Process], what: dict[str, Any]) -> list[Any]:
    """Tell all of them the same, and hear what each answers."""
    for one in people:
        _tell(one, what)
    return [json.loads(await _line(one)) for one in people]


def _tell(one: Process, what: object) -> None:
    assert one.stdin is not None
    one.stdin.write(json.dumps(what).encode() + b"\n")


async def _line(one: Process) -> bytes:
    assert one.stdout is not None
    return await one.stdout.readline()
