"""Emergency openings of records, and the look back at each of them.

Whoever opened a record without an invitation had a reason; somebody else reads it within
`Policy.emergency_review` and says whether it was one (个人信息保护法 art. 51: access by staff is
bounded and checked).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import StringConstraints

from core import clock, db
from core.audit import audit
from core.errors import Conflict, Forbidden, NotFound
from core.http import Schema
from core.live import Hint
from core.outbox import outside, record
from people.actor import Actor, Role
from people.events import EmergencyAccessOpened, EmergencyAccessReviewed
from people.models import EmergencyReview, GrantBasis, RecordGrant, ReviewVerdict
from people.policy import policy
from people.queries import PatientHeader, patient_headers, practitioners

TOPIC: Final = "emergency-accesses"
READERS: Final = (Role.ADMIN, Role.SUPERVISOR)
REVIEWERS: Final = (Role.ADMIN,)
VERDICT_WORDS: Final = {
    ReviewVerdict.JUSTIFIED.value: "理由成立",
    ReviewVerdict.UNJUSTIFIED.value: "理由不成立",
}


class Finding(Schema):
    """What the reviewer says of an opening."""

    verdict: ReviewVerdict
    note: Annotated[str, StringConstraints(min_length=4, max_length=300)]


@dataclass(frozen=True, slots=True)
class EmergencyAccess:
    """One broken glass, for those who review them."""

    id: UUID
    patient: PatientHeader
    practitioner_id: UUID
    doctor: str
    organization: str
    reason: str
    granted_at: datetime
    until: datetime | None
    review: EmergencyReview | None

    @property
    def review_by(self) -> datetime:
        """When somebody should have looked."""
        return self.granted_at + policy().emergency_review

    @property
    def overdue(self) -> bool:
        """Whether nobody has looked in time."""
        return self.review is None and clock.now() > self.review_by


async def emergency_accesses(*, limit: int = 100) -> list[EmergencyAccess]:
    """Openings of the county: all that wait for a review, then the newest reviewed ones."""
    openings = RecordGrant.filter(basis=GrantBasis.EMERGENCY).order_by("-granted_at")
    waiting = await openings.filter(review__grant_id=None)
    looked_at = openings.filter(review__grant_id__not_isnull=True)
    return await _shown([*waiting, *await looked_at.limit(limit)])


async def emergency_access(grant_id: UUID) -> EmergencyAccess:
    """One opening. Raises NotFound."""
    found = await _shown(await RecordGrant.filter(id=grant_id, basis=GrantBasis.EMERGENCY))
    if not found:
        raise NotFound("emergency_access_not_found", "没有找到这次紧急查看。")
    return found[0]


async def _shown(rows: list[RecordGrant]) -> list[EmergencyAccess]:
    headers = await patient_headers(row.patient_id for row in rows)
    doctors = {
        card.id: card
        for card in await practitioners(
            ids=[row.practitioner_id for row in rows if row.practitioner_id], active=None
        )
    }
    reviews = {
        review.grant_id: review
        for review in await EmergencyReview.filter(grant_id__in=[row.id for row in rows])
    }
    return [
        EmergencyAccess(
            id=row.id,
            patient=headers[row.patient_id],
            practitioner_id=row.practitioner_id,
            doctor=doctors[row.practitioner_id].name,
            organization=doctors[row.practitioner_id].organization_name,
            reason=row.reason,
            granted_at=row.granted_at,
            until=row.until,
            review=reviews.get(row.id),
        )
        for row in rows
        if row.practitioner_id in doctors and row.patient_id in headers
    ]


async def waiting_for_review(actor: Actor) -> int:
    """How many openings this person should look at."""
    if not actor.has(*REVIEWERS):
        return 0
    openings = RecordGrant.filter(basis=GrantBasis.EMERGENCY, review__grant_id=None)
    return await openings.exclude(practitioner_id=actor.practitioner_id).count()


async def review(actor: Actor, grant_id: UUID, finding: Finding) -> EmergencyReview:
    """Say whether an opening was justified; saying the same again changes nothing.

    Raises Forbidden (no reviewer, one's own opening), NotFound, Conflict `already_reviewed`.
    """
    actor.require(*REVIEWERS)
    opening = await emergency_access(grant_id)
    if opening.practitioner_id == actor.practitioner_id:
        raise Forbidden("own_access", "自己打开的档案要由别人核查。")
    async with db.atomic():
        kept, is_new = await EmergencyReview.get_or_create(
            grant_id=grant_id,
            defaults={
                "verdict": finding.verdict,
                "note": finding.note,
                "reviewed_by": actor.practitioner_id,
                "reviewed_at": clock.now(),
            },
        )
        if is_new:
            await audit(
                actor,
                "emergency_access.review",
                f"RecordGrant/{grant_id}",
                patient_id=opening.patient.id,
                reason=f"{finding.verdict}: {finding.note}",
            )
            await record(EmergencyAccessReviewed(grant_id=str(grant_id), verdict=finding.verdict))
    if (kept.verdict, kept.note) != (finding.verdict, finding.note):
        raise Conflict("already_reviewed", "这次紧急查看已经有人核查过了。")
    return kept


async def hears_openings(actor: Actor, rest: str) -> bool:
    """Who may listen to the topic `emergency-accesses`."""
    return not rest and actor.has(*READERS)


@outside
async def tell_reviewers(
    event: EmergencyAccessOpened | EmergencyAccessReviewed, *, hint: Hint
) -> None:
    """The list of those who review is no longer what it was."""
    await hint(TOPIC, event.name, id=event.grant_id)
