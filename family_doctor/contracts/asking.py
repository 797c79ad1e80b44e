"""The verbs that ask for a contract: on the phone, or with the village doctor at the desk.

At the desk the resident signs at once; on the phone with a code, now or after the review.
"""

import secrets
from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import Who
from core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from family_doctor.access import open_team
from family_doctor.contracts import rules, steps
from family_doctor.contracts.content import content, fixed, items_of
from family_doctor.contracts.models import Channel, Contract, SignedBy
from family_doctor.contracts.schemas import AskIn, DeskIn
from family_doctor.contracts.wording import require_read
from family_doctor.fulfilment.models import ContractItem
from family_doctor.packages.models import ServicePackage
from family_doctor.packages.service import offered
from family_doctor.policy import params
from family_doctor.teams.models import CareTeam
from people import access as patients
from people.actor import Actor, Role
from people.deaths.queries import require_living
from people.models import Patient
from people.residents import access as residents
from people.residents.actor import Resident
from people.residents.models import Relation, Scope

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
ON_ITS_WAY: Final = ("contract_on_its_way", "已经有一份签约在办,先办完或者撤回,才能再申请。")
DESK: Final = (Role.VILLAGE_DOCTOR, Role.TOWNSHIP_DOCTOR, Role.TEAM_LEAD, Role.NURSE)


async def ask(who: Resident, patient_id: UUID, relation: Relation, entry: AskIn) -> Contract:
    """A resident asks a team. Raises NotFound, Invalid (team, package, words), Conflict."""
    patient = await residents.open_own(who, patient_id, Scope.CHAT, purpose="contract")
    team = await _team(entry.team_id)
    async with db.atomic():
        return await _create(who, patient, team, entry, Channel.PHONE, relation.value)


async def ask_at_desk(actor: Actor, patient_id: UUID, entry: DeskIn) -> Contract:
    """A member of the team asks for somebody who sits there, and the resident signs on the
    screen. Raises NotFound, Forbidden, Invalid, Conflict."""
    if not actor.has(*DESK):
        raise Forbidden("not_at_the_desk", "由村医、乡镇医生或护士在现场办理签约。")
    await open_team(actor, entry.team_id)
    patient = await patients.open_patient(actor, patient_id, purpose="contract")
    if sentence := rules.why_not_signer(entry.signer, patient.birth_date, clock.today()):
        raise Invalid("signer", sentence, errors=[FieldError("signer", sentence)])
    team = await _team(entry.team_id)
    async with db.atomic():
        row = await _create(actor, patient, team, entry, Channel.DESK, entry.signer)
        await steps.residents_signature(actor, row, SignedBy.DESK, entry.signer)
    return row


async def _create(
    who: Who,
    patient: Patient,
    team: CareTeam,
    entry: AskIn | DeskIn,
    channel: Channel,
    relation: str,
) -> Contract:
    await require_living(patient.id)
    text = require_read(entry.text_version)
    packages = await _packages(entry.package_ids)
    if entry.years > params().years:
        raise _wrong("years", f"一次最多签 {params().years} 年")
    before = await Contract.get_or_none(active_for=patient.id)
    if before is not None and before.team_id == team.id:
        _require_renewal(before)
    moment = clock.now()
    row = Contract(
        id=uuid4(),
        number=_number(),
        patient_id=patient.id,
        pending_for=patient.id,
        team_id=team.id,
        follows_id=before.id if before else None,
        channel=channel,
        asked_at=moment,
        asked_by=who.account_id,
        relation=relation,
        text_version=text.version,
        text_sha256=text.sha256,
        expires_at=moment + params().answer,
        years=entry.years,
        price_fen=sum(one.price_fen for one in packages) * entry.years,
        insurer_fen=sum(one.insurer_fen for one in packages) * entry.years,
    )
    row.update_from_dict(fixed(content(row, patient, team, packages, text)))
    try:
        async with db.atomic():
            await row.save(force_create=True)
    except IntegrityError:
        raise Conflict(*ON_ITS_WAY) from None
    await ContractItem.bulk_create(items_of(row))
    await steps.write_down(who, row, "ask", "team" if channel is Channel.DESK else "resident")
    return row


def _require_renewal(before: Contract) -> None:
    opens = rules.renewal_opens(before.ends_on, params().renewal)
    if opens is None or clock.today() < opens:
        words = f"您已经和这个团队签约,{opens:%Y-%m-%d} 起可以续签。" if opens else ""
        raise Conflict("signed_already", words or "您已经和这个团队签约。")


async def _team(team_id: UUID) -> CareTeam:
    team = await CareTeam.get_or_none(id=team_id, active=True).select_related("organization")
    if team is None or team.responsible_id is None:
        raise NotFound("team_not_found", "这个团队现在不接受签约,请选别的团队。")
    if rules.is_full(await steps.residents_of(team.responsible_id), params().load):
        raise Conflict("team_full", "这个团队的签约人数已满,请选别的团队。")
    return team


async def _packages(wanted: Sequence[UUID]) -> list[ServicePackage]:
    found = [one for one in await offered() if one.id in set(wanted)]
    if len(found) != len(set(wanted)):
        raise _wrong("package_ids", "有的服务包已经停了,请重新选。")
    if all(one.group != "basic" for one in found):
        raise _wrong("package_ids", "请选上基础包,再选别的。")
    return found


def _number() -> str:
    return f"JT{clock.today():%y%m%d}" + "".join(secrets.choice(ALPHABET) for _ in range(6))


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", errors=[FieldError(field, sentence)])
