"""The waiting list: a place that is given back goes to the first in line, for a limited time.

An offer is a held appointment, so its place is counted like any other. It is made in the same
transaction in which the place became free: nobody can be quicker than the line.
"""

from contextlib import suppress
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.queryset import QuerySet

from booking import places, rules
from booking.events import PlaceOffered
from booking.models import Appointment, Channel, Payment, Pool, Slot, WaitingWish
from booking.policy import params
from booking.states import WISH, Wish
from core import clock, db
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict, NotFound
from core.outbox import record
from core.states import advance

LOOK_AHEAD: Final = 20
LEAST_TIME: Final = timedelta(minutes=5)
LIVE_WISHES: Final = (Wish.WAITING, Wish.OFFERED)


async def join(
    who: Who,
    *,
    schedule_id: UUID,
    day: date,
    patient_id: UUID,
    channel: Channel,
    pool: Pool = Pool.PUBLIC,
) -> WaitingWish:
    """Stand in line for one schedule and day; a repeat changes nothing.

    Raises Conflict `places_left` while there is something to book.
    """
    async with db.atomic():
        ids = await places.lock_patient(patient_id)
        mine = WaitingWish.filter(
            schedule_id=schedule_id, day=day, patient_id__in=ids, status__in=list(LIVE_WISHES)
        )
        if found := await mine.first():
            return found
        if not await _open_slots(schedule_id, day, pool).exists():
            raise NotFound("slot_not_found", "这一天没有可以候补的号,请换一天。")
        if await _open_slots(schedule_id, day, pool).filter(remaining__gt=0).exists():
            raise Conflict("places_left", "这一天还有号,可以直接预约,不用候补。")
        wish = await WaitingWish.create(
            schedule_id=schedule_id,
            day=day,
            pool=pool,
            patient_id=ids[0],
            channel=channel,
            made_by=who.account_id,
            made_by_name=who.name,
            made_at_organization_id=None if channel is Channel.RESIDENT else who.organization_id,
            joined_at=clock.now(),
        )
        await audit(who, "waiting.join", f"WaitingWish/{wish.id}", patient_id=ids[0])
    await serve_line(schedule_id, day, pool)  # a place may have come back just before
    return await WaitingWish.get(id=wish.id)


async def leave(who: Who, wish: WaitingWish) -> None:
    """Step out of the line. Raises Conflict when a place is offered already."""
    async with db.atomic():
        await advance(wish, WISH, "leave", ended_at=clock.now())
        await audit(who, "waiting.leave", f"WaitingWish/{wish.id}", patient_id=wish.patient_id)


def _open_slots(schedule_id: UUID, day: date, pool: Pool) -> QuerySet[Slot]:
    return Slot.filter(
        schedule_id=schedule_id, day=day, pool=pool, open=True, starts_at__gt=clock.now()
    )


async def hand_over(slot_id: UUID) -> bool:
    """Pass a place to the first in line; False when nobody waits.

    Call in the transaction that freed the place, or that takes it right afterwards.
    """
    slot = await Slot.get(id=slot_id).select_related("schedule")
    moment = clock.now()
    if not slot.open or slot.starts_at - moment < LEAST_TIME or slot.release_at > moment:
        return False
    line = WaitingWish.filter(
        schedule_id=slot.schedule_id, day=slot.day, pool=slot.pool, status=Wish.WAITING
    )
    for _ in range(LOOK_AHEAD):  # one at a time, so that others may serve the ones behind
        wish = await line.order_by("id").select_for_update(skip_locked=True).first()
        if wish is None:
            return False
        if await _offer(slot, wish):
            return True
    return False


async def _offer(slot: Slot, wish: WaitingWish) -> bool:
    """Hold the place for this wish; one that cannot be met any more lapses."""
    moment = clock.now()
    hold = rules.offer_until(moment, slot.starts_at, params()) - moment
    row = places.new_appointment(
        _Behind(wish),
        slot,
        wish.patient_id,
        channel=wish.channel,
        payment=Payment.PENDING if slot.schedule.fee_fen else Payment.FREE,
        hold=hold,
    )
    row.made_at_organization_id = wish.made_at_organization_id
    needs = slot.schedule.needs
    try:
        async with db.atomic():
            row.patient_id = await places.check_patient(
                places.asked_of(slot, wish.channel, confirmed=needs), wish.patient_id
            )
            await row.save(force_create=True)
            await advance(wish, WISH, "offer", appointment_id=row.id)
    except (Conflict, IntegrityError):
        await advance(wish, WISH, "lapse", ended_at=moment)
        return False
    await audit(SYSTEM, "waiting.offer", f"Appointment/{row.id}", patient_id=row.patient_id)
    event = PlaceOffered(
        appointment_id=str(row.id),
        patient_id=str(row.patient_id),
        schedule_id=str(row.schedule_id),
        until=(moment + hold).isoformat(),
    )
    await record(event, subject=f"Appointment/{row.id}")
    return True


class _Behind:
    """Who made the wish, as the one who makes the appointment."""

    def __init__(self, wish: WaitingWish) -> None:
        self.account_id = wish.made_by
        self.name = wish.made_by_name
        self.organization_id = wish.made_at_organization_id or wish.made_by


async def serve_line(schedule_id: UUID, day: date, pool: Pool = Pool.PUBLIC) -> int:
    """Offer places that are free to those who wait (extra places, returned quotas)."""
    offered = 0
    line = WaitingWish.filter(schedule_id=schedule_id, day=day, pool=pool, status=Wish.WAITING)
    while await line.exists():
        slot = await _open_slots(schedule_id, day, pool).filter(remaining__gt=0).first()
        if slot is None or not await _serve(slot):
            return offered
        offered += 1
    return offered


async def serve_all() -> int:
    """Serve every line that stands before a free place: what one step missed, the next mends."""
    today = clock.today()
    lines = await WaitingWish.filter(status=Wish.WAITING, day__gte=today).values_list(
        "schedule_id", "day", "pool"
    )
    return sum([await serve_line(*line) for line in sorted(set(lines), key=str)])


async def _serve(slot: Slot) -> bool:
    """The wish and the patient first, the place last: the order in which everybody locks."""
    with suppress(places.SlotFull):
        async with db.atomic():
            if not await hand_over(slot.id):
                return False
            if not await places.take(slot.id, clock.now()):
                raise places.SlotFull
            return True
    return False


async def taken(appointment_id: UUID) -> None:
    """The offer behind this appointment was taken up, if there was one."""
    await _end(appointment_id, "take")


async def lapsed(appointment_id: UUID) -> None:
    """The offer behind this appointment ran out, if there was one."""
    await _end(appointment_id, "lapse")


async def _end(appointment_id: UUID, action: str) -> None:
    wish = await WaitingWish.get_or_none(appointment_id=appointment_id)
    if wish is not None and wish.status is Wish.OFFERED:
        await advance(wish, WISH, action, ended_at=clock.now())


async def lapse_past() -> int:
    """Wishes whose day has come and gone end."""
    past = WaitingWish.filter(status=Wish.WAITING, day__lt=clock.today())
    return await past.update(status=Wish.LAPSED, ended_at=clock.now())


async def position(wish: WaitingWish) -> int:
    """1 is the next to be offered a place."""
    before = WaitingWish.filter(
        schedule_id=wish.schedule_id,
        day=wish.day,
        pool=wish.pool,
        status=Wish.WAITING,
        id__lt=wish.id,
    )
    return await before.count() + 1


async def offer_behind(appointment: Appointment) -> bool:
    """Whether this appointment came from the waiting list."""
    return await WaitingWish.exists(appointment_id=appointment.id)
