"""问一问 of 云河县: a resident and the team have talked for some days; the last question waits."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import chat.service
from app import team_talk
from app.demo.teleconsultation import actor
from app.settings import Settings
from chat import speakers
from chat.models import Conversation
from chat.speakers import Speaker
from core import clock
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from family_doctor.talks import service
from family_doctor.talks.access import subject
from people.residents.actor import Resident
from people.residents.models import Bond, BondStatus

TEAM: Final = "青石镇第一家庭医生团队"
HOUR: Final = 60
DAY: Final = 24 * HOUR
BEGUN: Final = 4 * DAY
NURSE, RESIDENT = "nurse1", ""
SAID: Final = (
    (4 * DAY - 5, RESIDENT, "小郑护士,降压药是早上吃还是晚上吃?"),
    (4 * DAY - 40, NURSE, "您现在吃的这种早上吃,一天一次,饭前饭后都可以。尽量每天同一个时间。"),
    (4 * DAY - 46, RESIDENT, "好,谢谢。"),
    (2 * DAY + 130, NURSE, "这两天血压量了吗?量了在“血压血糖”里记一下,我们这边看得到。"),
    (2 * DAY + 20, RESIDENT, "量了,早上 142/88,晚上 136/84。"),
    (2 * DAY, NURSE, "比上个月好。盐再少放一点,连着量一个星期。"),
    (3 * HOUR, RESIDENT, "这两天脚脖子有点肿,按下去一个坑,是不是药的关系?药还照吃吗?"),
)
"""How many minutes ago, who (a login; empty: the resident), what."""


async def create(settings: Settings) -> None:
    """Called once, in the county's transaction, after the residents are signed."""
    found = await _who()
    if found is None:
        return
    contract, bond = found
    with _before(BEGUN):
        talk = await service.open_for_team(await actor(NURSE), contract.patient_id)
        await team_talk.bring(talk.id)
    conversation = await Conversation.get(subject=subject(talk.id))
    hers = speakers.resident(
        Resident(bond.account_id, "", UUID(int=0)), patient_id=contract.patient_id
    )
    for minutes, login, text in SAID:
        speaker = speakers.staff(await actor(login)) if login else hers
        await _say(conversation.id, speaker, minutes, text)


def _before(minutes: int) -> AbstractContextManager[None]:
    moment = clock.now() - timedelta(minutes=minutes)
    return clock.set_clock(lambda: moment)


async def _who() -> tuple[Contract, Bond] | None:
    """Somebody the team has signed, with a WeChat account of the demo."""
    bonds = Bond.filter(status=BondStatus.ACTIVE).order_by("asked_at", "id")
    for bond in await bonds:
        contract = await Contract.get_or_none(
            patient_id=bond.patient_id, status=Status.ACTIVE, team__name=TEAM
        )
        if contract is not None:
            return contract, bond
    return None


async def _say(conversation_id: UUID, speaker: Speaker, minutes: int, text: str) -> None:
    with _before(minutes):
        said = await chat.service.post_text(
            speaker, conversation_id, client_id=str(uuid4()), text=text
        )
        await chat.service.mark_read(speaker, conversation_id, said.seq)
