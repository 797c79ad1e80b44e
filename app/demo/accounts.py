"""WeChat accounts of 云河县: families to sign in as with `demo-NAME`.

- `elder1`: the oldest of 大槐树村, alone, elder mode
- `family1`: somebody with a small child, and an old parent who has agreed
- `waiting1`: has asked to act for an old parent, who has not answered
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.demo.places import demo_id
from app.demo.residents import PER_VILLAGE, patient_id
from app.settings import Settings
from core import clock, crypto, texts
from people.ages import years
from people.models import Patient
from people.residents import agreements, rules
from people.residents.models import (
    AgreementChannel,
    Bond,
    BondStatus,
    Proof,
    Relation,
    ResidentAccount,
    ResidentAgreement,
    Scope,
)
from people.residents.policy import params
from wechat.sandbox.world import openid_of

CLINIC: Final = "YH-T1-V1"
VILLAGE: Final = "大槐树村"


@dataclass(frozen=True, slots=True)
class _Member:
    relation: Relation
    patient: Patient
    status: BondStatus = BondStatus.ACTIVE


async def create(settings: Settings) -> None:
    """Called once, in the county's transaction."""
    people = [await Patient.get(id=patient_id(CLINIC, number)) for number in range(PER_VILLAGE)]
    today = clock.today()
    people.sort(key=lambda one: one.birth_date)
    old = [one for one in people if years(one.birth_date, today) >= 60]
    grown = [one for one in people if 20 <= years(one.birth_date, today) < 55]
    small = [one for one in people if 1 <= years(one.birth_date, today) < 14]
    await _account("elder1", [_Member(Relation.SELF, old[0])], elder=True)
    family = [_Member(Relation.SELF, grown[0])]
    family += [_Member(Relation.CHILD, child) for child in small[-1:]]
    family.append(_Member(Relation.PARENT, old[1]))
    await _account("family1", family)
    asked = _Member(Relation.PARENT, old[2], BondStatus.PENDING)
    await _account("waiting1", [_Member(Relation.SELF, grown[1]), asked])


async def _account(name: str, members: list[_Member], *, elder: bool = False) -> None:
    moment = clock.now() - timedelta(days=20)
    own = members[0].patient
    account = await ResidentAccount.create(
        id=demo_id("resident-account", name),
        openid=openid_of(name),
        elder_mode=elder,
        phone=own.phone,
        phone_index=crypto.keyring().index(own.phone) if own.phone else None,
        created_at=moment,
    )
    for number, member in enumerate(members):
        await _bond(account, name, number, member)


async def _bond(account: ResidentAccount, name: str, number: int, member: _Member) -> None:
    moment, today = account.created_at + timedelta(minutes=number), clock.today()
    patient, relation = member.patient, member.relation
    minor = rules.acts_as_guardian(relation, patient.birth_date, today)
    proven = member.status is BondStatus.ACTIVE
    proof = Proof.GUARDIAN if minor else Proof.CODE
    if relation is Relation.SELF:
        proof = Proof.REAL_NAME
    await Bond.create(
        id=demo_id("bond", f"{name}/{number}"),
        account=account,
        patient=patient,
        relation=relation,
        status=member.status,
        proof=proof if proven else Proof.NONE,
        scopes=",".join(Scope),
        claimed_phone=None if proven else patient.phone,
        phone_is_theirs=not proven,
        asked_at=moment,
        proven_at=moment if proven else None,
        until=rules.bond_until(
            relation, patient.birth_date, None, now=moment, longest=params().proxy
        ),
    )
    for kind in rules.needed_agreements(relation, patient.birth_date, today):
        if kind in agreements.OF_ACCOUNT and number:
            continue
        text = texts.current(agreements.HERE, kind)
        await ResidentAgreement.create(
            account=account,
            patient=None if kind in agreements.OF_ACCOUNT else patient,
            kind=kind,
            version=text.version,
            text_sha256=text.sha256,
            relation=relation,
            channel=AgreementChannel.PHONE,
            agreed_at=moment,
        )
