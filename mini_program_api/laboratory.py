"""Laboratory results in the resident's words: what was found, beside what is usual, no alarm."""

from collections.abc import Mapping
from typing import Final

from care.laboratory.queries import Report, Result
from care.record.models import Interpretation
from core.clock import SHANGHAI
from mini_program_api.schemas.laboratory import LaboratoryReportOut, LaboratoryResultOut

ASKING: Final = (
    "比参考范围高一点、低一点,不一定是病,要结合您的身体和正在吃的药来看。"
    "不要自己加药、减药、停药,看不懂的问您的医生。"
)
FLAGS: Final[Mapping[Interpretation, tuple[str, str]]] = {
    Interpretation.HIGH: ("high", "比参考高"),
    Interpretation.LOW: ("low", "比参考低"),
    Interpretation.NORMAL: ("normal", ""),
}
ABNORMAL: Final = ("abnormal", "和参考不同")
UNKNOWN: Final = ("unknown", "")


def shown(one: Report) -> LaboratoryReportOut:
    """One panel as the contract names it."""
    return LaboratoryReportOut(
        id=one.id,
        taken_on=one.taken_at.astimezone(SHANGHAI).date(),
        laboratory_name=one.laboratory,
        recorded_by=one.by,
        corrected=one.version > 1,
        results=[_result(each) for each in one.results],
        note=_note(one),
    )


def _result(one: Result) -> LaboratoryResultOut:
    flag, name = FLAGS.get(one.level, UNKNOWN)
    if one.value is None and one.flag:
        flag, name = ABNORMAL
    return LaboratoryResultOut(
        name=f"{one.analyte.name}({one.analyte.short})",
        value=f"{one.words}(单子上 {one.given})" if one.given else one.words,
        reference_range=one.range,
        flag=flag,
        flag_name=name,
    )


def _note(one: Report) -> str:
    outside = len(one.abnormal)
    if outside:
        return f"有 {outside} 项不在参考范围里。下次看医生时,请医生一起看看。"
    if all(each.level is Interpretation.NORMAL for each in one.results):
        return "都在参考范围里。"
    return "请医生结合您的情况看。"
