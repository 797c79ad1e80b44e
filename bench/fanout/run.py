"""100,000 reminders due at once beside the bare client; 10,000 with a sender that is killed."""

import asyncio
import logging
import os
from typing import Final

import structlog

from bench import machine, rows
from bench.fanout import county
from bench.fanout.killed import PAGE, Killed, killed_again
from bench.fanout.place import Place, place_of, python, said_by, sender
from bench.plan import QUICK, Plan, Unavailable
from notifications import policy
from tests.plumbing.servers import NoServerError, usable_postgres

MANY: Final = 100_000
QUICKLY: Final = 5_000
KILLED: Final = 10_000
KILLS: Final = 40
AT_ONCE: Final = policy.Params().at_once
"""What the sender's lane has open."""


async def run(plan: Plan) -> list[rows.Row]:
    """Both cases."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    count = QUICKLY if plan.rounds == QUICK.rounds else MANY
    killed = QUICKLY if plan.rounds == QUICK.rounds else KILLED
    try:
        server = usable_postgres()
        address = await asyncio.to_thread(server.__enter__)
        try:
            found = []
            if plan.wants("fanout"):
                found.append(await _fanout(address, plan, count))
            if plan.wants("fanout-killed"):
                found.append(_killed_row(await killed_again(address, killed, KILLS), killed))
            return found
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)
    except NoServerError as why:
        raise Unavailable(str(why)) from why


async def _fanout(address: str, plan: Plan, count: int) -> rows.Row:
    part = max(2_000, count // 5)
    async with place_of(address, count, credits=3, past=True) as place:
        peers = [await _bare(place, 1, part)]
        used = machine.busy_seconds()
        said = await said_by(await sender(place, lease_s=60, word_s=180))
        used = machine.busy_seconds() - used
        peers.append(await _bare(place, count - part + 1, part))
        got = await county.arrived(place.sandbox, page=PAGE)
    seconds = said["ended"] - said["began"]
    ours, peer = count / seconds, sum(rate for rate, _ in peers) / len(peers)
    cpu, bare_cpu = said["cpu"] / count, sum(spent for _, spent in peers) / len(peers)
    plan.say(f"fanout: {ours:.0f}/s, bare {[round(rate) for rate, _ in peers]}/s")
    notes = [
        f"{count} reminders due at once on PostgreSQL, one sender process, the sandbox another",
        f"duplicates {got.duplicates}, lost {got.lost(count)}",
        "the peer is the same client, as many calls open, without intent, attempt and agreement",
        f"processor time of a message: {cpu * 1e6:.0f} us in the sender, "
        f"{bare_cpu * 1e6:.0f} us in the bare client ({bare_cpu / cpu:.2f})",
        f"{used / seconds:.1f} of {machine.cores()} cores busy",
        "goal 0.7",
    ]
    if (load := os.getloadavg()[0]) > machine.cores():
        notes.append(f"DISTURBED: load {load:.0f} on {machine.cores()} cores")
    return rows.row(
        "fanout", ours, "messages/s", better="higher", peer="wechat.api.Api.send alone",
        peer_value=peer, notes=notes,
    )  # fmt: skip


def _killed_row(found: Killed, count: int) -> rows.Row:
    return rows.row(
        "fanout-killed",
        found.arrived.duplicates + found.arrived.lost(count),
        "messages lost or doubled",
        better="lower",
        notes=[
            f"{count} messages, the sender killed {found.kills} times with SIGKILL",
            f"duplicates {found.arrived.duplicates}, lost {found.arrived.lost(count)}, "
            f"not sent in our books {found.open}",
            f"{found.unsure} attempts were of unknown end after a kill, "
            f"{found.given_up} of them given up, the others settled by the sandbox's push",
        ],
    )


async def _bare(place: Place, first: int, count: int) -> tuple[float, float]:
    """Messages a second, and the processor time of each in seconds."""
    given = (place.url, place.sandbox, place.folder, first, count, AT_ONCE)
    said = await said_by(await python("bench.fanout.bare", *given))
    return said["sent"] / (said["ended"] - said["began"]), said["cpu"] / count
