"""Sign and withdraw consents."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from care.consent import rules
from care.consent.events import ConsentSigned, ConsentWithdrawn
from care.consent.models import (
    CONSENT,
    Channel,
    Consent,
    SignatureMethod,
)
from care.consent.schemas import ConsentIn
from care.consent.texts import current
from care.signatures.canonical import digest
from core import clock, db
from core.audit import audit
from core.blobs import Blob, Store
from core.errors import FieldError, Forbidden, Invalid, NotFound
from core.outbox import record
from core.states import advance
from people.access import open_patient
from people.actor import Actor
from people.ages import years
from people.models import Patient

PNG_URL: Final = "data:image/png;base64,"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came with the form."""

    name: str
    raw: bytes


async def sign_consent(
    actor: Actor,
    *,
    kind: str,
    patient_id: UUID,
    subject: str,
    fee_fen: int,
    entry: ConsentIn,
    store: Store,
    thumbprint: Upload | None = None,
    channel: Channel = Channel.CLINIC_SCREEN,
) -> Consent:
    """Keep what the patient signed in front of `actor`, for one `subject` (`Consultation/<id>`).

    `fee_fen` is today's fee as the house knows it; the form carries the fee that was in view, and
    both must agree, as must the text's version. Raises Invalid with fields, NotFound, Forbidden.
    """
    patient = await open_patient(actor, patient_id, purpose="consent")
    patient_id = patient.id
    _check(entry, patient, kind=kind, fee_fen=fee_fen, thumbprint=thumbprint)
    picture = await _picture(entry, thumbprint, store)
    text = current(kind)
    row = Consent(
        id=uuid4(),
        patient_id=patient_id,
        kind=kind,
        subject=subject,
        text_version=text.version,
        text_sha256=text.sha256,
        fee_fen=fee_fen,
        signer=entry.signer,
        signer_name=entry.signer_name,
        relation=entry.relation,
        unable_reason=entry.unable_reason,
        method=entry.method,
        picture_id=picture.id if picture else None,
        channel=channel,
        signed_at=clock.now(),
        explained_by=actor.practitioner_id,
        explained_by_name=actor.name,
        organization_id=actor.organization_id,
        organization_name=actor.organization_name,
        content_sha256="",
    )
    row.content_sha256 = digest(_content(row, picture.sha256 if picture else ""))
    async with db.atomic():
        await row.save(force_create=True)
        await audit(actor, "consent.sign", f"Consent/{row.id}", patient_id=patient_id)
        await record(
            ConsentSigned(
                consent_id=str(row.id), patient_id=str(patient_id), kind=kind, subject=subject
            ),
            subject=subject,
        )
    return row


def _check(
    entry: ConsentIn, patient: Patient, *, kind: str, fee_fen: int, thumbprint: Upload | None
) -> None:
    found: dict[str, str] = {}
    if entry.text_version != current(kind).version:
        found[""] = "同意书换了新版本,请重新看过再签。"
    if entry.fee_fen != fee_fen:
        found[""] = "费用有变化,请看清新的费用再签。"
    if not entry.explained:
        found["explained"] = "请先把内容和费用讲清楚,再打勾"
    found |= rules.why_not(
        age_years=years(patient.birth_date, clock.today()),
        patient_name=patient.name,
        signer=entry.signer,
        signer_name=entry.signer_name,
        relation=entry.relation,
        unable_reason=entry.unable_reason,
        self_supporting=entry.self_supporting,
    )
    brought = thumbprint if entry.method is SignatureMethod.THUMBPRINT else entry.drawing
    found |= rules.why_unsigned(
        entry.method,
        picture=bool(brought),
        typed_name=entry.typed_name,
        signer_name=entry.signer_name,
    )
    if found:
        raise _invalid(found)


def _invalid(found: Mapping[str, str]) -> Invalid:
    errors = [FieldError(name, sentence) for name, sentence in found.items()]
    return Invalid("consent_incomplete", "同意书还有几处要补。", errors=errors)


async def _picture(entry: ConsentIn, thumbprint: Upload | None, store: Store) -> Blob | None:
    match entry.method:
        case SignatureMethod.DRAWN:
            field, upload = "drawing", Upload("签名.png", _drawn(entry.drawing))
        case SignatureMethod.THUMBPRINT if thumbprint is not None:
            field, upload = "thumbprint", thumbprint
        case _:
            return None
    try:
        blob = await store.receive(upload.raw, name=upload.name)
    except Invalid as problem:
        raise _invalid({field: problem.detail}) from None
    if not blob.is_picture:
        raise _invalid({field: "这里要一张照片,请拍照上传"})
    return blob


def _drawn(data_url: str) -> bytes:
    try:
        if not data_url.startswith(PNG_URL):
            raise ValueError("not a PNG data URL")
        return base64.b64decode(data_url.removeprefix(PNG_URL), validate=True)
    except (binascii.Error, ValueError):
        raise _invalid({"drawing": "签名没有传好,请重写一次"}) from None


def _content(row: Consent, picture_sha256: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "patient_id": row.patient_id,
        "kind": row.kind,
        "subject": row.subject,
        "text_version": row.text_version,
        "text_sha256": row.text_sha256,
        "fee_fen": row.fee_fen,
        "signer": row.signer,
        "signer_name": row.signer_name,
        "relation": row.relation,
        "unable_reason": row.unable_reason,
        "method": row.method,
        "picture_sha256": picture_sha256,
        "channel": row.channel,
        "signed_at": row.signed_at,
        "explained_by": row.explained_by,
        "organization_id": row.organization_id,
    }


async def is_intact(consent: Consent) -> bool:
    """Whether the row still says what was signed."""
    picture = await Blob.get_or_none(id=consent.picture_id) if consent.picture_id else None
    sha256 = picture.sha256 if picture else ""
    return digest(_content(consent, sha256)) == consent.content_sha256


async def withdraw_consent(actor: Actor, consent_id: UUID, *, reason: str) -> Consent:
    """Write down that the patient has changed their mind (PIPL art. 15).

    Raises NotFound, Forbidden, or Conflict when it was withdrawn already.
    """
    consent = await Consent.get_or_none(id=consent_id)
    if consent is None:
        raise NotFound("not_found", "没有找到这份同意书。")
    patient = await open_patient(actor, consent.patient_id, purpose="consent")
    if actor.organization_id not in (consent.organization_id, _managing(patient)):
        raise Forbidden("forbidden", "请由签署的机构或患者所属的机构来撤回。")
    async with db.atomic():
        await advance(
            consent, CONSENT, "withdraw", withdrawn_at=clock.now(), withdrawal_reason=reason
        )
        await audit(
            actor,
            "consent.withdraw",
            f"Consent/{consent.id}",
            patient_id=consent.patient_id,
            reason=reason,
        )
        await record(
            ConsentWithdrawn(
                consent_id=str(consent.id),
                patient_id=str(consent.patient_id),
                kind=consent.kind,
                subject=consent.subject,
            ),
            subject=consent.subject,
        )
    return consent


def _managing(patient: Any) -> UUID:
    found: UUID = patient.managing_organization_id
    return found
