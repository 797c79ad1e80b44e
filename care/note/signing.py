"""Signing a note, and what a signed one says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from care.note import drafts, rules
from care.note.drafts import About
from care.note.models import Composition, NoteDiagnosis
from care.note.schemas import FIELDS, LISTS, NoteIn
from care.signatures.models import Signature
from care.signatures.service import Verdict, sign, verify
from core import db
from core.drafts import BaseIn
from core.errors import FieldError, Invalid
from people.actor import Actor
from people.rechecks import IdentityCheck

KIND: Final = "VisitNote"


async def sign_note(
    actor: Actor,
    about: About,
    entry: NoteIn,
    base: BaseIn,
    *,
    check: IdentityCheck,
    reason: str = "",
) -> Composition:
    """Sign what is typed as the next version.

    Raises Invalid (what is missing, an addendum without a reason), Changed (another window),
    Forbidden `reauthenticate`.
    """
    before = await drafts.latest(about.subject)
    findings = rules.missing(entry)
    if before is not None and len(reason) < rules.SHORTEST_REASON:
        findings.append(FieldError("correction_reason", "请写明为什么补充或更正(至少 4 个字)"))
    if findings:
        raise Invalid("note_incomplete", "有几处要写好,才能签名。", errors=findings)
    async with db.atomic():
        draft = await drafts.save(about, words_of(entry), base)
        draft.content = signed_words(entry)
        draft.correction_reason = reason if before is not None else ""
        signature = await sign(
            actor,
            kind=KIND,
            document_id=draft.document_id,
            version=draft.version,
            content=signed_content(draft),
        )
        await _seal(draft, signature, check)
        await _put_diagnoses(draft, signature.signed_at)
    return draft


async def _put_diagnoses(row: Composition, at: datetime) -> None:
    before = NoteDiagnosis.filter(composition_id=row.corrects_id, replaced_at=None)
    if row.corrects_id is not None:
        await before.update(replaced_at=at)
    for rank, one in enumerate(row.content["diagnoses"], start=1):
        await NoteDiagnosis.create(
            id=uuid4(),
            composition_id=row.id,
            patient_id=row.patient_id,
            rank=rank,
            recorded_at=at,
            **one,
        )


async def _seal(draft: Composition, signature: Signature, check: IdentityCheck) -> None:
    changes = {
        "open": None,
        "content": draft.content,
        "correction_reason": draft.correction_reason,
        "signed_at": signature.signed_at,
        "signature_id": signature.id,
        "author_name": signature.name,
        "author_title": signature.title,
        "author_organization": signature.organization_name,
        "check_method": check.method,
        "checked_at": check.at,
        "check_device": check.device[:200],
    }
    mine = Composition.filter(id=draft.id, open=draft.open, revision=draft.revision)
    if not await mine.update(**changes):
        raise drafts.DRAFTS.changed(await Composition.get_or_none(id=draft.id))
    draft.update_from_dict(changes)


def words_of(entry: NoteIn) -> dict[str, Any]:
    """The entry as the draft keeps it."""
    found = entry.model_dump(mode="json", include=set(FIELDS))
    return {name: value for name, value in found.items() if value}


def signed_words(entry: NoteIn) -> dict[str, Any]:
    """Every field, empty ones too, and the diagnoses with their codes."""
    found = entry.model_dump(mode="json", include=set(FIELDS) - {"diagnosis"})
    return found | {"diagnoses": rules.diagnoses(entry)}


def typed_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """A draft's or a signed version's content as the form shows it."""
    found = {name: content[name] for name in FIELDS if content.get(name)}
    if "diagnoses" in content:
        found["diagnosis"] = [line_of(one) for one in content["diagnoses"]]
    return {name: value for name, value in found.items() if name not in LISTS or value}


def line_of(one: Mapping[str, str]) -> str:
    """I10 原发性高血压."""
    return f"{one['icd10']} {one['name']}".strip()


def signed_content(row: Composition) -> dict[str, Any]:
    """Exactly what a signature under this version covers."""
    return {
        "document_id": row.document_id,
        "version": row.version,
        "corrects": row.corrects_id,
        "correction_reason": row.correction_reason,
        "subject": row.subject,
        "patient_id": row.patient_id,
        "author_id": row.author_id,
        "content": dict(row.content),
    }


async def proof(row: Composition) -> Verdict:
    """Whether the signed version is as it was when the doctor signed."""
    signature = await Signature.get(id=row.signature_id)
    return await verify(signature, signed_content(row))


async def last_of(author_id: UUID, patient_ids: list[UUID], *, but: str = "") -> Composition | None:
    """The newest note this doctor has signed for this person."""
    rows = Composition.filter(author_id=author_id, patient_id__in=patient_ids)
    rows = rows.exclude(signed_at=None).exclude(subject=but)
    return await rows.order_by("-signed_at", "-version").first()
