"""A child's vaccinations in the parents' words: what to do now, when and where."""

from typing import Final

from family_doctor.immunization import policy, words
from family_doctor.immunization.queries import Record
from family_doctor.immunization.rules import Line, State
from mini_program_api.schemas.immunizations import (
    ImmunizationDueOut,
    ImmunizationOut,
    ImmunizationsOut,
)

ASKING: Final = (
    "带上孩子和预防接种证。发烧、不舒服、以前打了有反应、正在吃药的,先告诉接种的医生,今天能不能打由他看。"
    "打过没打过,以接种证为准。"
)
NOT_COMPARED: Final = (
    "还没有对过接种证。把预防接种证带给村医或家庭医生团队看一次,以后到日子就会提醒您。"
)
GROWN_UP: Final = "免疫规划的疫苗是给 18 岁以下的孩子打的。"
NAMES: Final = {
    State.DUE: "该打了",
    State.LATE: "晚了,要补",
    State.LATER: "还没到",
    State.UNRECORDED: "没有记录,带接种证给团队看看",
}


def shown(record: Record) -> ImmunizationsOut:
    """One child as the contract names it."""
    compared = record.book is not None
    now = record.these(State.LATE, State.DUE, State.UNRECORDED) if compared else []
    return ImmunizationsOut(
        checked_on=record.book.checked_on if record.book else None,
        due=[_due(one) for one in now],
        coming=[_due(one) for one in record.coming] if compared else [],
        given=[
            ImmunizationOut(
                name=words.given(one), given_on=one.given_on, place=one.place, lot=one.lot
            )
            for one in reversed(record.given)
        ],
        where=policy.params().where,
        note="" if compared else NOT_COMPARED,
        asking=ASKING,
    )


def none() -> ImmunizationsOut:
    """Of somebody who is grown up."""
    return ImmunizationsOut(
        checked_on=None, due=[], coming=[], given=[], where="", note=GROWN_UP, asking=""
    )


def _due(line: Line) -> ImmunizationDueOut:
    dated = line.state is not State.UNRECORDED
    return ImmunizationDueOut(
        name=words.dose(line),
        against=line.series.against,
        state=line.state.value,
        state_name=NAMES[line.state],
        opens_on=line.opens if dated else None,
        last_on=line.last if dated else None,
    )
