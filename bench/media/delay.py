"""`media-delay`: how much later a packet arrives because it went through the server.

Each packet carries the time at which it was made; the kernel notes when the receiving socket got
it; both on this machine's clock. What the same generator needs with no server between is shown
beside it.
"""

from bench.machine import cores
from bench.media.doorstep import Doorstep
from bench.media.janus import Janus
from bench.media.load import Case, direct, percentile, sample
from bench.plan import Plan, Unavailable
from bench.rows import Row, row

CASE = Case(3, 6, stamps=True)
SHARES = {"p50": 0.50, "p99": 0.99}


async def run(plan: Plan) -> list[Row]:
    """Added delay of ours and of both settings of Janus under the 3x6 load."""
    floor = await direct(CASE, plan.seconds)
    delays = {"doorstep": (await sample(Doorstep(), CASE, plan.seconds)).delays_us}
    for name, server in {
        "janus default": Janus(),
        f"janus event_loops={cores()}": Janus(cores()),
    }.items():
        try:
            delays[name] = (await sample(server, CASE, plan.seconds)).delays_us
        except Unavailable as reason:
            plan.say(f"peer skipped: {reason}")
    rows = []
    for label, share in SHARES.items():
        base = percentile(floor.delays_us, share)
        added = {name: percentile(found, share) - base for name, found in delays.items()}
        ours = added.pop("doorstep")
        best = min(added, key=lambda name: added[name], default=None)
        rows.append(
            row(
                f"media-delay-{label}",
                ours,
                "µs added by forwarding at 3x6",
                better="lower",
                peer=best,
                peer_value=None if best is None else added[best],
                notes=[
                    f"direct loopback {base:.0f} µs, taken off all figures",
                    *(f"{name} {value:.0f}" for name, value in added.items()),
                ],
            )
        )
    return rows
