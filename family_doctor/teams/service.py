"""The verbs of teams: found, change, join, leave, answer_for. The administrator's work."""

from typing import Any
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import Who, audit
from core.errors import Conflict, FieldError, Invalid, NotFound
from core.outbox import record
from family_doctor import rules
from family_doctor.queries import members_of
from family_doctor.teams.events import TeamChanged
from family_doctor.teams.models import CareTeam, TeamMember, TeamVillage
from family_doctor.teams.schemas import MemberIn, TeamIn
from people.models import Organization, Practitioner

TWICE = "已经有一个团队叫这个名字,请换一个。"


def subject(team_id: object) -> str:
    """The name of a team in audit and outbox."""
    return f"CareTeam/{team_id}"


async def found(who: Who, entry: TeamIn) -> CareTeam:
    """A new team without members. Raises Invalid for an unknown house or a name that is taken."""
    try:
        async with db.atomic():
            values = await _values(entry)
            team = await CareTeam.create(id=uuid4(), created_at=clock.now(), **values)
            await _serve(team.id, entry.villages)
            await audit(who, "care_team.found", subject(team.id))
    except IntegrityError:
        raise _wrong("name", TWICE) from None
    return team


async def change(who: Who, team_id: UUID, entry: TeamIn) -> None:
    """Change what is said of it. Raises NotFound, Invalid."""
    try:
        async with db.atomic():
            values = await _values(entry)
            if not await CareTeam.filter(id=team_id).update(**values):
                raise _missing()
            await _serve(team_id, entry.villages)
            await audit(who, "care_team.change", subject(team_id))
    except IntegrityError:
        raise _wrong("name", TWICE) from None


async def join(who: Who, team_id: UUID, entry: MemberIn) -> TeamMember:
    """Somebody belongs to it from now on. Raises NotFound, Invalid, Conflict (already there)."""
    if not await Practitioner.exists(id=entry.practitioner_id, active=True):
        raise _wrong("practitioner_id", "请选一位在职的员工。")
    try:
        async with db.atomic():
            await _locked(team_id)
            row = await TeamMember.create(
                id=uuid4(),
                team_id=team_id,
                practitioner_id=entry.practitioner_id,
                role=entry.role,
                since=clock.now(),
                live=_live(team_id, entry.practitioner_id),
            )
            name = subject(team_id)
            await audit(who, "care_team.join", name, reason=f"{row.practitioner_id} {row.role}")
            await record(TeamChanged(team_id=str(team_id)), subject=name)
    except IntegrityError:
        raise Conflict("already_a_member", "这位同事已经在团队里了。") from None
    return row


async def leave(who: Who, team_id: UUID, member_id: UUID) -> None:
    """Somebody no longer belongs to it, and opens its residents' records no more; again: nothing.

    Raises NotFound, Conflict for the responsible doctor.
    """
    async with db.atomic():
        team = await _locked(team_id)
        row = await TeamMember.get_or_none(id=member_id, team_id=team_id)
        if row is None:
            raise NotFound("member_not_found", "没有找到这位成员。")
        if row.until is not None:
            return
        if row.practitioner_id == team.responsible_id:
            raise Conflict("is_responsible", "他是责任医生,请先换一位责任医生。")
        await TeamMember.filter(id=row.id).update(until=clock.now(), live=None)
        name = subject(team_id)
        await audit(who, "care_team.leave", name, reason=str(row.practitioner_id))
        await record(TeamChanged(team_id=str(team_id)), subject=name)


async def answer_for(who: Who, team_id: UUID, member_id: UUID) -> None:
    """This member is the responsible doctor from now on. Contracts that are signed keep the
    doctor who signed them. Raises NotFound, Conflict when it is not a physician."""
    async with db.atomic():
        await _locked(team_id)
        members = {one.id: one for one in await members_of(team_id)}
        if member_id not in members:
            raise NotFound("member_not_found", "没有找到这位成员。")
        person = members[member_id].practitioner
        if not rules.may_be_responsible(person.licence):
            raise Conflict("not_a_physician", "责任医生要有执业医师或执业助理医师资格。")
        await CareTeam.filter(id=team_id).update(responsible_id=person.id)
        await audit(who, "care_team.answer_for", subject(team_id), reason=str(person.id))


async def _locked(team_id: UUID) -> CareTeam:
    row = await CareTeam.filter(id=team_id).select_for_update().first()
    if row is None:
        raise _missing()
    return row


async def _values(entry: TeamIn) -> dict[str, Any]:
    if not await Organization.exists(id=entry.organization_id, provides_care=True):
        raise _wrong("organization_id", "请选一家机构。")
    return entry.model_dump(exclude={"villages"})


async def _serve(team_id: UUID, villages: str) -> None:
    await TeamVillage.filter(team_id=team_id).delete()
    rows = [TeamVillage(team_id=team_id, village=name) for name in villages.splitlines()]
    await TeamVillage.bulk_create(rows)


def _live(team_id: UUID, practitioner_id: UUID) -> str:
    return f"{team_id}/{practitioner_id}"


def _missing() -> NotFound:
    return NotFound("team_not_found", "没有找到这个团队。")


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", errors=[FieldError(field, sentence)])
