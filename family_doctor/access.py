"""The only doors to a team and to its residents.

A member sees the team and the residents it has signed, while both last. For everybody else, the
clinic that keeps a resident's record included, a resident of another team does not exist here.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from tortoise.expressions import Q

from core.audit import audit, refused
from core.errors import Forbidden, NotFound
from family_doctor.contracts.models import Contract
from family_doctor.contracts.terms import subject
from family_doctor.queries import contract_of, members_of, memberships, signed_with
from family_doctor.teams.models import CareTeam, MemberRole, TeamMember
from people import access as patients
from people.actor import Actor, Role
from people.models import Patient
from people.residents import access as residents
from people.residents.actor import Resident
from people.residents.models import Scope

MEMBERS: Final = (
    Role.TEAM_LEAD,
    Role.TOWNSHIP_DOCTOR,
    Role.VILLAGE_DOCTOR,
    Role.SPECIALIST,
    Role.NURSE,
    Role.PHARMACIST,
)
"""Posts that may belong to a team; whether one does is a row."""


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team as one of its members sees it."""

    team: CareTeam
    members: list[TeamMember]
    actor: Actor

    @property
    def is_responsible(self) -> bool:
        """Whether this is the doctor who signs."""
        return self.team.responsible_id == self.actor.practitioner_id

    @property
    def leads(self) -> bool:
        """Whether this one decides about applications and the team's work."""
        return self.is_responsible or self.actor.has(Role.TEAM_LEAD)

    @property
    def roles(self) -> set[MemberRole]:
        """What the one who looks does in the team."""
        mine = self.actor.practitioner_id
        return {one.role for one in self.members if one.practitioner_id == mine}

    def require_lead(self) -> None:
        """Raise Forbidden for other members."""
        if not self.leads:
            raise Forbidden("not_the_lead", "由团队长或责任医生来操作。")


@dataclass(frozen=True, slots=True)
class ResidentView:
    """A signed resident, for a member of the team."""

    patient: Patient
    contract: Contract
    actor: Actor


async def open_team(actor: Actor, team_id: UUID) -> TeamView:
    """A team, for its members. Raises NotFound, which does not tell whether it exists."""
    mine = await memberships(actor.practitioner_id).filter(team_id=team_id).exists()
    team = await CareTeam.get_or_none(id=team_id).select_related("organization", "responsible")
    if not mine or team is None:
        missing = NotFound("team_not_found", "没有找到这个团队,或者您不在这个团队里。")
        raise refused(missing, actor, "team.open", f"CareTeam/{team_id}")
    return TeamView(team, await members_of(team_id), actor)


async def my_team_ids(actor: Actor) -> list[UUID]:
    """The teams this person belongs to now."""
    rows = await memberships(actor.practitioner_id).values_list("team_id", flat=True)
    return [UUID(str(row)) for row in rows]


async def my_residents(actor: Actor) -> Q:
    """The filter for patients whom the actor's teams have signed; nobody for others."""
    return signed_with(await my_team_ids(actor))


async def open_resident(actor: Actor, patient_id: UUID, *, purpose: str) -> ResidentView:
    """A resident of one of the actor's teams; the look is audited. Raises NotFound alike for
    strangers and for those of other teams."""
    contract = await contract_of(patient_id)
    if contract is None or contract.team_id not in await my_team_ids(actor):
        missing = NotFound("resident_not_found", "没有找到这位居民,或者他没有和您的团队签约。")
        raise refused(missing, actor, "team.resident", f"Patient/{patient_id}", reason=purpose)
    patient = await patients.open_patient(actor, patient_id, purpose=purpose)
    return ResidentView(patient, contract, actor)


LOADED: Final = ("patient", "team__organization", "doctor", "follows")


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract as a member of its team sees it; everybody in it is loaded."""

    contract: Contract
    team: TeamView


async def open_contract(actor: Actor, contract_id: UUID, *, lock: bool = False) -> ContractView:
    """A contract of one of the actor's teams, at every stage; the look is audited.

    Raises NotFound, which does not tell whether it exists.
    """
    rows: Any = Contract.filter(id=contract_id, team_id__in=await my_team_ids(actor))
    row = await (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise refused(_unknown(), actor, "contract.open", subject(contract_id))
    await row.fetch_related(*LOADED)
    if not lock:
        await audit(actor, "contract.open", subject(row.id), patient_id=row.patient_id)
    return ContractView(row, await open_team(actor, row.team_id))


async def open_own(
    who: Resident, contract_id: UUID, scope: Scope = Scope.CHAT, *, lock: bool = False
) -> Contract:
    """One of the account's patients'. Raises NotFound alike for strangers and for nothing."""
    rows: Any = Contract.filter(id=contract_id)
    row: Contract | None = await (rows.select_for_update() if lock else rows).first()
    if row is None or row.patient_id not in await residents.own_patient_ids(who, scope):
        raise refused(_unknown(), who, "resident.contract", subject(contract_id))
    await row.fetch_related(*LOADED)
    return row


def _unknown() -> NotFound:
    return NotFound("contract_not_found", "没有找到这份签约。")
