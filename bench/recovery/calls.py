"""One call of two on hosts of their own, broken again and again in every way."""

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import async_playwright

from app.packages import APPS
from bench.plan import Plan, Unavailable
from bench.rows import Row, row
from core import db

if TYPE_CHECKING:
    from tests.network.recovery import Fault


async def run(plan: Plan) -> list[Row]:
    """A row for p50 and one for the longest of each fault; the peer is the bound."""
    # not before it is asked for: this import forbids the process every outside address
    from tests.network.recovery import FAULTS, Call, measure
    from tests.plumbing.hosts import Village, why_not
    from tests.plumbing.rooms import Rooms, started

    if reason := why_not():
        raise Unavailable(reason)
    taken: dict[Fault, list[float]] = {fault: [] for fault in FAULTS if _wanted(plan, fault.name)}
    if not taken:
        raise Unavailable(f"there are: {', '.join(f'recovery-{f.name}' for f in FAULTS)}")
    with tempfile.TemporaryDirectory(prefix="doorstep-recovery-") as name:
        folder = Path(name)
        url = f"sqlite://{folder / 'recovery.sqlite3'}"
        await db.migrate(url, APPS)
        async with async_playwright() as playwright:
            village = Village(playwright, folder)
            try:
                await village.build()
                async with started(Rooms(folder, url, place=village.county)) as rooms:
                    call = await Call.prepare(village, rooms)
                    await call.begin()
                    for number in range(plan.strikes):
                        for fault, times in taken.items():
                            times.append(await measure(call, fault))
                            plan.say(f"{fault.name} {number + 1}/{plan.strikes}: {times[-1]:.2f} s")
                            await call.everybody_sees()
                    await call.end()
            finally:
                await village.remove()
    return [made for fault, times in taken.items() for made in _rows(fault, times)]


def _wanted(plan: Plan, name: str) -> bool:
    named = {row for row in plan.rows if row.startswith("recovery-")}
    return not named or f"recovery-{name}" in named


def _rows(fault: "Fault", times: list[float]) -> list[Row]:
    return [
        row(
            f"recovery-{fault.name}-{word}",
            value,
            "s",
            better="lower",
            peer="bound",
            peer_value=fault.bound_s,
            notes=[fault.words, f"{len(times)} runs"],
        )
        for word, value in (("p50", statistics.median(times)), ("max", max(times)))
    ]
