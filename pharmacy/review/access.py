"""The only doors of review: any pharmacist of the county sees the queue, the one who holds a
prescription opens it, and its doctor reads what became of it. For others it does not exist."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from core import clock
from core.audit import refused
from core.errors import Forbidden, NotFound
from people.actor import Actor, Role
from people.models import Practitioner
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import SIGNED
from pharmacy.review import rules
from pharmacy.review.models import Review, ReviewerTraining
from pharmacy.review.policy import params

PHARMACISTS: Final = (Role.PHARMACIST,)
TOPIC: Final = "review"


@dataclass(frozen=True, slots=True)
class RequestView:
    """A signed prescription as a pharmacist meets it. `holding`: on whose desk it lies."""

    request: MedicationRequest
    holding: Review | None
    actor: Actor

    @property
    def mine(self) -> bool:
        """Whether it lies on this pharmacist's desk."""
        return self.holding is not None and self.holding.reviewer_id == self.actor.practitioner_id


async def open_request(actor: Actor, request_id: UUID, *, lock: bool = False) -> RequestView:
    """A signed prescription of the county. `lock` serialises verbs on it. Raises NotFound."""
    actor.require(*PHARMACISTS)
    rows = MedicationRequest.filter(id=request_id, status__in=list(SIGNED))
    row = await (rows.select_for_update() if lock else rows).first()
    if row is None:
        name = f"MedicationRequest/{request_id}"
        raise refused(unknown(), actor, "prescription_review.open", name)
    return RequestView(row, await Review.get_or_none(live=row.id), actor)


async def open_own(actor: Actor, request_id: UUID) -> MedicationRequest:
    """A signed prescription for the doctor who wrote it. Raises NotFound."""
    rows = MedicationRequest.filter(id=request_id, author_id=actor.practitioner_id)
    row = await rows.filter(status__in=list(SIGNED)).first()
    if row is None:
        name = f"MedicationRequest/{request_id}"
        raise refused(unknown(), actor, "prescription_review.read", name)
    return row


async def refusal_of(actor: Actor) -> rules.Refusal | None:
    """Why this person may not review; None when they may."""
    person = await Practitioner.get(id=actor.practitioner_id)
    trained = await ReviewerTraining.exists(practitioner_id=person.id)
    found = rules.Reviewer(person.licence, person.title, person.practising_since, trained)
    return rules.reviewer_may(found, clock.today(), params())


async def require_reviewer(actor: Actor) -> None:
    """Raise Forbidden for those who may not review."""
    actor.require(*PHARMACISTS)
    if refusal := await refusal_of(actor):
        raise Forbidden(refusal.code, refusal.sentence)


def is_head(actor: Actor) -> bool:
    """Whether this person answers for the pharmacy: reports, training, monthly tables."""
    return actor.has(*PHARMACISTS) and rules.at_least(actor.title, params().head)


def require_head(actor: Actor) -> None:
    """Raise Forbidden for everybody else."""
    if not is_head(actor):
        raise Forbidden("not_the_head", f"这里由药学部门负责人({params().head}以上)来看。")


def unknown() -> NotFound:
    """The same for strangers and for what is not there."""
    return NotFound("prescription_not_found", "没有找到这张处方。")


async def hears_review(actor: Actor, _: str) -> bool:
    """The queue's hints name no patient; every pharmacist hears them."""
    return actor.has(*PHARMACISTS)
