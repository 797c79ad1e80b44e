"""The verbs of the decoction room: receive, one step, remake."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db, outbox
from core.audit import Who, audit
from core.errors import Conflict, FieldError, Invalid, NotFound
from core.states import advance, allowed
from people.actor import Actor
from people.ages import years
from people.models import Patient
from pharmacy.decoction import rules
from pharmacy.decoction.access import open_decoction, require_room
from pharmacy.decoction.events import DecoctionMoved
from pharmacy.decoction.models import Decoction, DecoctionStep
from pharmacy.decoction.policy import params
from pharmacy.decoction.rules import Clocks
from pharmacy.decoction.schemas import ReceiveIn, StepIn
from pharmacy.decoction.states import BY_HAND, DECOCTION, OVER, Status
from pharmacy.formulary.models import Kind
from pharmacy.prescribing.models import Category, MedicationRequest, Preparation, PrescribedLine
from pharmacy.prescribing.states import Status as Prescription

CHILD_YEARS: Final = 14
UNKNOWN: Final = ("prescription_not_found", "没有找到这张处方,请核对处方号。")
SELF: Final = ("not_to_decoct", "这张处方不代煎。")
NOT_YET: Final = ("not_to_dispense", "这张处方还没有审核通过并付款,不能调配。")
NOT_BOILED: Final = "这张处方要代煎,还没有煎好。请先把拣好的饮片交给煎药室。"
DONE: Final = ("decocted_already", "这张处方已经煎好交出了。")
SAME_HANDS: Final = ("same_hands", "复核要由另一位药师做,不能是调配的人。")
CLOCKED: Final = {
    "soak": "soak_began_at",
    "boil": "boil_began_at",
    "add": "added_at",
    "boil_again": "again_began_at",
}


async def receive(actor: Actor, entry: ReceiveIn) -> Decoction:
    """Take a prescription on; the same one again gives the decoction there is.

    Only one that passed the review and belongs to an order (审核规范; 处方办法 art. 35). Raises
    NotFound, Conflict.
    """
    room = await require_room(actor)
    asked = await MedicationRequest.get_or_none(number=entry.number.upper()).select_related(
        "patient"
    )
    if asked is None:
        raise NotFound(*UNKNOWN)
    if found := await Decoction.get_or_none(open=asked.id):
        return await open_decoction(actor, found.id)
    _require_fit(asked)
    if await Decoction.filter(request_id=asked.id, status=Status.HANDED_OVER).exists():
        raise Conflict(*DONE)
    try:
        async with db.atomic():
            row = await _begin(asked, room.organization_id, boil=entry.boil, urgent=entry.urgent)
            await _write_down(actor, row, "receive", StepIn())
    except IntegrityError:  # somebody else has just scanned it
        return await open_decoction(actor, (await Decoction.get(open=asked.id)).id)
    return row


def _require_fit(asked: MedicationRequest) -> None:
    if asked.category is not Category.TCM or asked.preparation is not Preparation.DECOCT:
        raise Conflict(*SELF)
    if asked.status is not Prescription.DISPENSING:
        raise Conflict(*NOT_YET)


async def _begin(asked: MedicationRequest, organization_id: UUID, **changes: Any) -> Decoction:
    lines = await PrescribedLine.filter(request_id=asked.id).select_related("medication")
    pieces = [one for one in lines if one.medication.kind is Kind.PIECE]
    patient: Patient = asked.patient
    return await Decoction.create(
        id=uuid4(),
        number=f"JY{secrets.randbelow(10**8):08d}",
        open=asked.id,
        request_id=asked.id,
        patient_id=asked.patient_id,
        organization_id=organization_id,
        doses=asked.doses,
        dose_g=sum(one.dose for one in pieces),
        special=[(one.name, one.note) for one in pieces if one.note],
        child=years(patient.birth_date, clock.today()) < CHILD_YEARS,
        received_at=clock.now(),
        **changes,
    )


async def step(actor: Actor, decoction_id: UUID, action: str, entry: StepIn) -> Decoction:
    """One stage further. Raises NotFound, Conflict (not now, not yet, not by you), Invalid."""
    row = await open_decoction(actor, decoction_id)
    if action not in BY_HAND & set(allowed(DECOCTION, row.status)):
        if _done_already(row, action):
            return row
        raise Conflict("not_this_step", "现在不是这一步,请看最新状态。")
    if why := rules.refusal(clocks_of(row), action, clock.now(), params()):
        raise Conflict("too_early", why)
    changes = CHECKS[action](actor, row, entry) if action in CHECKS else {}
    moment = clock.now()
    if action in CLOCKED:
        changes[CLOCKED[action]] = moment
    if action == "weigh_again":
        changes["weighed_by"] = None
    if DECOCTION[row.status, action] in OVER:
        changes |= {"open": None, "ended_at": moment}
    async with db.atomic():
        await advance(row, DECOCTION, action, **changes)
        await _write_down(actor, row, action, entry)
        if action == "remake":
            return await _remake(actor, row)
    return row


async def why_not_ready(request_id: UUID) -> str:
    """Why the bags of this prescription cannot be given out yet; empty when nothing is boiled for
    it, or it is done."""
    asked = await MedicationRequest.get(id=request_id)
    if asked.preparation is not Preparation.DECOCT:
        return ""
    done = Decoction.filter(request_id=request_id, status__in=[Status.READY, Status.HANDED_OVER])
    return "" if await done.exists() else NOT_BOILED


async def stop(who: Who, request_id: UUID, reason: str) -> None:
    """The order behind it has ended: nobody goes on. Safe to repeat."""
    async with db.atomic():
        row = await Decoction.filter(open=request_id).select_for_update().first()
        if row is None:
            return
        await advance(row, DECOCTION, "stop", open=None, ended_at=clock.now())
        await _write_down(who, row, "stop", StepIn(reason=reason[:200]))


def _done_already(row: Decoction, action: str) -> bool:
    """Whether this very step has led to where it stands: a second click."""
    return any(then is row.status for (_, done), then in DECOCTION.items() if done == action)


async def _remake(actor: Actor, spoilt: Decoction) -> Decoction:
    request = await MedicationRequest.get(id=spoilt.request_id).select_related("patient")
    row = await _begin(
        request,
        spoilt.organization_id,
        boil=spoilt.boil,
        urgent=spoilt.urgent,
        remake_of=spoilt.id,
    )
    await _write_down(actor, row, "receive", StepIn())
    return row


def clocks_of(row: Decoction) -> Clocks:
    """The decoction as its rules see it."""
    notes = [note for _, note in row.special]
    return Clocks(
        status=row.status,
        boil=row.boil,
        first=rules.FIRST in notes,
        late=rules.LATE in notes,
        soak_began_at=row.soak_began_at,
        boil_began_at=row.boil_began_at,
        added_at=row.added_at,
        again_began_at=row.again_began_at,
    )


def _weigh(actor: Actor, row: Decoction, entry: StepIn) -> dict[str, Any]:
    return {"weighed_by": actor.practitioner_id}


def _recheck(actor: Actor, row: Decoction, entry: StepIn) -> dict[str, Any]:
    if row.weighed_by == actor.practitioner_id:
        raise Conflict(*SAME_HANDS)
    if entry.dose_g is None:
        raise _invalid("dose_g", "请称一剂,填写克数")
    if not rules.weighed_well(row.dose_g, entry.dose_g):
        raise _invalid("dose_g", f"应为 {row.dose_g.normalize():f} 克,误差超过 5%,请重新调配")
    return {}


def _soak(actor: Actor, row: Decoction, entry: StepIn) -> dict[str, Any]:
    if not entry.station:
        raise _invalid("station", "请扫或填锅号")
    if entry.water_ml is None:
        raise _invalid("water_ml", "请填写加水量")
    return {"pot": entry.station}


def _add(actor: Actor, row: Decoction, entry: StepIn) -> dict[str, Any]:
    if rules.LATE not in [note for _, note in row.special] or row.added_at:
        raise Conflict("nothing_to_add", "没有要后下的药,或已经下锅了。")
    return {}


def _pack(actor: Actor, row: Decoction, entry: StepIn) -> dict[str, Any]:
    if entry.yield_ml is None or entry.bags is None:
        raise _invalid("yield_ml", "请填写出液量和袋数")
    found = rules.findings_of_packing(
        doses=row.doses,
        child=row.child,
        yield_ml=entry.yield_ml,
        bags=entry.bags,
        reason=entry.unusual,
    )
    if found:
        raise Invalid("packing", "请核对打包。", errors=found)
    return {}


def _with_reason(actor: Actor, row: Decoction, entry: StepIn) -> dict[str, Any]:
    if len(entry.reason) < 2:
        raise _invalid("reason", "请写明原因")
    return {}


def _invalid(field: str, sentence: str) -> Invalid:
    return Invalid("step_incomplete", sentence, errors=[FieldError(field, sentence)])


Check = Callable[[Actor, Decoction, StepIn], dict[str, Any]]
CHECKS: Final[dict[str, Check]] = {
    "weigh": _weigh,
    "recheck": _recheck,
    "soak": _soak,
    "add": _add,
    "pack": _pack,
    "weigh_again": _with_reason,
    "remake": _with_reason,
    "cancel": _with_reason,
}
"""What a step needs besides its clock; it gives the columns to change."""


async def _write_down(who: Who, row: Decoction, action: str, entry: StepIn) -> None:
    moment: datetime = clock.now()
    await DecoctionStep.create(
        id=uuid4(),
        decoction_id=row.id,
        action=action,
        at=moment,
        by=who.practitioner_id if isinstance(who, Actor) else None,
        by_name=who.name,
        station=entry.station or row.pot,
        entries=entry.model_dump(mode="json", exclude_defaults=True, exclude={"station"}),
    )
    about = f"Decoction/{row.id}"
    await audit(who, "decoction.step", about, patient_id=row.patient_id, reason=action)
    await outbox.record(
        DecoctionMoved(
            decoction_id=str(row.id),
            request_id=str(row.request_id),
            organization_id=str(row.organization_id),
            status=row.status.value,
        ),
        subject=about,
    )
