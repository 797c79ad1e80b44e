"""The only doors to a standing conversation: the team's members while the contract runs, and the
accounts that may talk with doctors for the resident, then and afterwards."""

from dataclasses import dataclass
from uuid import UUID

from core.audit import audit, refused
from core.errors import NotFound
from family_doctor.access import my_team_ids
from family_doctor.contracts.models import Contract
from family_doctor.queries import contract_of
from family_doctor.talks.models import TeamTalk
from people.actor import Actor
from people.links import same_person


def subject(talk_id: UUID | str) -> str:
    """The name of a talk in audit, outbox and chat."""
    return f"TeamTalk/{talk_id}"


@dataclass(frozen=True, slots=True)
class TalkView:
    """A talk as a member of its team sees it; patient and team are loaded."""

    talk: TeamTalk
    contract: Contract
    actor: Actor


async def open_talk(actor: Actor, talk_id: UUID) -> TalkView:
    """A talk of one of the actor's teams, with a resident who is signed with it now; the look is
    audited. Raises NotFound alike for strangers and after the contract."""
    row = await TeamTalk.get_or_none(id=talk_id, team_id__in=await my_team_ids(actor))
    contract = await contract_of(row.patient_id) if row else None
    if row is None or contract is None or contract.team_id != row.team_id:
        missing = NotFound("talk_not_found", "没有找到这个对话,或者居民已不在您的团队签约。")
        raise refused(missing, actor, "team.talk", subject(talk_id))
    await row.fetch_related("patient", "team")
    await audit(actor, "team.talk", subject(row.id), patient_id=row.patient_id)
    return TalkView(row, contract, actor)


async def talk_of(contract: Contract) -> TeamTalk | None:
    """What was opened for this resident and this team, under whichever contract of theirs."""
    records = await same_person(contract.patient_id)
    rows = TeamTalk.filter(patient_id__in=records, team_id=contract.team_id)
    return await rows.order_by("opened_at", "id").first()
