"""Decisions about who may consult whom, when, and for how much; no I/O.

Sources: 远程规范 = 远程医疗服务管理规范(试行) and 医院办法 = 互联网医院管理办法(试行), both
国卫医发〔2018〕25号; 核心制度 = 医疗质量安全核心制度要点 国卫医发〔2018〕8号.
Numbers without a national rule are parameters with a default.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from care.teleconsultation.models import Mode, ServiceKind, Urgency
from core.errors import FieldError, Invalid
from core.quiet import Quiet
from people.models import Licence, Tier

INDEPENDENT_YEARS: Final = 3
MDT_SPECIALTIES: Final = 2
JOIN_BEFORE: Final = timedelta(minutes=10)
JOIN_AFTER: Final = timedelta(minutes=15)
REPORT_WITHIN: Final = timedelta(hours=24)
BOOKED_LENGTH: Final = timedelta(minutes=30)
ADVICE: Final = (
    "当前没有专家应答。病情危急请立即拨打 120 并就地抢救;病情稳定请转诊到上级医院,也可以改约时间。"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not, in words, with the article it rests on."""

    sentence: str
    source: str


GRASSROOTS: Final = (Tier.VILLAGE, Tier.TOWNSHIP)
REPRESENTATIVES: Final = (Licence.ASSISTANT_PHYSICIAN, Licence.VILLAGE_DOCTOR)


def inviter_may(licence: Licence, tier: Tier) -> Refusal | None:
    """远程规范: the inviting side sends a 执业医师; at the grassroots a 执业助理医师 or
    乡村医生 may stand in for one."""
    if licence == Licence.PHYSICIAN:
        return None
    if licence in REPRESENTATIVES and tier in GRASSROOTS:
        return None
    if licence in REPRESENTATIVES:
        return Refusal(
            "只有基层机构可以由执业助理医师或乡村医生代表邀请,请由本院执业医师发起。",
            "远程医疗服务管理规范(试行) 人员基本条件:邀请方",
        )
    return Refusal(
        "发起远程会诊需要执业医师资格(基层可由执业助理医师或乡村医生代表)。",
        "远程医疗服务管理规范(试行) 人员基本条件:邀请方",
    )


def invitee_may(licence: Licence, practising_since: date | None, today: date) -> Refusal | None:
    """远程规范: the invited side gives at least one doctor with ≥ 3 years of independent work."""
    source = "远程医疗服务管理规范(试行) 人员基本条件:受邀方"
    if licence != Licence.PHYSICIAN:
        return Refusal("受邀方应由执业医师提供会诊意见。", source)
    if practising_since is None:
        return Refusal("没有登记独立执业起始日期,不能作为受邀专家。", source)
    if full_years(practising_since, today) < INDEPENDENT_YEARS:
        return Refusal("受邀专家需独立从事临床工作满 3 年。", source)
    return None


def full_years(since: date, today: date) -> int:
    """Completed years between two days; 29 February counts as 1 March."""
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))


def service_kind(licence: Licence, *, patient_here: bool) -> ServiceKind:
    """医院办法 第十九条: the invited doctor may also prescribe when the patient is at a medical
    institution and its attending doctor invites. A clinic staffed only by 乡村医生 does not count
    as attending until the province says so: there the result is an opinion, nothing more."""
    attending = licence in (Licence.PHYSICIAN, Licence.ASSISTANT_PHYSICIAN)
    return ServiceKind.CONSULT_RX if attending and patient_here else ServiceKind.TELECONSULT


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """How long one doctor is asked before the next one is.

    `instant` is 核心制度's ten minutes of an urgent consultation (急会诊). No rule names `urgent`
    (today) and `ordinary`; a house decides. An ordinary one rests in the quiet hours: who sleeps
    is not passed over.
    """

    instant: timedelta = timedelta(minutes=10)
    urgent: timedelta = timedelta(minutes=30)
    ordinary: timedelta = timedelta(hours=2)
    quiet: Quiet = field(default_factory=Quiet)

    def within(self, mode: Mode, urgency: Urgency) -> timedelta:
        """The time one doctor has."""
        if mode == Mode.INSTANT or urgency == Urgency.EMERGENCY:
            return self.instant
        return self.urgent if urgency == Urgency.URGENT else self.ordinary

    def until(self, mode: Mode, urgency: Urgency, asked_at: datetime) -> datetime:
        """When the next one is asked."""
        wait = self.within(mode, urgency)
        if mode == Mode.INSTANT or urgency != Urgency.ORDINARY:
            return asked_at + wait
        return self.quiet.after(asked_at, wait)


@dataclass(frozen=True, slots=True)
class Door:
    """Whether the room may be entered now; if not, the sentence says when or why."""

    open: bool
    sentence: str = ""


def join_door(scheduled_at: datetime | None, moment: datetime, *, somebody_there: bool) -> Door:
    """A booked room opens 10 min before and takes first comers until 15 min after."""
    if scheduled_at is None or somebody_there:
        return Door(True)
    if moment < scheduled_at - JOIN_BEFORE:
        return Door(False, "还没有到时间,会诊室在约定时间前 10 分钟开门。")
    if moment > scheduled_at + JOIN_AFTER:
        return Door(False, "约定时间已过 15 分钟,会诊室已关门。请改约时间,或取消这次会诊。")
    return Door(True)


def check_specialties(specialties: Sequence[str], *, several: bool) -> None:
    """MDT brings at least two different specialties. Raises Invalid."""
    if several and len(set(specialties)) < MDT_SPECIALTIES:
        raise Invalid(
            "mdt_needs_two",
            "多学科会诊至少要两个不同的专科。",
            errors=[FieldError("others", "多学科会诊至少要选两个不同的专科")],
        )
    if len(set(specialties)) != len(specialties):
        raise Invalid(
            "specialty_twice",
            "同一个专科选了两次。",
            errors=[FieldError("others", "同一个专科选了两次")],
        )
