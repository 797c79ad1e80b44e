"""Contracts, teams and packages in the residents' words."""

from typing import Final

from chat.queries import unread
from core import clock
from core.states import allowed
from family_doctor import words
from family_doctor.contracts import paying, rules, steps
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import CONTRACT, PENDING, Status
from family_doctor.fulfilment import queries as fulfilment
from family_doctor.fulfilment.models import ServiceRecord
from family_doctor.fulfilment.queries import ItemLine
from family_doctor.fulfilment.rules import DEFINITION
from family_doctor.fulfilment.states import SERVICE_RECORD
from family_doctor.packages.models import Group, ServicePackage
from family_doctor.policy import params
from family_doctor.queries import members_of
from family_doctor.talks import words as talk_words
from family_doctor.talks.access import subject, talk_of
from family_doctor.teams.models import CareTeam, TeamMember
from mini_program_api.schemas.contracts import (
    CareTeamOut,
    ContractItemOut,
    ContractOut,
    PackageItemOut,
    ServicePackageOut,
    ServiceRecordOut,
    TeamMemberOut,
    TeamTalkOut,
)

NEXT: Final = {
    Status.APPLIED: "等团队审核,审核完会告诉您。",
    Status.SIGNED: "双方都签好了,到开始那天自动生效。",
    Status.REFUSED: "看看团队写的原因,可以选别的团队。",
    Status.WITHDRAWN: "想签时可以再申请。",
    Status.TERMINATED: "想签时可以再申请。",
    Status.EXPIRED: "想接着签,可以再申请。",
}
SIGN: Final = "您还没有签字:点“签字”,填手机收到的验证码。"
DOCTOR: Final = "您签好了,等责任医生签字。"
PAY: Final = "双方都签好了,付款以后生效。"
ANSWERS: Final = ("confirm", "dispute")


async def team(row: CareTeam, *, near: bool = False) -> CareTeamOut:
    """A team whose house is loaded."""
    found = sorted(await members_of(row.id), key=lambda one: _leads(one, row), reverse=True)
    return CareTeamOut(
        id=row.id,
        name=row.name,
        organization_name=row.organization.name,
        phone=row.phone or row.organization.phone,
        words=row.words,
        near=near,
        members=[_member(one, row) for one in found],
    )


def _leads(one: TeamMember, row: CareTeam) -> bool:
    return one.practitioner_id == row.responsible_id


def _member(one: TeamMember, row: CareTeam) -> TeamMemberOut:
    person = one.practitioner
    return TeamMemberOut(
        name=person.name,
        initial=person.name[:1],
        title=person.title,
        role_name=words.ROLES[one.role],
        organization_name=person.organization.name,
        responsible=_leads(one, row),
    )


def package(row: ServicePackage) -> ServicePackageOut:
    """A package with its items."""
    return ServicePackageOut(
        id=row.id,
        name=row.name,
        group_name=words.GROUPS[row.group],
        basic=row.group is Group.BASIC,
        words=row.words,
        price_fen=row.price_fen,
        insurer_fen=row.insurer_fen,
        own_fen=row.price_fen - row.insurer_fen,
        items=[
            PackageItemOut(
                name=item.name,
                times=item.times,
                mode_name=words.MODES[item.mode],
                who_name=words.ROLES[item.who],
            )
            for item in row.items
        ],
    )


async def contract(row: Contract) -> ContractOut:
    """A contract, everybody in which is loaded."""
    done = await fulfilment.of_contract(row)
    return ContractOut(
        id=row.id,
        number=row.number,
        status=row.status.value,
        status_name=words.STATUS[row.status][1],
        next_step=_next(row),
        patient_id=row.patient_id,
        patient_name=row.patient.name,
        team=await team(row.team),
        doctor_name=row.doctor.name if row.doctor else "",
        years=row.years,
        price_fen=row.price_fen,
        insurer_fen=row.insurer_fen,
        own_fen=steps.own_fen(row),
        paid=row.paid_at is not None,
        resident_signed=row.resident_signed_at is not None,
        doctor_signed=row.doctor_signed_at is not None,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        renew_from=rules.renewal_opens(row.ends_on, params().renewal),
        asked_at=row.asked_at,
        expires_at=row.expires_at if row.status in PENDING and not row.starts_on else None,
        answer=row.answer,
        end_reason=row.end_reason,
        items=[_item(one) for one in done.lines],
        rate_percent=done.rate.percent,
        definition=DEFINITION,
        talk=await team_talk(row),
        can=_can(row),
    )


async def team_talk(row: Contract) -> TeamTalkOut:
    """What the resident and this team have said to each other, and whether they still may."""
    found, active = await talk_of(row), row.status is Status.ACTIVE
    return TeamTalkOut(
        opened=found is not None,
        may_write=active,
        unread=await unread(found.patient_id, subject(found.id)) if found else 0,
        promise=talk_words.promise() if active else "",
        note=talk_words.NOTE,
    )


def _next(row: Contract) -> str:
    if row.status in steps.WAITS and row.resident_signed_at is None:
        return SIGN
    if row.status is Status.REVIEWED:
        return DOCTOR
    if paying.payable(row):
        return PAY
    return NEXT.get(row.status, "")


def _can(row: Contract) -> list[str]:
    steps_of = set(allowed(CONTRACT, row.status))
    opens = rules.renewal_opens(row.ends_on, params().renewal)
    found = {
        "sign": row.status in steps.WAITS and row.resident_signed_at is None,
        "pay": paying.payable(row),
        "withdraw": "withdraw" in steps_of,
        "terminate": "terminate" in steps_of,
        "renew": row.status is Status.ACTIVE and opens is not None and opens <= clock.today(),
        "change_team": row.status is Status.ACTIVE,
        "paper": row.resident_signed_at is not None and row.doctor_signed_at is not None,
    }
    return [name for name, may in found.items() if may]


def _item(line: ItemLine) -> ContractItemOut:
    item = line.item
    return ContractItemOut(
        name=item.name,
        times=item.times,
        mode_name=words.MODES[item.mode],
        who_name=words.ROLES[item.who],
        done=line.progress.done,
        due=line.progress.due,
        records=[_record(one) for one in line.records if one.status != "withdrawn"],
    )


def _record(row: ServiceRecord) -> ServiceRecordOut:
    return ServiceRecordOut(
        id=row.id,
        status=row.status.value,
        status_name=words.ON_PHONE[row.status],
        done_on=row.done_at.astimezone(clock.SHANGHAI).date(),
        mode_name=words.MODES[row.mode],
        by_name=row.by.name,
        words=row.words,
        can=[one for one in allowed(SERVICE_RECORD, row.status) if one in ANSWERS],
    )
