"""The one door from a partner's system to a patient.

A system reads what its institution has a ground for just now: residents whose record the
institution keeps, and those for whom it or one of its doctors holds a live grant (a visit, a
consultation, a referral, a card that was presented). Whoever broke the glass did so in person: an
emergency opens nothing here. Everybody else gets the answer of a record that does not exist.
"""

from typing import Final
from uuid import UUID

from tortoise.expressions import Q, Subquery

from core import clock
from core.audit import audit, refused
from core.errors import NotFound
from people.access import OWN
from people.links import same_person
from people.models import GrantBasis, Patient, Practitioner, RecordGrant
from people.partners.actor import PartnerSystem

UNKNOWN: Final = "没有找到,或者贵机构现在没有读取的依据。"


async def open_patient(
    partner: PartnerSystem, patient_id: UUID, *, action: str, subject: str, what: str
) -> list[UUID]:
    """All records of the patient, the survivor first. Raises NotFound.

    The look is written down as `action` on `subject`; `what` names what was asked for.
    """
    ids = await same_person(patient_id)
    basis = await _basis(partner, ids)
    if basis is None:
        known = await Patient.exists(id=ids[0])
        raise refused(
            unknown(),
            partner,
            action,
            subject,
            patient_id=ids[0] if known else None,
            reason=what,
        )
    await audit(partner, action, subject, patient_id=ids[0], reason=f"{what} ({basis})")
    return ids


def unknown() -> NotFound:
    """The answer for what is not there, and for what is not the partner's to see."""
    return NotFound("not_found", UNKNOWN)


async def _basis(partner: PartnerSystem, ids: list[UUID]) -> str | None:
    house = partner.organization_id
    if await Patient.exists(id__in=ids, managing_organization_id=house):
        return OWN
    doctors = Practitioner.filter(organization_id=house, active=True).values("id")
    ours = Q(organization_id=house) | Q(practitioner_id__in=Subquery(doctors))
    live = Q(until=None) | Q(until__gt=clock.now())
    grants = RecordGrant.filter(ours, live, patient_id__in=ids, revoked_at=None)
    personal = (GrantBasis.EMERGENCY, GrantBasis.PRESCRIPTION)
    found = await grants.exclude(basis__in=personal).order_by("granted_at").first()
    return found.basis.value if found else None
