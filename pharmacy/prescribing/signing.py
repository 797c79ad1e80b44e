"""Signing a prescription: read, judged, screened, signed over its canonical content, numbered."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from care.encounter.access import DoctorView
from care.signatures.models import Signature
from care.signatures.service import sign as put_signature
from core import clock, db, outbox
from core.drafts import BaseIn
from core.errors import Conflict, FieldError, Invalid
from people.actor import Actor
from people.links import same_person
from people.rechecks import IdentityCheck
from pharmacy.prescribing import casework, content, drafts, rules, visit
from pharmacy.prescribing.catalogue import products
from pharmacy.prescribing.composing import Composed, compose, course
from pharmacy.prescribing.events import (
    MedicationRequestExpiring,
    MedicationRequestReplaced,
    MedicationRequestSigned,
)
from pharmacy.prescribing.models import Agreed, Category, MedicationRequest, PrescribedLine
from pharmacy.prescribing.policy import params
from pharmacy.prescribing.quantity import plain
from pharmacy.prescribing.schemas import id_of
from pharmacy.prescribing.states import Status
from pharmacy.prescribing.steps import KIND, expiry_key, ids, move
from pharmacy.screening import Finding, Screening, Severity

SECOND: Final = "MedicationRequestOverLabel"
VALID: Final = frozenset(
    {Status.ON_HOLD, Status.RETURNED, Status.ACTIVE, Status.DISPENSING, Status.COMPLETED}
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is written, what software finds, and everything that stands in the way."""

    composed: Composed
    screening: Screening
    errors: list[FieldError]


async def judged(
    actor: Actor,
    view: DoctorView,
    category: Category,
    words: Mapping[str, Any],
    *,
    replaces: UUID | None = None,
    signed_twice: bool = False,
) -> Judged:
    """The same questions while typing and at the signature. Nothing is raised."""
    row = view.encounter
    chosen = [id_of(one["medication"]) for one in words.get("lines", [])]
    composed = compose(words, category, await products(one for one in chosen if one))
    first = bool(words.get("long_term")) and not await _had_long(row.patient_id)
    objections = rules.objections(
        await visit.writer(actor),
        course(composed, words, first_long=first),
        composed.items,
        await visit.diagnoses(row),
        params(),
    )
    but = [replaces] if replaces else []
    screening = await casework.screened(row.patient, composed, words, but=but)
    errors = [*composed.errors, *(FieldError(one.field, one.sentence) for one in objections)]
    errors += _over_label(composed, signed_twice=signed_twice)
    errors += _unanswered(screening, words.get("overrides", {}))
    return Judged(composed, screening, errors)


async def _had_long(patient_id: UUID) -> bool:
    """Whether this person has had a long-term prescription before."""
    rows = MedicationRequest.filter(
        patient_id__in=await same_person(patient_id), long_term=True, status__in=list(VALID)
    )
    return await rows.exists()


def _over_label(composed: Composed, *, signed_twice: bool) -> list[FieldError]:
    return [
        FieldError(one.field, one.sentence)
        for line in composed.lines
        for one in rules.over_label(
            line.typed.get("over_label", ""),
            signed_twice=signed_twice,
            field=f"line-{line.place}-over_label",
        )
    ]


def _unanswered(screening: Screening, overrides: Mapping[str, str]) -> list[FieldError]:
    """Blocking findings refuse, severe ones ask for a reason each (审核规范, §2.4)."""
    found = [
        FieldError(_place(one), f"{one.sentence}({one.source})")
        for one in screening.by(Severity.BLOCKING)
    ]
    for key, one in casework.keyed(screening.by(Severity.SEVERE)):
        if len(overrides.get(key, "")) < rules.SHORTEST_REASON:
            sentence = f"{one.sentence}。仍要开,请写明理由"
            found.append(FieldError(f"override-{key}", sentence))
    return found


def _place(one: Finding) -> str:
    return f"line-{one.lines[0]}" if one.lines else "lines"


async def sign(
    actor: Actor,
    encounter_id: UUID,
    category: Category,
    words: Mapping[str, Any],
    base: BaseIn,
    *,
    check: IdentityCheck,
    signed_twice: bool = False,
) -> MedicationRequest:
    """Sign what is typed; a rewrite takes the place of the version it names.

    Raises Invalid (what is missing, forbidden, or found severe without a reason), Changed (another
    window), Conflict (a visit without prescriptions), Forbidden `reauthenticate`.
    """
    async with db.atomic():
        view = await visit.open_visit(actor, encounter_id, lock=True)
        row = await drafts.save(visit.about(view.encounter, category), words, base)
        await visit.require_prescribing(view, rewriting=row.replaces_id is not None)
        found = await judged(
            actor, view, category, words, replaces=row.replaces_id, signed_twice=signed_twice
        )
        if found.errors:
            raise Invalid("prescription_incomplete", "有几处要改好,才能签名。", errors=found.errors)
        await _fill(row, view, found, words)
        await _seal(actor, row, found, check)
        await _put_lines(row, found.composed)
        if row.replaces_id is not None:
            await _replace(actor, row)
        event = MedicationRequestSigned(**ids(row), confirmed=False)
        await move(actor, row, "sign", event, note=f"version {row.version}", **_columns(row))
        await _schedule(row)
    return row


async def _fill(
    row: MedicationRequest, view: DoctorView, found: Judged, words: Mapping[str, Any]
) -> None:
    weight = await casework.weight(row.patient_id)
    text = f"{plain(weight)} kg" if weight is not None else ""
    row.content = content.put_together(view.encounter, found.composed, words, text)
    row.screening = found.screening.as_json()
    row.overrides = _reasons(found.screening, words.get("overrides", {}))
    row.number = await _number(row)
    row.amount_fen = found.composed.amount_fen
    row.long_term = bool(words.get("long_term"))
    row.update_from_dict({"preparation": found.composed.preparation})
    row.doses = found.composed.doses


def _reasons(screening: Screening, asked: Mapping[str, str]) -> dict[str, str]:
    """By rule; what was written for several findings of one rule stands side by side."""
    found: dict[str, str] = {}
    for key, one in casework.keyed(screening.by(Severity.SEVERE)):
        before = found.get(one.rule_id)
        found[one.rule_id] = f"{before};{asked[key]}" if before else asked[key]
    return found


async def _number(row: MedicationRequest) -> str:
    """20261122-482913, said aloud in two breaths; further versions end in -2, -3."""
    if row.version > 1:
        before = await MedicationRequest.get(document_id=row.document_id, version=1)
        return f"{before.number}-{row.version}"
    for _ in range(20):
        number = f"{clock.today():%Y%m%d}-{secrets.randbelow(10**6):06d}"
        if not await MedicationRequest.exists(number=number):
            return number
    raise Conflict("no_number", "处方号刚好用到了,请再点一次签名。")


async def _seal(actor: Actor, row: MedicationRequest, found: Judged, check: IdentityCheck) -> None:
    """The signature, and a second one under a dose beyond the label (处方管理办法 art. 6)."""
    row.author_name, row.author_title = actor.name, actor.title
    signed = content.signed_content(row)
    signature = await _signature(actor, KIND, row, signed)
    row.signature_id, row.signed_at = signature.id, signature.signed_at
    row.author_name, row.author_title = signature.name, signature.title
    row.author_organization = signature.organization_name
    if any(line.entry and line.entry.over_label for line in found.composed.lines):
        row.second_signature_id = (await _signature(actor, SECOND, row, signed)).id
    row.check_method, row.checked_at = check.method, check.at
    row.check_device = check.device[:200]
    if row.content["confirmed"] == Agreed.SAID:
        row.agreed_at, row.agreed_by = row.signed_at, actor.account_id
        row.update_from_dict({"agreed_how": Agreed.SAID})
    days = int(row.content["valid_days"])
    row.valid_until = rules.valid_until(signature.signed_at, days)


async def _signature(
    actor: Actor, kind: str, row: MedicationRequest, signed: Mapping[str, Any]
) -> Signature:
    return await put_signature(
        actor, kind=kind, document_id=row.document_id, version=row.version, content=signed
    )


_SIGNED: Final = (
    "content",
    "screening",
    "overrides",
    "number",
    "amount_fen",
    "long_term",
    "preparation",
    "doses",
    "signature_id",
    "second_signature_id",
    "signed_at",
    "author_name",
    "author_title",
    "author_organization",
    "agreed_at",
    "agreed_how",
    "agreed_by",
    "check_method",
    "checked_at",
    "check_device",
    "valid_until",
)


def _columns(row: MedicationRequest) -> dict[str, Any]:
    return {"open": None, **{name: getattr(row, name) for name in _SIGNED}}


async def _put_lines(row: MedicationRequest, composed: Composed) -> None:
    for rank, line in enumerate(composed.lines, start=1):
        one, entry, supply = line.product, line.entry, line.supply
        if entry is None or supply is None:
            raise ValueError("an unreadable line is never signed")
        await PrescribedLine.create(
            id=uuid4(),
            request_id=row.id,
            rank=rank,
            medication_id=one.id,
            name=one.generic_name,
            form=one.form,
            strength=one.strength,
            unit=one.unit,
            dose=entry.dose or 0,
            dose_unit=entry.dose_unit,
            route=entry.route or row.typed.get("route", ""),
            frequency=entry.frequency,
            days=entry.days,
            quantity=supply.units,
            price_fen=one.price_fen,
            amount_fen=supply.amount_fen,
            note=entry.note,
        )


async def _replace(actor: Actor, row: MedicationRequest) -> None:
    before = await MedicationRequest.filter(id=row.replaces_id).select_for_update().first()
    if before is None:
        raise Conflict("changed_meanwhile", "要改的那张处方不在了,请刷新页面。")
    event = MedicationRequestReplaced(**ids(before), replaced_by=str(row.id))
    await outbox.cancel(expiry_key(before))
    await move(actor, before, "rewrite", event, note=str(row.id), ended_at=clock.now())


async def _schedule(row: MedicationRequest) -> None:
    if row.valid_until is None:
        raise ValueError("a signed prescription runs out")
    event = MedicationRequestExpiring(**ids(row))
    await outbox.schedule(event, due_at=row.valid_until, key=expiry_key(row))
