"""Why a visit is stopped or does not happen, fixed beforehand (监管细则: the institution defines
its conditions for termination in advance), and what follows for the money.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Termination(StrEnum):
    """Why a visit is unfit for the internet (domain facts §1.4)."""

    FIRST_VISIT = "first_visit"
    CONDITION_CHANGED = "condition_changed"
    NEEDS_PHYSICAL_EXAM = "needs_physical_exam"
    EMERGENCY_SIGNS = "emergency_signs"
    IDENTITY_DOUBT = "identity_doubt"
    GUARDIAN_ABSENT = "guardian_absent"
    OUT_OF_SCOPE = "out_of_scope"
    MEDIA_UNUSABLE = "media_unusable"


class NotHappened(StrEnum):
    """Why a visit did not happen."""

    NO_SHOW = "no_show"
    LEFT_MIDWAY = "left_midway"
    DECLINED = "declined"
    DOCTOR_UNAVAILABLE = "doctor_unavailable"
    NOT_REACHED = "not_reached"
    TECHNICAL = "technical"


class Offer(StrEnum):
    """What the resident is offered next: a place at the counter of the doctor's house, a referral
    note to take along, or (where it was not the resident's doing) another online time."""

    COUNTER = "counter"
    REFERRAL = "referral"
    ONLINE = "online"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """One reason in words for the doctor, what the resident reads, and whether the fee returns.

    `refund` None: as the institution's setting for terminated visits says. `again`: another online
    time is offered. `at_once`: no place of another day is offered, this cannot wait.
    """

    words: str
    guidance: str
    refund: bool | None = None
    again: bool = False
    at_once: bool = False


TERMINATIONS: Final[dict[Termination, Ending]] = {
    Termination.FIRST_VISIT: Ending(
        "属于首诊", "这次不是复诊。第一次看这个病,请到医院门诊,带上身份证。"
    ),
    Termination.CONDITION_CHANGED: Ending(
        "病情有变化", "您的病情和以前不一样了,需要到医院当面看,请尽快去。"
    ),
    Termination.NEEDS_PHYSICAL_EXAM: Ending(
        "需要当面检查", "医生需要当面检查或者做化验,请到医院门诊。"
    ),
    Termination.EMERGENCY_SIGNS: Ending(
        "有急症表现",
        "您现在的情况可能很急。请马上打 120,或者让家人立刻送您到最近的医院急诊。",
        True,
        at_once=True,
    ),
    Termination.IDENTITY_DOUBT: Ending(
        "身份核对不上", "没有核对上就诊人的身份。请就诊人本人带身份证到医院看。"
    ),
    Termination.GUARDIAN_ABSENT: Ending(
        "孩子没有监护人陪同", "不满 6 岁的孩子要有监护人陪着。请陪孩子到医院,或者陪着孩子重新预约。"
    ),
    Termination.OUT_OF_SCOPE: Ending(
        "不在在线复诊的范围", "这个病不能在网上看,请到医院相应的科室。", True
    ),
    Termination.MEDIA_UNUSABLE: Ending(
        "声音画面不能用",
        "声音画面一直不通,医生没办法判断。请到医院看,或者换个网络好的地方再约。",
        True,
    ),
}

NOT_HAPPENED: Final[dict[NotHappened, Ending]] = {
    NotHappened.NO_SHOW: Ending(
        "叫号后没有来", "叫了您几次都没有来,这次没有看成。需要的话请重新预约。", False
    ),
    NotHappened.LEFT_MIDWAY: Ending(
        "中途离开没有回来", "您中途离开没有回来,这次没有看完。需要的话请重新预约。", False
    ),
    NotHappened.DECLINED: Ending("居民不看了", "您说这次不看了。需要的话可以再预约。", True),
    NotHappened.DOCTOR_UNAVAILABLE: Ending(
        "医生临时不能接诊",
        "对不起,医生临时有急事,这次看不成了。请换个时间或者换位医生。",
        True,
        again=True,
    ),
    NotHappened.NOT_REACHED: Ending(
        "到下班没有排到", "对不起,今天没有排到您。请换个时间。", True, again=True
    ),
    NotHappened.TECHNICAL: Ending(
        "网络或设备故障",
        "对不起,网络或者系统出了问题,这次没有看成。请重新预约。",
        True,
        again=True,
    ),
}


def ending_of(reason: str) -> Ending | None:
    """The words of a stored reason."""
    if reason in set(Termination):
        return TERMINATIONS[Termination(reason)]
    return NOT_HAPPENED[NotHappened(reason)] if reason in set(NotHappened) else None


def refunds(reason: Termination | NotHappened, *, terminated: bool) -> bool:
    """Whether the fee goes back; `terminated` is the setting for visits found unfit (facts §12)."""
    found = ending_of(reason)
    if found is None or found.refund is None:
        return terminated
    return found.refund


def offer_after(reason: Termination, chosen: Offer) -> Offer:
    """What the doctor offers; never a place of another day to somebody who has to go at once."""
    waits = chosen is Offer.COUNTER and TERMINATIONS[reason].at_once
    return Offer.NONE if waits else chosen


def rule_in_words(ending: Ending, *, terminated: bool) -> str:
    """What becomes of the fee, for the doctor who chooses the reason."""
    refund = terminated if ending.refund is None else ending.refund
    return "费用退回" if refund else "费用不退"
