"""`screening`: prescriptions a second on one core, and a ten-drug history in milliseconds."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from bench import rows
from bench.plan import Plan
from bench.screening.scan import scanning
from pharmacy import screening
from pharmacy.screening import Amount, Case, Drug, Line, Medicine
from pharmacy.screening.products import read
from pharmacy.screening.rulebook import Rules, shipped
from tests.pharmacy.screening.cases import FOLDER, read_case

DRUGS: Final = Path(screening.__file__).parents[1] / "formulary" / "demo_drugs.csv"
LIMIT_MS: Final = 20.0
WINDOW_S: Final = 3.0
LONG: Final = (
    "缬沙坦氨氯地平片(Ⅰ)",
    "琥珀酸美托洛尔缓释片",
    "螺内酯片",
    "阿司匹林肠溶片",
    "硫酸氢氯吡格雷片",
    "阿托伐他汀钙片",
    "盐酸二甲双胍片",
    "达格列净片",
    "消渴丸",
    "复方丹参滴丸",
)
TAKEN: Final = (
    "华法林钠片",
    "地高辛片 0.25mg 每日半片",
    "奥美拉唑肠溶胶囊",
    "布洛芬",
    "单硝酸异山梨酯",
    "左甲状腺素钠片",
    "氢氯噻嗪",
    "格列美脲",
    "血府逐瘀胶囊",
    "银杏叶片",
)


async def run(plan: Plan) -> list[rows.Row]:
    """In a thread of its own, as nothing here waits for anything."""
    return await asyncio.to_thread(measure, plan)


def measure(plan: Plan) -> list[rows.Row]:
    """Ours and the peer by turns on the same cases; both say the same, or nothing is measured."""
    cases = [read_case(path).case for path in sorted(FOLDER.glob("*.toml"))]
    long = long_case()
    ours, peer = shipped(), scanning(shipped())
    for case in (*cases, long):
        if screening.screen(case, ours) != screening.screen(case, peer):
            raise RuntimeError("index and list disagree")
    rates: dict[str, list[float]] = {"ours": [], "peer": []}
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    for turn in range(plan.rounds):
        plan.say(f"screening: round {turn + 1} of {plan.rounds}")
        for name, rules in (("ours", ours), ("peer", peer)):
            rates[name].append(_rate(cases, rules))
            times[name] += _times(long, rules)
    findings = len(screening.screen(long, ours).findings)
    return [
        rows.row(
            "screening",
            statistics.median(rates["ours"]),
            "prescriptions/s",
            better="higher",
            peer="lists without index",
            peer_value=statistics.median(rates["peer"]),
            notes=[f"{len(cases)} known prescriptions in turn", "one core"],
        ),
        _ten("screening-ten-drugs-p99", times, 99, findings),
        _ten("screening-ten-drugs-p50", times, 50, findings),
    ]


def _ten(name: str, times: dict[str, list[float]], percent: int, findings: int) -> rows.Row:
    at = {who: statistics.quantiles(found, n=100)[percent - 1] for who, found in times.items()}
    return rows.row(
        name,
        at["ours"],
        "ms",
        better="lower",
        peer="lists without index",
        peer_value=at["peer"],
        notes=[f"ten drugs beside ten taken, {findings} findings", f"goal under {LIMIT_MS:g} ms"],
    )


def _rate(cases: Sequence[Case], rules: Rules) -> float:
    count, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < WINDOW_S:
        for case in cases:
            screening.screen(case, rules)
        count += len(cases)
    return count / passed


def _times(case: Case, rules: Rules) -> list[float]:
    found, start = [], time.perf_counter()
    while time.perf_counter() - start < WINDOW_S:
        before = time.perf_counter()
        screening.screen(case, rules)
        found.append((time.perf_counter() - before) * 1000)
    return found


def long_case() -> Case:
    """Ten drugs for somebody who takes ten others: far more than one prescription may hold."""
    drugs = {drug.name: drug for _, drug in read(DRUGS)}
    known = read_case(FOLDER / "good_coronary_secondary_prevention.toml").case
    return replace(
        known,
        lines=tuple(_line(drugs[name]) for name in LONG),
        current=tuple(map(Medicine, TAKEN)),
    )


def _line(drug: Drug) -> Line:
    return Line(drug, dose=Amount(Decimal(1), drug.unit), times_per_day=Decimal(2), days=28)
