"""Reads of alerts, within what `access.within` allows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from family_doctor.alerts.access import asked, within
from family_doctor.alerts.models import Alert, AlertStep
from family_doctor.alerts.policy import params
from family_doctor.alerts.states import OPEN, OVER, UNANSWERED
from people.actor import Actor

MOST: Final = 100


async def listed(actor: Actor, *, over: bool = False) -> list[Alert]:
    """Open ones, the oldest unanswered first; or those that are over, the latest first."""
    rows = Alert.filter(await within(actor)).select_related("patient")
    if over:
        return await rows.filter(status__in=list(OVER)).order_by("-closed_at").limit(MOST)
    found = await rows.filter(status__in=list(OPEN)).order_by("raised_at").limit(MOST)
    return sorted(found, key=lambda row: row.status not in UNANSWERED)


async def waiting(actor: Actor) -> int:
    """For the navigation: how many nobody has answered."""
    return await Alert.filter(await within(actor), status__in=list(UNANSWERED)).count()


async def steps(alert_id: UUID) -> list[AlertStep]:
    """Everything that was done, in order."""
    return await AlertStep.filter(alert_id=alert_id).order_by("id")


async def of_panels(panel_ids: Collection[UUID]) -> dict[UUID, Alert]:
    """The alerts of rounds of measurements."""
    return {row.panel_id: row for row in await Alert.filter(panel_id__in=list(panel_ids))}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of the alerts raised since a day: how many, how many were answered in time (before the
    responsible doctor would be asked), and the median time until an answer; None without any."""

    raised: int
    in_time: int
    unanswered: int
    until_answer: timedelta | None


async def numbers(actor: Actor, since: datetime) -> Numbers:
    """How soon the actor's teams answer."""
    rows = await Alert.filter(await asked(actor), raised_at__gte=since)
    return numbers_of(rows)


def numbers_of(rows: Collection[Alert]) -> Numbers:
    """Count them."""
    waits = [row.acknowledged_at - row.raised_at for row in rows if row.acknowledged_at]
    late = params().to_doctor
    return Numbers(
        raised=len(rows),
        in_time=sum(wait <= late for wait in waits),
        unanswered=sum(row.status in UNANSWERED for row in rows),
        until_answer=sorted(waits)[len(waits) // 2] if waits else None,
    )
