"""A resident's own appointments and wishes: found among the account's patients, or not found."""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from aiohttp import web

from booking import residents as booking
from booking.models import Appointment, Payment, WaitingWish
from booking.residents import AppointmentView, WishView
from booking.words import PAYMENT, WISH
from core import db
from core.audit import audit, refused
from core.errors import NotFound, Problem
from core.gathering import Gathered
from mini_program_api import words
from mini_program_api.bindings import CASHIER
from mini_program_api.schemas.booking import (
    AppointmentOut,
    NeedOut,
    QueueOut,
    RefundOut,
    RemedyOut,
    WishOut,
)
from people.links import all_records
from people.residents import access
from people.residents.actor import Resident
from people.residents.models import Scope


def key_of(who: Resident, given: str) -> str:
    """A caller's `Idempotency-Key` as rows keep it: two accounts may choose the same."""
    named = f"{db.as_text(who.account_id)}|{given}"
    return "mp-" + hashlib.sha256(named.encode()).hexdigest()


async def patient_ids(who: Resident, scope: Scope, only: UUID | None = None) -> set[UUID]:
    """All records of the patients this account may act for; of one of them with `only`."""
    found = await access.own_patient_ids(who, scope)
    if only is None:
        return found
    return await all_records({only}) if only in found else set()


async def open_appointment(who: Resident, appointment_id: UUID, scope: Scope) -> Appointment:
    """One of the account's. Raises NotFound, which leaves a trace and tells nothing.

    Raises Forbidden `not_in_scope` for one that the account may see, but not do this with.
    """
    subject = f"Appointment/{appointment_id}"
    try:
        return await booking.appointment_of(await patient_ids(who, scope), appointment_id)
    except NotFound as missing:
        problem: Problem = missing
        if scope is not Scope.BOOK and await _may_see(who, appointment_id):
            problem = access.not_in_scope(scope)
        raise refused(problem, who, "resident.open_appointment", subject) from None


async def _may_see(who: Resident, appointment_id: UUID) -> bool:
    try:
        await booking.appointment_of(await patient_ids(who, Scope.BOOK), appointment_id)
    except NotFound:
        return False
    return True


async def open_wish(who: Resident, wish_id: str) -> WaitingWish:
    """One of the account's wishes. Raises NotFound."""
    try:
        return await booking.wish_of(await patient_ids(who, Scope.BOOK), int(wish_id))
    except NotFound as missing:
        raise refused(missing, who, "resident.open_wish", f"WaitingWish/{wish_id}") from None


async def looked_at(who: Resident, row: Appointment) -> None:
    """Write down that the account saw it."""
    await audit(
        who, "appointment.open", f"Appointment/{row.id}", patient_id=row.patient_id, reason="own"
    )


async def appointment(app: web.Application, row: Appointment) -> AppointmentOut:
    """One appointment in the contract's words."""
    return (await appointments(app, [row]))[0]


async def fresh_appointment(row: Appointment, patient_name: str) -> AppointmentOut:
    """One that was made this moment; nothing can be owed back yet."""
    view = await booking.appointment_view(row)
    return _shown(view, patient_name, words.refund_of(view, ""))


async def appointments(app: web.Application, rows: Sequence[Appointment]) -> list[AppointmentOut]:
    """Many at once."""
    views = await booking.appointment_views(rows)
    names = await names_of(view.patient_id for view in views)
    return [_shown(view, names[view.patient_id], await _refund(app, view)) for view in views]


async def wishes(found: Sequence[WishView]) -> list[WishOut]:
    """Wishes in the contract's words."""
    names = await names_of(view.patient_id for view in found)
    return [_wish(view, names[view.patient_id]) for view in found]


async def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What these patients are called."""
    wanted = list(set(ids))
    return dict(zip(wanted, await asyncio.gather(*map(_name.ask, wanted)), strict=True))


NAMES: Final = """
SELECT patient.id, patient.name FROM {asked} JOIN people_patient AS patient ON patient.id = asked.id
"""


async def _names(ids: Sequence[UUID]) -> list[str]:
    listed = db.listed([{"id": one} for one in set(ids)])
    rows = await db.fetch(NAMES.format(asked=db.asked(id="uuid")), listed)
    found = {db.as_id(row["id"]): str(row["name"]) for row in rows}
    return [found[one] for one in ids]


_name: Final = Gathered(_names)


async def _refund(app: web.Application, view: AppointmentView) -> RefundOut:
    word = ""
    if view.payment is Payment.ONLINE and view.refund_fen:
        paid = await app[CASHIER].payment_of(view.id)
        word = paid.refund if paid else ""
    return words.refund_of(view, word)


def _shown(view: AppointmentView, patient_name: str, refund: RefundOut) -> AppointmentOut:
    return AppointmentOut(
        id=view.id,
        status=view.status,
        status_name=words.status_name(view),
        next_step=words.next_step(view, refund),
        slot_id=view.slot_id,
        schedule_id=view.schedule_id,
        patient_id=view.patient_id,
        patient_name=patient_name,
        practitioner_id=view.practitioner_id,
        practitioner_name=view.name,
        practitioner_title=view.title,
        organization_id=view.organization_id,
        organization_name=view.organization_name,
        organization_address=view.organization_address,
        organization_phone=view.organization_phone,
        department=view.department,
        department_name=view.department_name,
        service_type=view.service_type,
        place=view.place,
        start=view.starts_at,
        end=view.ends_at,
        fee_fen=view.fee_fen,
        payment=view.payment,
        payment_name=PAYMENT[view.payment],
        hold_expires_at=view.hold_expires_at,
        offered=view.from_line,
        cancel_until=view.cancel_until,
        check_in_from=view.check_in_from,
        code=view.code,
        queue_number=view.queue.number if view.queue else None,
        queue=QueueOut(number=view.queue.number, ahead=view.queue.ahead, now=view.queue.now)
        if view.queue
        else None,
        needs=[NeedOut(key=need.key, name=need.name, how=need.how) for need in view.needs],
        reason=view.reason,
        refund=refund,
        remedy=RemedyOut(state=view.remedy.state, moved_to_id=view.remedy.moved_to_id)
        if view.remedy
        else None,
    )


def _wish(view: WishView, patient_name: str) -> WishOut:
    return WishOut(
        id=str(view.id),
        status=view.status,
        status_name=WISH[view.status][1],
        next_step=words.wish_step(view),
        patient_id=view.patient_id,
        patient_name=patient_name,
        schedule_id=view.schedule_id,
        practitioner_id=view.practitioner_id,
        practitioner_name=view.name,
        organization_name=view.organization_name,
        department_name=view.department_name,
        day=view.day,
        position=view.position,
        appointment_id=view.appointment_id,
        joined_at=view.joined_at,
    )
