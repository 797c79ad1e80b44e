"""The life of an appointment up to the door: hold, confirm, expire, cancel.

What follows at the door is in `visits`, the line for given-back places in `waiting`, a stopped
doctor in `stopping`. Verbs take an appointment that came through a door (`access`, or the
resident API's own); each moves the state by compare-and-swap in one transaction with its place.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from booking import places, rules, sold_out, taking, waiting
from booking.events import AppointmentBooked, AppointmentCancelled, AppointmentExpired
from booking.holidays import cancel_until
from booking.models import Appointment, CancelledBy, Channel, Payment, Slot
from booking.policy import params
from booking.states import APPOINTMENT, LIVE, Status
from booking.together import Outcome, Taking
from core import clock, db
from core.audit import SYSTEM, Entry, Who, audit, entry
from core.errors import Conflict, Invalid, NotFound
from core.outbox import record
from core.states import advance
from people.access import revoke
from people.deaths.queries import require_living

PAID: Final = frozenset({Payment.ONLINE, Payment.CASH})
CONFIRMED: Final = (LIVE - {Status.HELD}) | {Status.DONE, Status.NO_SHOW}
TRIES: Final = 8
"""So often a hold is tried anew when the patient or the place changed while it was decided."""

ASKED_AT_ONCE: Final = 8
MayExpire = Callable[[Appointment], Awaitable[bool]]


async def hold(
    who: Who,
    *,
    slot_id: UUID,
    patient_id: UUID,
    channel: Channel,
    key: str | None = None,
    confirmed: Collection[str] = (),
    payment: Payment | None = None,
    consent_first: bool = False,
    wait: timedelta | None = None,
    traces: Sequence[Entry] = (),
) -> Appointment:
    """Take a place: held until it is paid, or booked at once when nothing is to be paid now.

    With `consent_first` a free one is held too, until the patient has signed, and with `wait` so
    long, until they have answered. The caller has checked that `who` may act for the patient. A
    repeated `key` gives the same appointment. Raises NotFound, Conflict (`slot_full`,
    `already_booked`, and the refusals of `rules`), or Invalid when the key was used for something
    else. `traces` are written with the row, and only with it.
    """
    if channel is not Channel.RESIDENT:  # residents' own door has asked
        await require_living(patient_id)
    slot = await taking.slot_of(slot_id)
    if await sold_out.known(slot_id, key):
        raise places.SlotFull
    look: taking.Look | None = None  # most patients have nothing else: they are spared it
    for _ in range(TRIES):
        if slot is None or not slot.schedule.active:
            raise NotFound("slot_not_found", "没有这个号源,请刷新后重选。")
        refusal = _why_not(places.asked_of(slot, channel, confirmed), look)
        if refusal is None:
            whose = look.person[0] if look else patient_id
            pause = wait or (timedelta(minutes=params().pay_minutes) if consent_first else None)
            row = _new(who, slot, whose, channel, payment, key, wait=pause)
            outcome = await _take(who, slot, row, look, traces)
            if outcome is Outcome.TAKEN:
                return row
            if outcome is Outcome.FULL:
                await sold_out.remember(slot_id)
                raise places.SlotFull
        elif look is not None or key is None:
            raise refusal
        look = await taking.look(slot_id, patient_id, key)
        if look.repeat is not None:
            return _same(look.repeat, slot_id, look.person)
        slot = look.slot
    raise Conflict("changed_meanwhile", "同时在约的人太多,请再点一次。")


def _why_not(asked: rules.Asked, look: taking.Look | None) -> Conflict | None:
    """What stands in the way, as far as it is known."""
    if refusal := rules.why_not_channel(asked) or rules.why_not_slot(asked, clock.now()):
        return Conflict(refusal.code, refusal.sentence)
    if look is None:
        return None
    if look.slot is not None and not look.slot.open:
        return Conflict("slot_stopped", "这个时间已停诊,请选别的时间。")
    if look.slot is not None and look.slot.remaining <= 0:
        return places.SlotFull()
    has = look.has
    if refusal := rules.why_not_patient(asked, has.others, has.misses, clock.now(), params()):
        return Conflict(refusal.code, refusal.sentence)
    return None


async def _take(
    who: Who, slot: Slot, row: Appointment, look: taking.Look | None, traces: Sequence[Entry]
) -> Outcome:
    made = entry(who, f"appointment.{row.status}", _subject(row), patient_id=row.patient_id)
    fact = _booked(row) if row.status is Status.BOOKED else None
    version = look.version if look else None
    return await taking.take(slot, Taking(row, [*traces, made], fact, version))


def _new(
    who: Who,
    slot: Slot,
    patient_id: UUID,
    channel: Channel,
    payment: Payment | None,
    key: str | None,
    *,
    wait: timedelta | None,
) -> Appointment:
    if not slot.schedule.fee_fen:
        payment = Payment.FREE
    if wait is None and payment in (None, Payment.PENDING):
        wait = timedelta(minutes=params().pay_minutes)
    return places.new_appointment(
        who,
        slot,
        patient_id,
        channel=channel,
        payment=payment or Payment.PENDING,
        hold=wait,
        key=key,
    )


def _same(repeat: Appointment, slot_id: UUID, person: Collection[UUID]) -> Appointment:
    """A repeat, perhaps at the same moment."""
    if repeat.slot_id != slot_id or repeat.patient_id not in person:
        raise Invalid("idempotency_key_reused", "这个请求编号已经用过,请刷新页面再试。")
    return repeat


async def confirm(who: Who, appointment_id: UUID, payment: Payment) -> Appointment:
    """The fee is settled (or an offer without fee accepted): the place is the patient's.

    A repeat changes nothing. After the hold is over it raises Conflict `hold_over`: whoever took
    the money gives it back.
    """
    async with db.atomic():
        row = await Appointment.get(id=appointment_id)
        if row.status in CONFIRMED and row.payment == payment:
            return row
        if row.status is not Status.HELD:
            raise Conflict("hold_over", "保留时间已过,号已放回。已付的费用会原路退回,请重新预约。")
        await advance(
            row,
            APPOINTMENT,
            "confirm",
            payment=payment,
            booked_at=clock.now(),
            hold_expires_at=None,
        )
        await waiting.taken(row.id)
        await audit(who, "appointment.confirm", _subject(row), patient_id=row.patient_id)
        await record(_booked(row), subject=_subject(row))
    return row


async def expire(appointment_id: UUID) -> bool:
    """Give the place of an unpaid hold back; False when it was paid or given up meanwhile."""
    try:
        async with db.atomic():
            row = await Appointment.get(id=appointment_id)
            if row.status is not Status.HELD:
                return False
            await advance(row, APPOINTMENT, "expire", ended_at=clock.now())
            await give_up(row)
            await audit(SYSTEM, "appointment.expire", _subject(row), patient_id=row.patient_id)
            await record(AppointmentExpired(**ids(row)), subject=_subject(row))
    except Conflict:
        return False
    return True


async def at_once(appointment: Appointment) -> bool:
    """Nobody is asked before a hold expires."""
    return True


async def expire_due(*, may_expire: MayExpire = at_once, limit: int = 200) -> int:
    """Expire the holds whose time is over; `may_expire` may ask the cashier first."""
    due = Appointment.filter(status=Status.HELD, hold_expires_at__lte=clock.now())
    rows = await due.order_by("hold_expires_at").limit(limit)
    turn = asyncio.Semaphore(ASKED_AT_ONCE)

    async def ask(row: Appointment) -> bool:
        async with turn:
            return await may_expire(row)

    free = await asyncio.gather(*(ask(row) for row in rows))
    return sum([await expire(row.id) for row, over in zip(rows, free, strict=True) if over])


async def cancel(
    who: Who,
    appointment: Appointment,
    *,
    by: CancelledBy,
    reason: str = "",
    office: bool = False,
) -> Appointment:
    """Give the place up; what was paid is marked for refund (facts §12: not used is refunded).

    Raises Conflict when it is too late for this person, or the state does not allow it.
    """
    moment, staff = clock.now(), by is CancelledBy.STAFF
    until = await cancel_until(appointment)
    refusal = rules.why_not_cancel(appointment.starts_at, until, moment, staff=staff, office=office)
    if refusal and appointment.status is not Status.HELD:
        raise Conflict(refusal.code, refusal.sentence)
    async with db.atomic():
        refund = appointment.fee_fen if appointment.payment in PAID else 0
        await advance(
            appointment,
            APPOINTMENT,
            "cancel",
            ended_at=moment,
            cancelled_by=by,
            reason=reason,
            refund_fen=refund,
        )
        await give_up(appointment)
        await audit(
            who,
            "appointment.cancel",
            _subject(appointment),
            patient_id=appointment.patient_id,
            reason=reason,
        )
        event = AppointmentCancelled(
            **ids(appointment),
            cancelled_by=by.value,
            payment=appointment.payment.value,
            refund_fen=refund,
        )
        await record(event, subject=_subject(appointment))
    return appointment


async def give_up(row: Appointment) -> None:
    """The wish behind the row ends, the place goes to the next in line or back, and the doctor's
    leave to open the record ends with it."""
    await revoke(_subject(row))
    await waiting.lapsed(row.id)
    if not await waiting.hand_over(row.slot_id):
        await places.give_back(row.slot_id)


def _booked(row: Appointment) -> AppointmentBooked:
    return AppointmentBooked(**ids(row), starts_at=row.starts_at.isoformat())


def ids(row: Appointment) -> dict[str, str]:
    """What every event of an appointment names."""
    return {
        "appointment_id": str(row.id),
        "patient_id": str(row.patient_id),
        "schedule_id": str(row.schedule_id),
    }


def _subject(row: Appointment) -> str:
    return f"Appointment/{row.id}"
