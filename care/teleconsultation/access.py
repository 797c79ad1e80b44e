"""The only doors to a consultation.

Inviter's side: the doctor who asked, and clinicians of her institution to read. Experts: those
who accepted. Asked: specialists of the invited institution for the wanted specialty, those on
call, and those invited by name; before they accept they see no name beyond 张**. Oversight: the
bureau sees how it went, not what was said. For everybody else it does not exist.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from care.teleconsultation.hours import Shift
from care.teleconsultation.models import (
    Consultation,
    Expert,
    Part,
    Seat,
)
from care.teleconsultation.states import ExpertStatus, Status
from core import clock
from core.errors import Forbidden, NotFound
from people.actor import CLINICIANS, Actor, Role
from people.models import Practitioner

DUTY = "duty_manager"


class Side(StrEnum):
    """From where somebody looks at a consultation."""

    INVITER = "inviter"
    EXPERT = "expert"
    ASKED = "asked"
    OVERSIGHT = "oversight"


@dataclass(frozen=True, slots=True)
class View:
    """A consultation as one person may see it. `mine`: the inviter herself."""

    consultation: Consultation
    seats: list[Seat]
    experts: list[Expert]
    side: Side
    actor: Actor

    @property
    def expert(self) -> Expert | None:
        """The person's own invitation, whatever its state."""
        mine = self.actor.practitioner_id
        return next((e for e in self.experts if e.practitioner_id == mine), None)

    @property
    def invited_by_colleague(self) -> bool:
        """Whether the person was invited by name to join, not asked to take a seat."""
        expert = self.expert
        return (
            expert is not None
            and expert.status == ExpertStatus.INVITED
            and all(seat.asked_id != expert.practitioner_id for seat in self.seats)
        )

    @property
    def mine(self) -> bool:
        """Whether this is the inviter herself."""
        inviter: UUID = self.consultation.inviter_id
        return inviter == self.actor.practitioner_id

    @property
    def coordinates(self) -> bool:
        """Whether this person leads the expert side."""
        return (
            self.side == Side.EXPERT
            and self.expert is not None
            and self.expert.part == Part.COORDINATOR
        )

    @property
    def clinical(self) -> bool:
        """Whether the medical content is open to this person."""
        return self.side in (Side.INVITER, Side.EXPERT)

    def require_inviter(self) -> None:
        """Raise Forbidden unless this is the inviter herself."""
        if not self.mine:
            raise Forbidden("inviter_only", "只有发起会诊的医生可以做这一步。")

    def require_expert(self) -> Expert:
        """The person's accepted invitation. Raises Forbidden."""
        if self.side != Side.EXPERT or self.expert is None:
            raise Forbidden("expert_only", "只有接诊的专家可以做这一步。")
        return self.expert

    def require_leader(self) -> None:
        """Raise Forbidden unless this is the inviter or the coordinator."""
        if not (self.mine or self.coordinates):
            raise Forbidden("leader_only", "只有发起会诊的医生或牵头专家可以做这一步。")


async def open_consultation(actor: Actor, consultation_id: UUID, *, lock: bool = False) -> View:
    """Open one consultation. `lock` serialises verbs on it. Raises NotFound alike for a stranger
    and for an id that does not exist."""
    rows = Consultation.filter(id=consultation_id)
    found = await (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise _unknown()
    seats = await Seat.filter(consultation_id=found.id).order_by("position")
    experts = await Expert.filter(consultation_id=found.id).order_by("invited_at")
    side = await _side(actor, found, seats, experts)
    if side is None:
        raise _unknown()
    return View(found, seats, experts, side, actor)


def _unknown() -> NotFound:
    return NotFound("consultation_not_found", "没有找到这次会诊,请从“我的会诊”里打开。")


async def _side(
    actor: Actor, consultation: Consultation, seats: list[Seat], experts: list[Expert]
) -> Side | None:
    if consultation.inviter_id == actor.practitioner_id:
        return Side.INVITER
    if consultation.status == Status.DRAFT or not consultation.submitted_at:
        return None
    own = next((e for e in experts if e.practitioner_id == actor.practitioner_id), None)
    if own is not None and own.status in (ExpertStatus.ACCEPTED, ExpertStatus.SIGNED):
        return Side.EXPERT
    same_house = consultation.inviter_organization_id == actor.organization_id
    if same_house and actor.has(*CLINICIANS):
        return Side.INVITER
    if own is not None and actor.has(*CLINICIANS):
        return Side.ASKED
    if actor.has(Role.SPECIALIST) and await _on_the_desk(actor, consultation, seats):
        return Side.ASKED
    return Side.OVERSIGHT if actor.has(Role.SUPERVISOR) else None


async def _on_the_desk(actor: Actor, consultation: Consultation, seats: list[Seat]) -> bool:
    await consultation.fetch_related("agreement")
    agreement = consultation.agreement
    if agreement is None or agreement.invitee_organization_id != actor.organization_id:
        return False
    return bool(await wanted_from(actor) & {s.specialty for s in seats}) or await on_duty(actor)


async def wanted_from(actor: Actor) -> set[str]:
    """The specialties this person answers for: their own, and those they are on call for."""
    practitioner = await Practitioner.get(id=actor.practitioner_id)
    moment = clock.now()
    shifts = await Shift.filter(
        practitioner_id=actor.practitioner_id, starts_at__lte=moment, ends_at__gt=moment
    )
    return ({practitioner.specialty} | {s.specialty for s in shifts}) - {"", DUTY}


async def on_duty(actor: Actor) -> bool:
    """Whether this person is the county's duty manager just now."""
    moment = clock.now()
    return await Shift.filter(
        practitioner_id=actor.practitioner_id,
        specialty=DUTY,
        starts_at__lte=moment,
        ends_at__gt=moment,
    ).exists()
