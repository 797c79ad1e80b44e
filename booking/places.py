"""Places: one slot's count, one patient's tally, one appointment's row.

The order in a transaction is: lock the patient (limits), insert the appointment, and take the
place last, so that the row everybody wants is locked for one round trip only. Holding a place, the
call that thousands make at once, is one statement: see `taking`.
"""

import itertools
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from pydantic_core import to_json
from tortoise.expressions import F, Q

from booking import rules, sold_out
from booking.models import Appointment, Channel, Payment, Schedule, ServiceType, Slot
from booking.policy import params
from booking.states import LIVE, Status
from core import clock, db
from core.audit import Who
from core.errors import Conflict
from people.links import same_person
from people.matching.service import in_step

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 10  # 30^10: 49 bits, asked for only by signed-in staff
CODES: Final = len(ALPHABET) ** CODE_LENGTH
DRAWN: Final = 16
"""Random bytes for a code: so many more than it has that each is as likely as any other."""
PAIRS: Final = ["".join(pair) for pair in itertools.product(ALPHABET, repeat=2)]


NOTHING_YET: Final[dict[str, Any]] = {
    **dict.fromkeys(("checked_in_at", "queue_number", "queue_at", "called_at", "began_at")),
    **dict.fromkeys(("ended_at", "cancelled_by", "refunded_at", "excused_at")),
    "calls": 0,
    "reason": "",
    "refund_fen": 0,
}
"""The rest of a new appointment."""

OWN: Final = (
    *("id", "status", "patient_id", "code", "key", "channel", "payment"),
    *("made_by", "made_by_name", "made_at_organization_id"),
    *("held_at", "hold_expires_at", "booked_at", "miss_at"),
)
"""What differs between two appointments of one slot; the rest is `Alike`."""

WORDS: Final = ("status", "channel", "payment")
"""Those of them that are enumerations."""

LOCK: Final = """
INSERT INTO booking_tally AS tally (patient_id, version) VALUES ($1, 1)
ON CONFLICT (patient_id) DO UPDATE SET version = tally.version + 1
"""


class SlotFull(Conflict):
    """Nothing is left; somebody was faster."""

    def __init__(self) -> None:
        super().__init__("slot_full", "这个时间的号刚刚约满了,请选别的时间,或者加入候补。")


def new_code() -> str:
    """What the slip carries: random, without letters that look alike, telling nothing."""
    number, pairs = int.from_bytes(os.urandom(DRAWN)) % CODES, []
    for _ in range(CODE_LENGTH // 2):
        number, pair = divmod(number, len(PAIRS))
        pairs.append(PAIRS[pair])
    return "".join(pairs)


def group_of(schedule: Schedule) -> str:
    """What a patient may have only once a day: a department, or one kind of examination."""
    if schedule.service_type is ServiceType.EXAM:
        return f"schedule/{schedule.id}"
    return f"{db.as_text(schedule.organization_id)}/{schedule.department}"


class Alike(NamedTuple):
    """What all new appointments of one slot have in common: their values, the columns as JSON, and
    what the rules are asked for each channel.

    Prepared once for a slot that is kept in memory (`taking.slot_of`), with thousands to come.
    """

    values: dict[str, Any]
    columns: bytes
    asked: dict[Channel, rules.Asked]


def _alike(slot: Slot) -> Alike:
    """Of this very object: one that is read later has its own."""
    kept: Alike | None = vars(slot).get("_alike")
    if kept is None:
        schedule = slot.schedule
        values = {
            "slot_id": slot.id,
            "schedule_id": slot.schedule_id,
            "group": group_of(schedule),
            "day": slot.day,
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "fee_fen": schedule.fee_fen,
            **NOTHING_YET,
        }
        given = {column: value for column, value in values.items() if value is not None}
        kept = Alike(values | {"_schedule": schedule}, to_json(given), {})
        vars(slot)["_alike"] = kept
    return kept


def columns_of(row: Appointment) -> bytes:
    """A row from `new_appointment` as JSON, for a statement that writes it with other rows."""
    values = vars(row)
    own = {column: values[column] for column in OWN if values[column] is not None}
    for column in WORDS:
        own[column] = str(own[column])  # the serializer takes ten times as long for its member
    alike: Alike = values["_alike"]
    return to_json(own)[:-1] + b"," + alike.columns[1:]


def asked_of(slot: Slot, channel: Channel, confirmed: Collection[str] = ()) -> rules.Asked:
    """What the rules need to know; the schedule is loaded."""
    alike, schedule = _alike(slot), slot.schedule
    asked = alike.asked.get(channel)
    if asked is None:
        asked = alike.asked[channel] = rules.Asked(
            channel=channel,
            pool=slot.pool,
            group=alike.values["group"],
            day=slot.day,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            release_at=slot.release_at,
            online=schedule.service_type is ServiceType.ONLINE,
            needs=schedule.needs,
        )
    return replace(asked, confirmed=confirmed) if confirmed else asked


async def check_patient(asked: rules.Asked, patient_id: UUID) -> UUID:
    """Lock the patient and apply the limits of one person; return whose the new row is.

    Records that are one person (`people.links`) share the limits. Raises Conflict.
    """
    ids = await lock_patient(patient_id)
    has = await what_patient_has(ids)
    if refusal := rules.why_not_patient(asked, has.others, has.misses, clock.now(), params()):
        raise Conflict(refusal.code, refusal.sentence)
    return ids[0]


@dataclass(frozen=True, slots=True)
class Has:
    """What counts against one more appointment: live ones, and when the patient did not come."""

    others: list[rules.Other]
    misses: list[datetime]


def remembered_from() -> datetime:
    """Missed appointments before this moment count no more."""
    house = params()
    return clock.now() - timedelta(days=house.misses_days + house.block_days)


async def what_patient_has(ids: Collection[UUID]) -> Has:
    """Read what the rules want to know about one person, who may have several records."""
    live = Q(status__in=list(LIVE), day__gte=clock.today())
    missed = Q(status=Status.NO_SHOW, excused_at=None, ends_at__gt=remembered_from())
    rows = await Appointment.filter(live | missed, patient_id__in=list(ids)).values_list(
        "status", "group", "day", "starts_at", "ends_at"
    )
    return Has(
        others=[rules.Other(*row[1:]) for row in rows if row[0] != Status.NO_SHOW],
        misses=[row[4] for row in rows if row[0] == Status.NO_SHOW],
    )


async def lock_patient(patient_id: UUID) -> list[UUID]:
    """What one person has is counted by one transaction at a time; the survivor's id is first."""
    ids = await same_person(patient_id)
    await _move_on(ids[0])
    return ids


async def _move_on(patient_id: UUID) -> None:
    await db.connection().execute_query(LOCK, [str(patient_id)])


@in_step
async def look_again(patient_ids: Sequence[UUID]) -> None:
    """These records were joined or parted: whoever is about to write on an older look looks again.

    Otherwise a hold that saw two people could give the one person two places, and one that saw one
    person could write the appointment to somebody else's record.
    """
    for patient_id in patient_ids:
        await _move_on(patient_id)


def new_appointment(
    who: Who,
    slot: Slot,
    patient_id: UUID,
    *,
    channel: Channel,
    payment: Payment,
    hold: timedelta | None,
    key: str | None = None,
) -> Appointment:
    """The row, not yet written. With `hold` it waits so long, else it is booked at once."""
    moment, alike = clock.now(), _alike(slot)
    return db.new_row(
        Appointment,
        alike.values,
        _alike=alike,
        id=uuid4(),
        status=Status.HELD if hold else Status.BOOKED,
        patient_id=patient_id,
        code=new_code(),
        key=key,
        channel=channel,
        made_by=who.account_id,
        made_by_name=who.name,
        made_at_organization_id=None if channel is Channel.RESIDENT else who.organization_id,
        payment=payment,
        held_at=moment,
        hold_expires_at=moment + hold if hold else None,
        booked_at=None if hold else moment,
        miss_at=slot.ends_at + timedelta(minutes=params().late_minutes),
    )


async def take(slot_id: UUID, moment: datetime) -> bool:
    """Take one place if there is one: the compare-and-swap everything rests on."""
    free = Slot.filter(id=slot_id, remaining__gt=0, open=True, ends_at__gt=moment)
    return bool(await free.update(remaining=F("remaining") - 1))


async def give_back(slot_id: UUID) -> None:
    """Put one place back, never above the quota. Call where the appointment leaves its state."""
    used = Slot.filter(id=slot_id, remaining__lt=F("quota"))
    if not await used.update(remaining=F("remaining") + 1):
        raise RuntimeError(f"slot {slot_id} would have more places than its quota")
    sold_out.forget(slot_id)


async def add_extra(slot_id: UUID) -> None:
    """One place more (加号), decided by the office or the doctor."""
    await Slot.filter(id=slot_id).update(quota=F("quota") + 1, remaining=F("remaining") + 1)
    sold_out.forget(slot_id)
