"""Who belongs into a standing conversation now, and which there are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from family_doctor.policy import params
from family_doctor.queries import contract_of, members_of
from family_doctor.talks import calendar, rules
from family_doctor.talks.models import TeamTalk
from family_doctor.talks.seams import Heard
from family_doctor.teams.models import TeamMember
from people.links import same_person


@dataclass(frozen=True, slots=True)
class Present:
    """A talk as it has to be now. `running`: the resident is signed with this team; `members` are
    the team's then, and nobody otherwise. Patient and persons are loaded."""

    talk: TeamTalk
    running: bool
    members: list[TeamMember]


async def present(talk_id: UUID) -> Present:
    """Who may write in it at this moment."""
    talk = await TeamTalk.get(id=talk_id).select_related("patient", "team")
    contract = await contract_of(talk.patient_id)
    running = contract is not None and contract.team_id == talk.team_id
    return Present(talk, running, await members_of(talk.team_id) if running else [])


async def of_patient(patient_id: UUID) -> list[UUID]:
    """Every talk of a patient, of all teams there were."""
    rows = TeamTalk.filter(patient_id__in=await same_person(patient_id)).order_by("opened_at", "id")
    return [row.id for row in await rows]


async def of_team(team_id: UUID) -> list[UUID]:
    """Every talk of a team."""
    return [row.id for row in await TeamTalk.filter(team_id=team_id).order_by("opened_at", "id")]


async def settled(talk_ids: Collection[UUID]) -> dict[UUID, int]:
    """By id, up to which message nothing has to be answered."""
    rows = TeamTalk.filter(id__in=list(talk_ids)).only("id", "settled_seq")
    return {row.id: row.settled_seq for row in await rows}


async def loaded(talk_ids: Collection[UUID]) -> dict[UUID, TeamTalk]:
    """By id, with the patient."""
    rows = TeamTalk.filter(id__in=list(talk_ids)).select_related("patient", "team")
    return {row.id: row for row in await rows}


async def due(heard: Collection[Heard], talks: Mapping[UUID, TeamTalk]) -> dict[UUID, datetime]:
    """By id of those in which somebody waits, by when the team has promised an answer."""
    waits = [one for one in heard if one.waits_since and one.talk_id in talks]
    houses = {talks[one.talk_id].team.organization_id for one in waits}
    closed = await calendar.closed_days(houses)
    found = {}
    for one in waits:
        house = talks[one.talk_id].team.organization_id
        if one.waits_since:
            days = closed.get(house, ())
            found[one.talk_id] = rules.answer_by(one.waits_since, params().talk_days, days)
    return found
