"""Finding and registering residents, so that one person is one patient.

The same document and name open the record that is there; the same document under another name is
refused; somebody who looks like a known resident is shown before a second record is made.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q, Subquery

from core import clock, crypto, db
from core.audit import audit, refused
from core.errors import Conflict, FieldError, Invalid, NotFound
from people import access, rules
from people.actor import Actor, Role
from people.links import same_person, survivor
from people.models import IdentifierKind, Patient, PatientIdentifier, RecordGrant
from people.schemas import Contact, ContactChange, Emergency, Masked, NewDocument, Registration

CANDIDATES: Final = 200
REGISTRARS: Final = access.CLINICAL | {Role.SCHEDULER}


@dataclass(frozen=True, slots=True)
class Registered:
    """The resident's record; `created` is False when it was there already."""

    patient_id: UUID
    created: bool


class LooksFamiliar(Conflict):
    """Residents who might be the same person; staff look before a second record is made."""

    def __init__(self, patient_ids: list[UUID]) -> None:
        super().__init__("looks_familiar", "有很像的居民已经登记过,请先看看是不是同一个人。")
        self.patient_ids = patient_ids


async def register(actor: Actor, entry: Registration) -> Registered:
    """Register a resident with the actor's organization, or open who is there already.

    The outpatient office registers too, but no record opens for it. Raises Forbidden, Conflict
    `document_of_another` or LooksFamiliar.
    """
    actor.require(*REGISTRARS)
    document = entry.document
    if document is not None and (known := await _by_document(document, entry)):
        return await _open_known(actor, known, entry)
    try:
        await _look_twice(entry)
        async with db.atomic():
            return await _create(actor, entry)
    except (LooksFamiliar, IntegrityError):  # perhaps the same form, sent twice at once
        if document is None or (known := await _by_document(document, entry)) is None:
            raise
        return await _open_known(actor, known, entry)


async def change_contact(actor: Actor, patient_id: UUID, contact: ContactChange) -> None:
    """Write down how to reach a resident from now on."""
    async with db.atomic():
        patient = await access.open_patient(actor, patient_id, purpose="change_contact")
        changes = _contact_columns(contact)
        if not contact.phone and not contact.forget_phone:
            del changes["phone"], changes["phone_index"]
        if not contact.address:
            del changes["address"]
        await Patient.filter(id=patient.id).update(**changes)
        await audit(actor, "change_contact", f"Patient/{patient.id}", patient_id=patient.id)


async def add_document(actor: Actor, patient_id: UUID, entry: NewDocument) -> None:
    """Add the document of a resident who came without it. Raises Invalid or Conflict."""
    try:
        async with db.atomic():
            patient = await access.open_patient(actor, patient_id, purpose="add_document")
            document = _fitting_document(patient, entry)
            known = await _by_document(document, patient)
            if known is not None and known.id not in await same_person(patient.id):
                raise _of_another(actor, known)
            if known is None:
                await add_identifier(patient, document)
                await audit(actor, "add_document", f"Patient/{patient.id}", patient_id=patient.id)
    except IntegrityError:
        raise Conflict("document_taken", "这个证件号刚刚被登记,请刷新页面再看。") from None


async def disclose(actor: Actor, patient_id: UUID, what: Masked, reason: str) -> list[str]:
    """The full numbers behind the mask, for a reason that is kept."""
    async with db.atomic():
        patient = await access.open_patient(actor, patient_id, purpose="disclose")
        await audit(
            actor,
            f"disclose_{what}",
            f"Patient/{patient.id}",
            patient_id=patient.id,
            reason=reason,
        )
        if what is Masked.PHONE:
            return [patient.phone] if patient.phone else []
        ids = await same_person(patient.id)
        documents = await PatientIdentifier.filter(patient_id__in=ids)
        return [document.value for document in documents]


async def open_in_emergency(actor: Actor, entry: Emergency) -> RecordGrant:
    """Find a resident by name and full number, and break the glass. Raises NotFound."""
    actor.require(*access.CLINICAL)
    name = rules.tidy_name(entry.name)
    matches = {
        await survivor(patient.id)
        for patient in await Patient.filter(by_number(entry.number))
        if rules.tidy_name(patient.name) == name
    }
    if len(matches) != 1:
        missing = NotFound(
            "patient_not_found", "没有找到姓名和号码都对得上的居民,请核对后再试,或直接救治。"
        )
        raise refused(missing, actor, "emergency_access", "Patient/unknown", reason=entry.reason)
    return await access.break_glass(actor, matches.pop(), reason=entry.reason)


def by_number(text: str) -> Q:
    """The filter for a full document number or a full phone number; a part of one finds nobody."""
    keys = crypto.keyring()
    number, phone = keys.indexes(rules.tidy_number(text)), keys.indexes(rules.tidy_phone(text))
    owners = PatientIdentifier.filter(value_index__in=number).values("patient_id")
    return Q(id__in=Subquery(owners)) | Q(phone_index__in=phone)


async def _by_document(document: rules.Document, who: Registration | Patient) -> Patient | None:
    born = who.born if isinstance(who, Registration) else who.birth_date
    return await owner_of(document, name=who.name, birth_date=born)


async def owner_of(document: rules.Document, *, name: str, birth_date: date) -> Patient | None:
    """Who is registered under this document. Not a door: the caller decides who may know."""
    text = rules.index_text(document, name=name, birth_date=birth_date)
    found = await PatientIdentifier.filter(
        kind=document.kind, value_index__in=crypto.keyring().indexes(text)
    ).select_related("patient")
    return found[0].patient if found else None


async def _open_known(actor: Actor, known: Patient, entry: Registration) -> Registered:
    """The document lies on the table: its owner's record may be opened here for a while."""
    if rules.tidy_name(known.name) != rules.tidy_name(entry.name):
        raise _of_another(actor, known)
    async with db.atomic():
        patient_id = await survivor(known.id)
        if actor.has(*access.CLINICAL):
            await access.presented(actor, patient_id)
        await audit(actor, "open_by_document", f"Patient/{patient_id}", patient_id=patient_id)
    return Registered(patient_id, created=False)


def _of_another(actor: Actor, known: Patient) -> Conflict:
    problem = Conflict(
        "document_of_another",
        "这个证件号已经用另一个姓名登记过。请核对证件;改过姓名的,请带户口簿找管理员处理。",
    )
    return refused(
        problem, actor, "document_of_another", f"Patient/{known.id}", patient_id=known.id
    )


async def _look_twice(entry: Registration) -> None:
    found = await _suspects(entry)
    if set(found) - set(entry.confirmed):
        raise LooksFamiliar(found)


async def _suspects(entry: Registration) -> list[UUID]:
    """Without the same birth date or phone nobody reaches the score of `rules.looks_like`."""
    near = Q(birth_date=entry.born)
    if entry.phone:
        near |= Q(phone_index__in=crypto.keyring().indexes(entry.phone))
    known = await Patient.filter(near).limit(CANDIDATES).prefetch_related("identifiers")
    found = rules.suspects(_likeness_of_entry(entry), [likeness(patient) for patient in known])
    return list(dict.fromkeys([await survivor(patient_id) for patient_id in found]))


def _likeness_of_entry(entry: Registration) -> rules.Likeness:
    document = entry.document
    numbered = document is not None and document.kind is IdentifierKind.ID_CARD
    number = document.number if document and numbered else None
    return rules.Likeness(None, entry.name, entry.born, entry.gender, entry.phone, number)


def likeness(patient: Patient) -> rules.Likeness:
    """What a patient is compared by; identifiers are loaded."""
    numbers = [d.value for d in patient.identifiers if d.kind is IdentifierKind.ID_CARD]
    return rules.Likeness(
        patient.id,
        patient.name,
        patient.birth_date,
        patient.sex,
        patient.phone,
        numbers[0] if numbers else None,
    )


async def _create(actor: Actor, entry: Registration) -> Registered:
    document = entry.document
    patient = await Patient.create(
        id=uuid4(),
        name=rules.tidy_name(entry.name),
        sex=entry.gender,
        birth_date=entry.born,
        managing_organization_id=actor.organization_id,
        created_at=clock.now(),
        created_by=actor.practitioner_id,
        **_contact_columns(entry),
    )
    if document is not None:
        await add_identifier(patient, document)
    known = ",".join(str(one) for one in entry.confirmed)
    await audit(
        actor,
        "register_patient",
        f"Patient/{patient.id}",
        patient_id=patient.id,
        reason=f"not the same as {known}" if known else "",
    )
    return Registered(patient.id, created=True)


async def add_identifier(patient: Patient, document: rules.Document) -> None:
    """Keep a document with its patient; two at once break on its unique index."""
    text = rules.index_text(document, name=patient.name, birth_date=patient.birth_date)
    await PatientIdentifier.create(
        patient=patient,
        kind=document.kind,
        value=document.number,
        value_index=crypto.keyring().index(text),
    )


def _contact_columns(contact: Contact) -> dict[str, Any]:
    phone = contact.phone
    return {
        "phone": phone,
        "phone_index": crypto.keyring().index(phone) if phone else None,
        "village": contact.village,
        "address": contact.address or None,
        "guardian_name": contact.guardian_name or "",
        "guardian_relation": contact.guardian_relation or "",
    }


def _fitting_document(patient: Patient, entry: NewDocument) -> rules.Document:
    try:
        document = rules.read_document(
            entry.document_kind, entry.document_number, today=clock.today()
        )
    except rules.NotADocument as refusal:
        raise _wrong_document(str(refusal)) from None
    if document.birth_date not in (None, patient.birth_date):
        raise _wrong_document("证件上的出生日期和登记的不一样,请核对")
    if document.sex not in (None, patient.sex):
        raise _wrong_document("证件上的性别和登记的不一样,请核对")
    return document


def _wrong_document(sentence: str) -> Invalid:
    return Invalid("document", sentence, errors=[FieldError("document_number", sentence)])
