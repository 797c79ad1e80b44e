"""After a follow-up: how it went, what to do, when to meet again. One table for both diseases.

公卫规范, 高血压 and 2型糖尿病患者健康管理, "分类干预". Read from the top: the first row that fits
decides.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from typing import Final


class Row(IntEnum):
    """A row of the table; the smaller, the stricter."""

    EMERGENCY = 0
    COMPLICATION = 1
    ADVERSE_HARD = 2
    STILL_UNCONTROLLED = 3
    UNCONTROLLED = 4
    ADVERSE = 5
    SATISFIED = 6


class Classification(StrEnum):
    """此次随访分类, with the form's codes."""

    SATISFIED = "1"  # 控制满意
    UNSATISFIED = "2"  # 控制不满意
    ADVERSE_REACTION = "3"  # 不良反应
    COMPLICATION = "4"  # 并发症


class Action(StrEnum):
    """What has to be done today."""

    REFER_NOW = "refer_now"  # handle it, then 紧急转诊
    REFER = "refer"  # 建议转诊到上级医院
    ADJUST = "adjust"  # look at adherence, then raise, change or add a drug
    CONTINUE = "continue"  # go on as it is, health education, the next goals


@dataclass(frozen=True, slots=True)
class Params:
    """Days until the next contact, at most.

    `soon` is the programme's own limit of two weeks. `routine` is our reading of "at least four
    times a year".
    """

    soon: int = 14
    routine: int = 90


@dataclass(frozen=True, slots=True)
class Before:
    """What the follow-up before this one found."""

    controlled: bool
    adverse_reaction: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One disease at one follow-up, as far as the table asks.

    `hard_to_control` says that the adverse reaction is. `controlled` is None while what it is
    judged by was not measured. `before` is None at the first follow-up.
    """

    emergency: bool
    new_complication: bool
    adverse_reaction: bool
    hard_to_control: bool
    controlled: bool | None
    before: Before | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a row asks for. An emergency has no class of its own: it is on the way to hospital.

    `follows_referral`: the next contact asks what became of the referral.
    """

    row: Row
    classification: Classification | None
    action: Action
    days: int

    @property
    def follows_referral(self) -> bool:
        """Whether the team has to ask by itself whether the patient arrived, and what was done."""
        return self.action in (Action.REFER_NOW, Action.REFER)

    def next_by(self, today: date) -> date:
        """The last day for the next contact."""
        return today + timedelta(days=self.days)


class Unmeasured(ValueError):
    """Nothing worse was found, and what control is judged by was not measured."""


WHAT_FOLLOWS: Final = {
    Row.EMERGENCY: (None, Action.REFER_NOW),
    Row.COMPLICATION: (Classification.COMPLICATION, Action.REFER),
    Row.ADVERSE_HARD: (Classification.ADVERSE_REACTION, Action.REFER),
    Row.STILL_UNCONTROLLED: (Classification.UNSATISFIED, Action.REFER),
    Row.UNCONTROLLED: (Classification.UNSATISFIED, Action.ADJUST),
    Row.ADVERSE: (Classification.ADVERSE_REACTION, Action.ADJUST),
    Row.SATISFIED: (Classification.SATISFIED, Action.CONTINUE),
}


def row_of(seen: Seen) -> Row:
    """The first row that fits.

    A second adverse reaction in a row counts as one that is hard to control: the first answer to
    it has not helped (our reading). Raises `Unmeasured`.
    """
    again = seen.before is not None and seen.before.adverse_reaction
    if seen.emergency:
        return Row.EMERGENCY
    if seen.new_complication:
        return Row.COMPLICATION
    if seen.adverse_reaction and (seen.hard_to_control or again):
        return Row.ADVERSE_HARD
    if seen.controlled is None:
        raise Unmeasured
    if not seen.controlled:
        twice = seen.before is not None and not seen.before.controlled
        return Row.STILL_UNCONTROLLED if twice else Row.UNCONTROLLED
    return Row.ADVERSE if seen.adverse_reaction else Row.SATISFIED


def is_judged(seen: Seen) -> bool:
    """Whether what is known is enough for a row."""
    try:
        row_of(seen)
    except Unmeasured:
        return False
    return True


def decision(row: Row, params: Params) -> Decision:
    """What this row asks for: everything but the last row within two weeks."""
    classification, action = WHAT_FOLLOWS[row]
    days = params.routine if row is Row.SATISFIED else params.soon
    return Decision(row, classification, action, days)
