"""What residents are told because their family-doctor team wrote while they were away; wired in
`app.reactions`. Nothing of what was written is in it, only that there is something."""

from chat import standing
from core import clock
from family_doctor.queries import contract_of
from family_doctor.talks.access import subject
from family_doctor.talks.events import TalkUnread
from family_doctor.talks.models import TeamTalk
from notifications.service import Message, tell_accounts
from people.masking import mask_name
from people.residents.access import accounts_of
from people.residents.models import Scope

TITLE = "家庭医生团队给您留言了"
TEXT = "家庭医生团队给您留了言,请打开看。"


async def tell_unread(event: TalkUnread) -> None:
    """Once for all they have not read: the next time only after they have looked."""
    talk = await TeamTalk.get(id=event.talk_id).select_related("patient", "team__organization")
    read = await standing.unread_after(talk.patient_id, subject(talk.id))
    contract = await contract_of(talk.patient_id)
    if read is None or contract is None or contract.team_id != talk.team_id:
        return
    message = Message(
        topic="team_wrote",
        title=TITLE,
        text=f"{talk.patient.name}:{TEXT}",
        words={
            "patient": mask_name(talk.patient.name),
            "place": talk.team.organization.short_name,
            "at": clock.now(),
        },
        page=f"pages/talk/index?id={contract.id}",
    )
    accounts = await accounts_of(talk.patient_id, Scope.CHAT)
    await tell_accounts(accounts, talk.patient_id, f"{subject(talk.id)}/{read}", message)
