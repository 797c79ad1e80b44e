"""Vaccination in the words of the team and of parents."""

from typing import Final

from core import clock
from family_doctor.immunization import policy
from family_doctor.immunization.models import Immunization, Origin
from family_doctor.immunization.queries import Shown, record_of
from family_doctor.immunization.rules import GROWN_UP, Doubt, Line, State
from people.ages import years
from people.models import Patient

TABS: Final = {
    Shown.DUE: "该打了",
    Shown.LATE: "过期没打",
    Shown.SOON: "30 天内",
    Shown.UNSEEN: "还没对证",
}
STATES: Final = {
    State.DONE: ("done", "打过"),
    State.UNRECORDED: ("waiting", "没有记录,看看接种证"),
    State.LATER: ("neutral", "还没到"),
    State.DUE: ("progress", "该打了"),
    State.LATE: ("danger", "过期没打"),
    State.OVER: ("neutral", "过了年龄,免疫规划不再打"),
}
DOUBTS: Final = {
    Doubt.TOO_YOUNG: "打得比规定的年龄早,算不算请问接种门诊",
    Doubt.TOO_SOON: "和上一剂隔得太近,算不算请问接种门诊",
}
ORIGINS: Final = {Origin.BOOK: "照接种证抄的", Origin.HERE: "在这里打的"}


def dose(line: Line) -> str:
    """麻腮风疫苗第 1 剂."""
    return f"{line.series.name}第 {line.dose.number} 剂"


def given(row: Immunization) -> str:
    """What is in the record; a county's own file may not know the code any more."""
    vaccine = policy.calendar().vaccine_of(row.vaccine)
    return f"{vaccine.name if vaccine else row.vaccine} 第 {row.number} 剂"


def choices() -> list[tuple[str, str]]:
    """All doses that can be recorded, in the order of the calendar."""
    return [
        (f"{one.code}:{number}", f"{one.name} 第 {number} 剂")
        for one in policy.calendar().vaccine
        for number in one.numbers
    ]


async def in_short(patient: Patient) -> str:
    """What is due for a child, in one line; empty for grown-ups."""
    if years(patient.birth_date, clock.today()) >= GROWN_UP:
        return ""
    record = await record_of(patient)
    if record.book is None:
        return "还没对过接种证,到日子不会提醒。"
    waits = record.these(State.LATE, State.DUE)
    named = [f"{dose(one)}({STATES[one.state][1]})" for one in waits]
    return "、".join(named) or "现在没有该打的。"
