"""Home readings in the resident's words: what it is, what to do, and who knows of it."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from care.record.models import Interpretation, Meal, Observation, VitalSign
from care.record.rules import MEALS, PRESSURE_HIGH_AT_HOME, VITALS, plain
from family_doctor.alerts import rules
from family_doctor.alerts.models import Alert
from family_doctor.alerts.states import Status
from mini_program_api.schemas.readings import ReadingOut, Readings

LEVELS: Final = {
    Interpretation.NORMAL: "正常",
    Interpretation.HIGH: "偏高",
    Interpretation.LOW: "偏低",
    Interpretation.CRITICAL: "危险",
    Interpretation.NOT_JUDGED: "",
}
TARGET: Final = (
    f"在家量的血压,要低于 {plain(PRESSURE_HIGH_AT_HOME[0])}/{plain(PRESSURE_HIGH_AT_HOME[1])};"
    "空腹血糖要低于 7.0。您的医生给您定了别的目标,听医生的。"
)
SEEN: Final = {
    Status.RAISED: "正在通知家庭医生",
    Status.NOTIFIED: "已通知家庭医生",
    Status.ACKNOWLEDGED: "{name}已经看到,会联系您",
    Status.HANDLED: "{name}已经处理",
    Status.CLOSED: "{name}已经处理",
    Status.ENDED: "",
}
DANGER: Final = {
    VitalSign.BLOOD_PRESSURE: (
        "血压很危险。马上坐下或躺下,身边要有人。头很痛、胸口痛、喘不上气、手脚没力气、说不清话:"
        "马上打 120。没有这些,也请不要走动,等家庭医生的电话。"
    ),
    VitalSign.GLUCOSE: (
        "血糖很危险。低的:马上吃几块糖或喝半杯糖水,15 分钟后再测。高的、人又没精神、恶心、"
        "喘得深:马上打 120。请等家庭医生的电话。"
    ),
}
NO_TEAM: Final = "您还没有签约家庭医生,县医院会看到这次测量。不要等,有不舒服马上打 120。"
AGAIN: Final = "上次量的很危险。请现在再量一次;有不舒服马上打 120。"
"""Of a value whose alert ended with a death that was taken back."""
HIGH: Final = "有点高。歇一刻钟再量一次。连着几天都高,请告诉家庭医生;不要自己加药。"


def shown(rows: Sequence[Observation], alerts: Mapping[UUID, Alert], *, living: bool) -> Readings:
    """A page of the list, with what to do about the newest round; of the dead nothing."""
    items = [_one(row, alerts.get(row.panel_id)) for row in rows]
    if not living:
        return Readings(items=items, target="", advice="", call=False)
    newest = [row for row in rows if row.panel_id == rows[0].panel_id]
    alert = alerts.get(rows[0].panel_id) if rows else None
    return Readings(
        items=items,
        target=TARGET,
        advice=_advice(newest, alert),
        call=any(row.interpretation is Interpretation.CRITICAL for row in newest),
    )


def _one(row: Observation, alert: Alert | None) -> ReadingOut:
    dangerous = row.interpretation is Interpretation.CRITICAL
    seen = SEEN[alert.status].format(name=_who(alert)) if alert and dangerous else ""
    return ReadingOut(
        panel_id=row.panel_id,
        kind=VITALS[row.code].name,
        value=rules.digits(row),
        unit=VITALS[row.code].unit,
        meal_name=MEALS[Meal(row.meal)] if row.meal else "",
        measured_at=row.measured_at,
        taken_by=row.recorder_name,
        level=row.interpretation,
        level_name=LEVELS[row.interpretation],
        alert_name=seen,
    )


def _who(alert: Alert) -> str:
    return f"{alert.acknowledged_name}医生" if alert.acknowledged_name else "家庭医生"


def _advice(newest: Sequence[Observation], alert: Alert | None) -> str:
    if any(row.interpretation is Interpretation.CRITICAL for row in newest):
        if alert and alert.status is Status.ENDED:
            return AGAIN
        worst = rules.worst(newest)
        said = DANGER.get(worst.code, "") if worst else ""
        return f"{said}{NO_TEAM}" if alert and alert.team_id is None else said
    if any(row.interpretation is Interpretation.HIGH for row in newest):
        return HIGH
    return ""
