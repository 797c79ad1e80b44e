"""`python -m bench [NAME ...] [--quick]`: run benchmarks, print the table, keep the results.

A NAME is a benchmark (`media-forwarding`, `recovery`), a group of them (`media`, `media-small`) or
one row (`media-12x6`, `recovery-cut`).
Named runs print their table and leave `bench/results.json` alone unless `--write` is given.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bench import h5, machine, panel, rows
from bench.api import calls as calls_of_residents
from bench.booking import release
from bench.chat import idle, talking
from bench.fanout import run as fanout
from bench.media import churn, delay, forwarding, join
from bench.pharmacy import day as pharmacy_day
from bench.plan import BROKEN, QUICK, Plan
from bench.recovery import calls
from bench.screening import engine as screening

Benchmark = Callable[[Plan], Awaitable[list[rows.Row]]]

BENCHMARKS: dict[str, Benchmark] = {
    "booking": release.run,
    "chat": talking.run,
    "chat-idle": idle.run,
    "api": calls_of_residents.run,
    "media-forwarding": forwarding.run,
    "media-delay": delay.run,
    "media-join": join.run,
    "media-churn": churn.run,
    "recovery": calls.run,
    "h5": h5.run,
    "screening": screening.run,
    "pharmacy-day": pharmacy_day.run,
    "fanout": fanout.run,
    "panel": panel.run,
}
USUAL = [
    "media",
    "recovery",
    "booking",
    "chat",
    "h5",
    "screening",
    "fanout",
    "pharmacy-day",
    "panel",
]
FORWARDING_ROWS = [f"media-{goal.name}" for goal in forwarding.GOALS]
GROUPS = {"media-small": frozenset({"media-15x2", "media-20x3"})}
"""Rows of forwarding that are asked for together."""


def main() -> int:
    """Exit code 2 for an unknown name, 1 when a measurement broke; slow is no failure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="one round, short windows")
    parser.add_argument("--write", action="store_true", help="keep a named run's results too")
    options = parser.parse_args()
    plan = QUICK if options.quick else Plan()
    chosen: dict[str, Benchmark] = {}
    for name in options.names or USUAL:
        found = {k: b for k, b in BENCHMARKS.items() if k == name or k.startswith(name + "-")}
        if not found and name in release.CASES:
            plan = replace(plan, rows=plan.rows | {name})
            found = {"booking": release.run}
        if not found and name == "fanout-killed":
            plan = replace(plan, rows=plan.rows | {name})
            found = {"fanout": fanout.run}
        if not found and name.startswith("recovery-"):
            plan = replace(plan, rows=plan.rows | {name})
            found = {"recovery": calls.run}
        if not found and (name in FORWARDING_ROWS or name in GROUPS):
            plan = replace(plan, rows=plan.rows | GROUPS.get(name, {name}))
            found = {"media-forwarding": forwarding.run}
        if not found:
            known = ", ".join(["media", *BENCHMARKS, *GROUPS, *release.CASES, *FORWARDING_ROWS])
            print(f"no benchmark is called {name}; there are: {known}", file=sys.stderr)
            return 2
        chosen |= found
    measured = asyncio.run(_run(chosen, plan))
    print(machine.describe())
    print(rows.table(measured))
    if not options.names or options.write:
        rows.write(measured)
        print(f"written to {rows.RESULTS}")
    if plan.failures:
        print(f"could not be measured: {', '.join(plan.failures)}", file=sys.stderr)
    return 1 if plan.failures else 0


async def _run(chosen: dict[str, Benchmark], plan: Plan) -> list[rows.Row]:
    measured: list[rows.Row] = []
    for name, benchmark in chosen.items():
        try:
            measured += await benchmark(plan)
        except BROKEN as why:
            plan.fail(name, why)
    return measured


if __name__ == "__main__":
    sys.exit(main())
