"""Reads of consents."""

from uuid import UUID

from care.consent.models import Consent, ConsentStatus
from care.consent.texts import current
from people.links import same_person


async def valid(patient_id: UUID, kind: str, *, subject: str, fee_fen: int) -> Consent | None:
    """The consent that may be relied on now: not withdrawn, in today's words, at this fee."""
    text = current(kind)
    found = Consent.filter(
        patient_id__in=await same_person(patient_id),
        kind=kind,
        subject=subject,
        status=ConsentStatus.ACTIVE,
        text_version=text.version,
        text_sha256=text.sha256,
        fee_fen=fee_fen,
    )
    return await found.order_by("-signed_at").first()


async def of_patient(patient_id: UUID) -> list[Consent]:
    """Everything this patient signed, the newest first."""
    return await Consent.filter(patient_id__in=await same_person(patient_id)).order_by("-signed_at")
