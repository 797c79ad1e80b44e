"""The note of a visit: what it begins with, what its signature demands, what the end demands."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from care.encounter import evidence, rules, visiting
from care.encounter.access import DoctorView, open_encounter
from care.encounter.events import NoteSigned
from care.encounter.models import Encounter, EncounterEvidence
from care.encounter.states import SIGNING, Status
from care.encounter.steps import ids, subject, write_down
from care.note import drafts, orders, signing
from care.note.drafts import About
from care.note.icd10 import coded
from care.note.models import Composition
from care.note.rules import diagnoses
from care.note.schemas import NoteIn
from care.note.templates import OF_ONE_VISIT
from core import db
from core.drafts import BaseIn
from core.errors import Conflict, FieldError, Invalid
from people.actor import Actor
from people.links import same_person
from people.rechecks import IdentityCheck

_HINT: Final = re.compile(r"[((][^()()]*[))]$")


def about(row: Encounter) -> About:
    """Whose note it is."""
    return About(subject(row.id), row.patient_id, row.practitioner_id)


async def save(
    actor: Actor, encounter_id: UUID, words: Mapping[str, Any], base: BaseIn
) -> Composition:
    """Keep what is typed. Raises Changed, Conflict when nothing may be noted any more."""
    async with db.atomic():
        view = await open_encounter(actor, encounter_id, lock=True)
        require_noting(view)
        return await drafts.save(about(view.encounter), words, base)


def require_noting(view: DoctorView) -> None:
    """Raise Conflict when this visit has no note."""
    if not view.reads:
        raise Conflict("not_now", "这次复诊没有进行,不用写病历。")


async def sign(
    actor: Actor,
    encounter_id: UUID,
    entry: NoteIn,
    base: BaseIn,
    *,
    check: IdentityCheck,
    reason: str = "",
    finish: bool = False,
) -> Composition:
    """Sign the note, and with `finish` end the visit with it.

    Raises Invalid (what is missing, another disease without a reason), Changed, Conflict (not
    begun yet, or no fitting verdict), Forbidden `reauthenticate`.
    """
    async with db.atomic():
        view = await open_encounter(actor, encounter_id, lock=True)
        row = view.encounter
        if row.status not in SIGNING:
            raise Conflict("not_now", "居民进来以后才能签病历,写好的已经保存。")
        if refused := rules.why_no_note(
            row.status, diagnoses(entry)[:1], await _proven(row), entry.same_why
        ):
            error = FieldError("same_why", refused.sentence)
            raise Invalid(refused.code, refused.sentence, errors=[error])
        signed = await signing.sign_note(actor, about(row), entry, base, check=check, reason=reason)
        event = NoteSigned(**ids(row), version=signed.version)
        await write_down(actor, row, "note", event, note=f"version {signed.version}")
        if row.status is Status.FINISHED:
            await Encounter.filter(id=row.id).update(advice=entry.advice)
        if finish:
            await visiting.finish(actor, encounter_id)
    return signed


async def _proven(row: Encounter) -> list[tuple[str, str]]:
    """Code and name of every diagnosis that counts as evidence."""
    found = await evidence.of(row.id)
    return [(one.icd10, one.diagnosis_text) for one in found if evidence.counts(row, one)]


async def from_answers(row: Encounter) -> dict[str, Any]:
    """What the resident said and the evidence shows, as the beginning of a note."""
    found = await evidence.of(row.id)
    fitting = [one for one in found if evidence.counts(row, one)]
    lines = [f"{_HINT.sub('', one['text'])} {one['answer']}" for one in row.answers]
    sets = orders.set_of(row.condition, fitting[0].icd10 if fitting else "")
    name = evidence.condition_of(row).name
    begun = {
        "complaint": row.complaint or f"{name}复诊",
        "history": "\n".join([*_papers(fitting[:3]), "居民自述:", *lines] if lines else []),
        "diagnosis": [
            signing.line_of({"icd10": fitting[0].icd10, "name": fitting[0].diagnosis_text})
        ]
        if fitting
        else [],
        "alarm": sets.alarm,
    }
    return {key: value for key, value in begun.items() if value}


def _papers(found: Sequence[EncounterEvidence]) -> list[str]:
    return [
        f"{one.visit_date:%Y-%m-%d} {one.institution}确诊:{one.diagnosis_text}" for one in found
    ]


async def from_last(row: Encounter) -> dict[str, Any]:
    """The last note this doctor signed for this person, without its dates and reasons."""
    last = await last_note(row)
    if last is None:
        raise Conflict("no_last_note", "您还没有给这位居民签过病历。")
    words = signing.typed_of(last.content)
    return {name: words[name] for name in words if name not in OF_ONE_VISIT}


async def from_kept(row: Encounter) -> dict[str, Any]:
    """What another window of the same doctor has kept."""
    draft = await drafts.draft_of(about(row))
    return signing.typed_of(draft.content) if draft else {}


async def last_note(row: Encounter) -> Composition | None:
    """The last note this doctor signed for this person in another visit."""
    person = await same_person(row.patient_id)
    return await signing.last_of(row.practitioner_id, person, but=subject(row.id))


def order_set(row: Encounter, words: Mapping[str, Any]) -> orders.OrderSet:
    """What is suggested beside what is typed: by the main diagnosis, else the condition."""
    lines = words.get("diagnosis") or [""]
    return orders.set_of(row.condition, coded(lines[0])[0])
