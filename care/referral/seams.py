"""What other rooms of `care` ask this one: what belongs on the timeline."""

from uuid import UUID

from care.record.history import Happening, source
from care.referral.access import LOADED
from care.referral.models import ServiceRequest
from care.referral.words import STATUS, target
from people.links import same_person


@source
async def referrals_of(patient_id: UUID) -> list[Happening]:
    """Referrals the resident agreed to; what was only proposed is between the two."""
    rows = ServiceRequest.filter(
        patient_id__in=await same_person(patient_id), sent_at__isnull=False
    )
    return [_happening(row) for row in await rows.select_related(*LOADED)]


def _happening(row: ServiceRequest) -> Happening:
    kind, word = STATUS[row.status]
    return Happening(
        at=row.sent_at or row.proposed_at,
        category="consultation",
        kind=kind,
        what=f"转诊到 {target(row)}({word})",
        by=f"{row.requester.name}({row.from_organization.name})",
        text="\n".join(part for part in (row.reason, row.answer, row.outcome) if part),
    )
