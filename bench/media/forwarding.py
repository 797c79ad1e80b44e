"""`media-forwarding`: what one forwarded packet costs the server, and whether any is lost."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bench.machine import cores
from bench.media.doorstep import Doorstep
from bench.media.janus import Janus
from bench.media.load import Case, Sample, sample
from bench.media.server import Server
from bench.plan import BROKEN, Plan, Unavailable
from bench.rows import Row, row

UNIT = "µs CPU per forwarded packet"


@dataclass(frozen=True)
class Goal:
    """A case by name and the largest share of Janus's better cost that we allow ourselves."""

    name: str
    case: Case
    share: float | None = None


GOALS = (
    Goal("12x6", Case(12, 6), 1 / 2.2),
    Goal("3x6", Case(3, 6), 1 / 1.5),
    Goal("15x2", Case(15, 2)),
    Goal("20x3", Case(20, 3), 1 / 2),
    Goal("3x6-recording", Case(3, 6, recording=True), 1.0),
)
DISTURBED = 0.3
"""Cores that others may use on average before a row says that it was disturbed."""
TRIES = 3
"""How often a window is measured anew when the generator itself could not keep up."""

Maker = Callable[[], Server]
Samples = dict[str, list[Sample]]


async def run(plan: Plan) -> list[Row]:
    """Ours and both settings of Janus by turns; medians. Rows for all cases of the plan."""
    makers: dict[str, Maker] = {"doorstep": Doorstep}
    reason = await _why_no_janus()
    if reason:
        plan.say(f"peer skipped: {reason}")
    else:
        makers["janus default"] = Janus
        makers[f"janus event_loops={cores()}"] = lambda: Janus(cores())
    taken: dict[str, Samples] = {}
    for goal in GOALS:
        if not plan.wants(f"media-{goal.name}"):
            continue
        alone = goal.case.recording and "3x6" in taken
        mine = {"doorstep": makers["doorstep"]} if alone else makers
        try:
            taken[goal.name] = await _by_turns(plan, goal, mine)
        except BROKEN as why:
            plan.fail(f"media-{goal.name}", why)

    def plain(goal: Goal) -> Samples:
        """Recording is compared with what the peers needed at 3x6 without it."""
        return taken.get("3x6", {}) if goal.case.recording else {}

    return [
        result(goal, ours=found["doorstep"], peers=_peers({**plain(goal), **found}))
        for goal in GOALS
        if (found := taken.get(goal.name))
    ]


async def _why_no_janus() -> str:
    peer = Janus()
    try:
        await peer.start()
    except Unavailable as reason:
        return str(reason)
    await peer.stop()
    return ""


async def _by_turns(plan: Plan, goal: Goal, makers: dict[str, Maker]) -> Samples:
    taken: Samples = {name: [] for name in makers}
    for turn in range(plan.rounds):
        names = list(makers)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            case = goal.case if name == "doorstep" else replace(goal.case, recording=False)
            found = await _sound_sample(plan, case, makers[name])
            taken[name].append(found)
            plan.say(f"{goal.name} {name}: {_words(found)}")
    return taken


async def _sound_sample(plan: Plan, case: Case, maker: Maker) -> Sample:
    for _ in range(TRIES):
        found = await sample(maker(), case, plan.seconds)
        if found.sound:
            break
        plan.say(f"measured again, the generator did not keep up: {_words(found)}")
    return found


def _words(found: Sample) -> str:
    return (
        f"{found.cpu_us_per_packet:.1f} µs, {found.packets / found.seconds:.0f} packets/s, "
        f"lost {found.lost}, {found.streams_per_core:.0f} A+V streams per core, "
        f"{found.memory_mib:.0f} MiB; generator {found.generator_cpu} cores, "
        f"late p99 {found.late_p99_us} µs, dropped {found.generator_dropped}; "
        f"others {found.others:.1f} cores"
    )


def _peers(found: Samples) -> dict[str, float]:
    return {name: _cost(taken) for name, taken in found.items() if name != "doorstep"}


def _cost(taken: Sequence[Sample]) -> float:
    return statistics.median(s.cpu_us_per_packet for s in taken)


def result(goal: Goal, *, ours: Sequence[Sample], peers: dict[str, float]) -> Row:
    """The row of one case: medians of ours beside the better of the peers."""
    cost = _cost(ours)
    lost, packets = sum(s.lost for s in ours), sum(s.packets for s in ours)
    notes = [
        f"lost {lost} of {packets} packets: {'pass' if not lost else 'FAIL'}",
        f"{statistics.median(s.streams_per_core for s in ours):.0f} A+V streams per core",
        *(f"{name} {value:.1f}" for name, value in peers.items()),
    ]
    others = statistics.mean(s.others for s in ours)
    if others > DISTURBED:
        notes.append(f"DISTURBED: other work used {others:.1f} cores meanwhile")
    better = min(peers, key=lambda name: peers[name], default=None)
    if goal.case.recording:
        written = min(sum(s.recorded) for s in ours) / 2**20
        files = min(len([size for size in s.recorded if size]) for s in ours)
        notes.append(f"ours records ({files} files, {written:.1f} MiB), the peer does not")
    if better is not None and goal.share is not None:
        passed = cost <= goal.share * peers[better]
        notes.insert(
            0, f"goal at most {goal.share:.3f} of the peer: {'pass' if passed else 'FAIL'}"
        )
    return row(
        f"media-{goal.name}",
        cost,
        UNIT,
        better="lower",
        peer=better,
        peer_value=None if better is None else peers[better],
        notes=notes,
    )
