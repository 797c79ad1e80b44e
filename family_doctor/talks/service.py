"""The verbs: open (either side), settle (somebody says that it needs no answer)."""

from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import Who, audit
from core.errors import Conflict
from core.outbox import record
from family_doctor.access import open_own, open_resident
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from family_doctor.talks.access import open_talk, subject, talk_of
from family_doctor.talks.events import TalkOpened
from family_doctor.talks.models import TeamTalk
from people.actor import Actor
from people.residents.actor import Resident


async def open_for_team(actor: Actor, patient_id: UUID) -> TeamTalk:
    """A member of the team begins, or goes on. Raises NotFound for strangers."""
    view = await open_resident(actor, patient_id, purpose="talk")
    return await _open(actor, view.contract)


async def open_for_resident(who: Resident, contract_id: UUID) -> TeamTalk:
    """The resident begins, or goes on. Raises NotFound, and Conflict `not_signed` without a
    contract in force."""
    contract = await open_own(who, contract_id)
    if contract.status is not Status.ACTIVE:
        raise Conflict("not_signed", "签约生效以后,可以在这里问家庭医生团队。")
    return await _open(who, contract)


async def _open(who: Who, contract: Contract) -> TeamTalk:
    if found := await talk_of(contract):
        return found
    try:
        async with db.atomic():
            row = await TeamTalk.create(
                id=uuid4(),
                patient_id=contract.patient_id,
                team_id=contract.team_id,
                opened_at=clock.now(),
                opened_by=who.account_id,
            )
            name = subject(row.id)
            await audit(who, "team.talk.open", name, patient_id=row.patient_id)
            opened = TalkOpened(
                talk_id=str(row.id), patient_id=str(row.patient_id), team_id=str(row.team_id)
            )
            await record(opened, subject=name)
    except IntegrityError:
        found = await talk_of(contract)
        if found is None:
            raise
        return found
    return row


async def settle(actor: Actor, talk_id: UUID, seq: int) -> TeamTalk:
    """Up to this message nothing more has to be answered. Never goes back."""
    row = (await open_talk(actor, talk_id)).talk
    async with db.atomic():
        if await TeamTalk.filter(id=row.id, settled_seq__lt=seq).update(settled_seq=seq):
            await audit(actor, "team.talk.settle", subject(row.id), patient_id=row.patient_id)
            row.settled_seq = seq
    return row
