"""Reports as they come in: how often one is heard, what is answered, when a minute is kept."""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from rtc.quality import scoring, service
from rtc.quality.ledger import Ledger
from rtc.quality.schemas import Answer, Quality

HEARD_EVERY_S: Final = 2.0
KEPT_EVERY_S: Final = 60.0
RECENT: Final = 4
"""Bars are judged over so many reports: one has too few packets to tell whose loss it was."""
LEAST_S: Final = 2.0
"""Less than that is no sample."""


@dataclass(slots=True)
class _Ear:
    room_id: UUID
    seat: UUID
    heard_at: float
    kept_at: float
    ledger: Ledger = field(default_factory=Ledger)
    recent: deque[Quality] = field(default_factory=lambda: deque(maxlen=RECENT))


class Listener:
    """The ears of one app process, one for each connection."""

    def __init__(self) -> None:
        self._ears: dict[str, _Ear] = {}
        self._lost_up: dict[tuple[UUID, UUID], float] = {}

    async def hear(self, sid: str, room_id: UUID, seat: UUID, report: Quality) -> Answer | None:
        """Judge and note a report; None when it comes too soon after the last one.

        A browser cannot have measured for longer than since its last report (or, for the first
        one, than two minutes): what it claims beyond that does not count.
        """
        moment = time.monotonic()
        ear = self._ears.get(sid)
        if ear is None:
            ear = self._ears[sid] = _Ear(room_id, seat, moment - report.seconds, moment)
        elapsed = moment - ear.heard_at
        if elapsed < min(HEARD_EVERY_S, report.seconds):
            return None
        ear.heard_at = moment
        report = _within(report, elapsed)
        ear.ledger.reports.append(report)
        ear.recent.append(report)
        if moment - ear.kept_at >= KEPT_EVERY_S:
            await self._keep(ear)
        return self._judge(ear, report)

    async def gone(self, sid: str, *, farewell: bool = False) -> None:
        """The connection ended, perhaps without a farewell: keep what it said."""
        ear = self._ears.pop(sid, None)
        if ear is not None:
            self._lost_up.pop((ear.room_id, ear.seat), None)
            await self._keep(ear, farewell=farewell)

    async def _keep(self, ear: _Ear, *, farewell: bool = False) -> None:
        if ear.ledger.seconds < LEAST_S:
            return
        total, ear.ledger, ear.kept_at = ear.ledger.total(), Ledger(), time.monotonic()
        await service.remember(ear.room_id, ear.seat, total, farewell=farewell)

    def _judge(self, ear: _Ear, report: Quality) -> Answer:
        lately = Ledger(ear.recent).total()
        lost = scoring.lost_up(lately)
        if lost is not None:
            self._lost_up[ear.room_id, ear.seat] = lost
        known = {
            one.seat: self._lost_up[ear.room_id, one.seat]
            for one in lately.heard
            if (ear.room_id, one.seat) in self._lost_up
        }
        return Answer(
            line=scoring.judge_line(lately, known),
            heard={one.seat: scoring.judge_heard(one, report) for one in report.heard},
        )


def _within(report: Quality, elapsed: float) -> Quality:
    seconds = max(0.0, min(report.seconds, elapsed))
    if seconds == report.seconds:
        return report
    return report.model_copy(update={"seconds": seconds, "cut_s": min(report.cut_s, seconds)})
