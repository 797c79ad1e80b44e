"""Whom one may call, their numbers, and the log of calls."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care.teleconsultation.access import Side, View, open_consultation
from care.teleconsultation.events import PhoneCallLogged
from care.teleconsultation.states import WORKING
from care.teleconsultation.steps import write_down
from care.teleconsultation.telephone import rules
from care.teleconsultation.telephone.models import Outcome, PhoneCall
from care.teleconsultation.telephone.schemas import OTHER, PATIENT, PhoneCallIn
from core import clock, db
from core.errors import Conflict, FieldError, Forbidden, Invalid
from people import registration
from people.access import may_open
from people.actor import Actor
from people.models import Patient
from people.queries import organizations, patient_header, practitioners
from people.schemas import Masked


@dataclass(frozen=True, slots=True)
class Callee:
    """Somebody of this consultation who may be called. `known`: we have a number; `shown` of it."""

    value: str
    name: str
    shown: str
    known: bool


def may_log(view: View) -> bool:
    """Whether this person may write down a call now."""
    inside = view.mine or view.side == Side.EXPERT
    return inside and view.consultation.status in rules.LOGGING


async def callees(view: View) -> list[Callee]:
    """The patient, where the record is open to this person, and the doctors of the other houses."""
    found = []
    patient_id = view.consultation.patient_id
    if view.clinical and await may_open(view.actor, patient_id):
        header = await patient_header(patient_id)
        shown = header.phone_masked or "没有登记电话"
        found.append(Callee(PATIENT, f"病人 {header.name}", shown, bool(header.phone_masked)))
    return found + await _colleagues(view)


async def _colleagues(view: View) -> list[Callee]:
    """Doctors have the switchboard of their institution, which is nobody's personal number."""
    experts = [e.practitioner_id for e in view.experts if e.status in WORKING]
    ids = {view.consultation.inviter_id, *experts} - {view.actor.practitioner_id}
    phones = {house.id: house.phone for house in await organizations()}
    return [
        Callee(
            value=str(card.id),
            name=f"{card.name} {card.title}".strip(),
            shown=f"{card.organization_name} {phones.get(card.organization_id, '')}".strip(),
            known=bool(phones.get(card.organization_id)),
        )
        for card in await practitioners(ids=ids)
    ]


async def patient_number(actor: Actor, consultation_id: UUID) -> list[str]:
    """The patient's full number, to dial it; the look is audited. Raises Forbidden, Conflict."""
    view = await open_consultation(actor, consultation_id)
    _require_logging(view)
    return await registration.disclose(
        actor, view.consultation.patient_id, Masked.PHONE, "会诊中电话联系"
    )


async def log_call(actor: Actor, consultation_id: UUID, entry: PhoneCallIn) -> PhoneCall:
    """Write a call down for both sides. Raises Invalid, Forbidden, Conflict."""
    if words := rules.wrong_time(entry.called_at, clock.now()):
        raise _wrong("called_at", words)
    if entry.outcome is Outcome.ANSWERED and entry.minutes is None:
        raise _wrong("minutes", "请填通话几分钟,不到一分钟填 1")
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        _require_logging(view)
        callee, number = await _whom(view, entry)
        call = await PhoneCall.create(
            consultation_id=view.consultation.id,
            caller_id=actor.practitioner_id,
            caller_name=actor.name,
            callee=callee,
            number=entry.number or number,
            called_at=entry.called_at,
            outcome=entry.outcome,
            minutes=entry.minutes,
            note=entry.call_note,
            logged_at=clock.now(),
        )
        event = PhoneCallLogged(
            consultation_id=str(view.consultation.id), phone_call_id=str(call.id)
        )
        await write_down(view.consultation, "phone_call", actor, rules.sentence(call), event)
    return call


@dataclass(frozen=True, slots=True)
class Logged:
    """A call as pages show it: the number masked, in `whom`."""

    caller_name: str
    whom: str
    called_at: datetime
    answered: bool
    result: str
    note: str


async def shown(view: View) -> list[Logged]:
    """The calls for those who may know what was said; for others none."""
    if not view.clinical:
        return []
    return [
        Logged(
            caller_name=call.caller_name,
            whom=rules.whom_words(call),
            called_at=call.called_at,
            answered=call.outcome is Outcome.ANSWERED,
            result=rules.result_words(call),
            note=call.note,
        )
        for call in await calls(view.consultation.id)
    ]


async def calls(consultation_id: UUID) -> list[PhoneCall]:
    """Every call about a consultation in the order they were made."""
    return await PhoneCall.filter(consultation_id=consultation_id).order_by("called_at", "id")


def _require_logging(view: View) -> None:
    if not (view.mine or view.side == Side.EXPERT):
        raise Forbidden("not_in_this_room", "只有参加会诊的医生可以记电话。")
    if not may_log(view):
        raise Conflict("not_now", "会诊还没有人接,或已经结束,不能再记电话。")


async def _whom(view: View, entry: PhoneCallIn) -> tuple[str, str]:
    """Who was called, and the number on record. Raises Invalid when there is no number."""
    if entry.whom == OTHER:
        if len(entry.callee) < 2:
            raise _wrong("callee", "请写明打给了谁,例如:病人的儿子")
        found = (entry.callee, "")
    elif entry.whom == PATIENT:
        found = ("病人", await _phone_on_record(view))
    else:
        found = await _colleague(view, entry.whom)
    if not (entry.number or found[1]):
        raise _wrong("number", "没有登记号码,请填打的号码")
    return found


async def _phone_on_record(view: View) -> str:
    if not await may_open(view.actor, view.consultation.patient_id):
        raise _wrong("whom", "请从列表里选一位")
    patient = await Patient.get(id=view.consultation.patient_id)
    return patient.phone or ""


async def _colleague(view: View, wanted: str) -> tuple[str, str]:
    chosen = next((c for c in await _colleagues(view) if c.value == wanted), None)
    if chosen is None:
        raise _wrong("whom", "请从列表里选一位")
    cards = await practitioners(ids=[UUID(wanted)])
    phones = {house.id: house.phone for house in await organizations()}
    card = cards[0]
    phone = phones.get(card.organization_id, "")
    return f"{chosen.name}({card.organization_name})", rules.tidy_number(phone) if phone else ""


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(field, f"{words}。", errors=[FieldError(field, words)])
