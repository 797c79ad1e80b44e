"""What is done with reports: remember them, sum a call up, forget what is old."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from core import clock, outbox
from people.models import Practitioner
from rtc.events import CallMeasured
from rtc.models import Participant
from rtc.quality.ledger import sample_of
from rtc.quality.models import CallQuality, QualitySample
from rtc.quality.rules import summed_up
from rtc.quality.schemas import Quality

SETTLED: Final = timedelta(seconds=150)
"""No more samples for so long: the call is over for this seat."""
SETTLED_AFTER_FAREWELL: Final = timedelta(seconds=5)
FRESH: Final = timedelta(seconds=150)


async def remember(
    room_id: UUID, seat: UUID, report: Quality, *, farewell: bool = False
) -> QualitySample:
    """Keep a minute of a line; the call is summed up when no more of them come."""
    moment = clock.now()
    sample = sample_of(report, await lost_by_sender(room_id, report))
    sample.room_id, sample.seat, sample.at = room_id, seat, moment
    await sample.save()
    await outbox.schedule(
        CallMeasured(room=str(room_id), seat=str(seat)),
        due_at=moment + (SETTLED_AFTER_FAREWELL if farewell else SETTLED),
        key=f"quality:{room_id}:{seat}",
    )
    return sample


async def lost_by_sender(room_id: UUID, report: Quality) -> dict[UUID, float]:
    """What the lines of those I hear lost on their way up lately, percent by seat."""
    rows = await QualitySample.filter(
        room_id=room_id,
        seat__in=[one.seat for one in report.heard],
        at__gt=clock.now() - FRESH,
        loss_up__not_isnull=True,
    ).order_by("at")
    return {row.seat: row.loss_up for row in rows if row.loss_up is not None}


async def sum_up(room_id: UUID, seat: UUID) -> CallQuality | None:
    """Write or renew the row of a call and seat; None when nothing was measured."""
    samples = await QualitySample.filter(room_id=room_id, seat=seat).order_by("at")
    if not samples:
        return None
    doctor = await Practitioner.get_or_none(id=seat)
    sat = await Participant.get_or_none(room_id=room_id, seat=seat)
    row, _ = await CallQuality.update_or_create(
        room_id=room_id,
        seat=seat,
        defaults={
            "organization_id": doctor.organization_id if doctor else None,
            "part": sat.part if sat else "doctor" if doctor else "",
            **summed_up(samples),
        },
    )
    return row


async def forget_old(*, samples: timedelta, calls: timedelta) -> None:
    """Drop samples and rows of calls that have had their day."""
    moment = clock.now()
    await QualitySample.filter(at__lt=moment - samples).delete()
    await CallQuality.filter(began_at__lt=moment - calls).delete()
