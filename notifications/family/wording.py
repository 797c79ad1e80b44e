"""The words of the team's reminders. Titles and words go on a locked screen; texts do not."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from core import clock
from family_doctor.care_plan.models import ReadingRequest, Task, TaskKind, Wanted
from family_doctor.care_plan.words import task_words, with_it_words
from family_doctor.contracts.models import Contract
from family_doctor.immunization.rules import Line
from family_doctor.immunization.words import dose
from notifications.family.rules import AT_HOME
from notifications.service import Message, Word
from people.masking import mask_name

COME: Final = "您的家庭医生约您来一趟"
WE_COME: Final = "您的家庭医生要来看您"
STILL: Final = "您的家庭医生还在等您"
MEASURE: Final = "家庭医生请您在家量一次"
RENEW: Final = "签约快到期了"
MEASURES: Final = {Wanted.BLOOD_PRESSURE: "血压", Wanted.GLUCOSE: "血糖"}
CHILD: Final = "请带预防接种证,要打的疫苗一起问。"


def coming(task: Task, contract: Contract) -> Message:
    """A visit or a check may be done from now on."""
    by = _day(task.due)
    if task.code in AT_HOME:
        text = f"{_what(task)}:团队会在 {by} 前上门,来之前打电话。"
        return _message(contract, task.patient.name, "family_visit", WE_COME, text, {"by": by})
    when = f"请在 {by} 前到卫生室或卫生院来一趟,来不了也可以请团队打电话或上门。"
    text = f"{_what(task)}:{when}{_with_it(task)}"
    return _message(contract, task.patient.name, "family_visit", COME, text, {"by": by})


def late(task: Task, contract: Contract) -> Message:
    """Its last day is over."""
    text = (
        f"{_what(task)}原定 {_day(task.due)} 前做完,还没有做。请这几天来一趟,或者给团队打电话。"
        f"{_with_it(task)}"
    )
    return _message(contract, task.patient.name, "family_late", STILL, text)


def measure(row: ReadingRequest, contract: Contract) -> Message:
    """A value from home is wanted."""
    what = MEASURES[row.measure]
    text = f"请在家量一次{what},记到“血压血糖”里,医生看得到。不舒服不要等,马上就医。"
    return _message(contract, row.patient.name, "home_reading", MEASURE, text)


def vaccination(lines: Sequence[Line], contract: Contract, where: str) -> Message:
    """A child may be vaccinated from a day on."""
    opens, last = _whole_day(lines[0].opens), _whole_day(min(one.last for one in lines))
    text = f"{_doses(lines)},{opens}起可以打,最晚 {last}。{_bring(where)}"
    name = contract.patient.name
    return _message(contract, name, "immunization_due", COME, text, page=_vaccinations(contract))


def vaccination_late(lines: Sequence[Line], contract: Contract, where: str) -> Message:
    """Its last day is over."""
    text = f"{_doses(lines)}还没有打,晚了也要补,不用从头打。{_bring(where)}"
    name = contract.patient.name
    return _message(contract, name, "immunization_late", STILL, text, page=_vaccinations(contract))


def _doses(lines: Sequence[Line]) -> str:
    return "、".join(dose(one) for one in lines)


def _bring(where: str) -> str:
    return f"到{where},带上预防接种证。孩子不舒服先说,能不能打由接种的医生看。打过了请告诉团队。"


def _whole_day(day: date) -> str:
    return f"{day.year}年{_day(day)}"


def _vaccinations(contract: Contract) -> str:
    return f"pages/immunization/index?id={contract.patient_id}"


def renewal(contract: Contract) -> Message:
    """It ends soon."""
    text = "想接着签,请打开续签,中间不断。"
    return _message(contract, contract.patient.name, "contract_renewal", RENEW, text)


def _what(task: Task) -> str:
    word = task_words(task.kind, task.code)
    return f"该{word}了" if task.kind is TaskKind.FOLLOW_UP else word


def _with_it(task: Task) -> str:
    more = f"一起做:{with_it_words(task.with_it)}。" if task.with_it else ""
    return more + (CHILD if task.code.startswith("child_") else "")


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _message(
    contract: Contract,
    name: str,
    topic: str,
    title: str,
    text: str,
    more: Mapping[str, Word] | None = None,
    *,
    page: str = "",
) -> Message:
    words: dict[str, Word] = {
        "patient": mask_name(name),
        "place": contract.team.organization.short_name,
        "at": clock.now(),
    }
    return Message(
        topic=topic,
        title=title,
        text=f"{name}:{text}",
        words=words | dict(more or {}),
        page=page or f"pages/contract/index?id={contract.id}",
    )
