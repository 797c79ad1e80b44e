"""What a note must hold before it is signed; no I/O.

书写规范 = 病历书写基本规范 (卫医政发〔2010〕11号): a follow-up outpatient note holds complaint,
history, necessary findings, diagnosis, treatment and the doctor's signature, written by the doctor
in time. 监管细则 = 互联网诊疗监管细则(试行): online notes have the form of the house's own, are
signed, and kept 15 years.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from care.note.icd10 import coded, expanded
from care.note.schemas import NoteIn
from care.record.rules import ICD10
from core import clock
from core.errors import FieldError

SOURCE: Final = "病历书写基本规范 第十三条"

LONGEST_NAME: Final = 80
SHORTEST_REASON: Final = 4
KEEP_YEARS: Final = 15
LONGEST_AHEAD: Final = timedelta(days=366)
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_HALF_A_CODE: Final = re.compile(r"[A-Za-z]\d")
_COLONS: Final = (":", "\uff1a")
_NEEDED: Final = {
    "complaint": "请写主诉",
    "history": "请写病史(这段时间怎么样、在用什么药)",
    "findings": "请写检查所见(没有查体就写家里量的数值,或者写“本次未查体”)",
    "plan": "请写处理意见",
    "advice": "请用大白话写给居民的嘱咐",
    "alarm": "请写出现什么情况要打 120",
}


def missing(entry: NoteIn) -> list[FieldError]:
    """书写规范 art. 13 and what the resident takes home: what a signature still needs."""
    found = [
        FieldError(name, sentence)
        for name, sentence in _NEEDED.items()
        if len(getattr(entry, name)) < 2
    ]
    return found + _unfinished(entry) + _about_diagnoses(entry.diagnosis) + _about_the_team(entry)


def _about_the_team(entry: NoteIn) -> list[FieldError]:
    """A day for the family-doctor team: ahead, and with words about what to do."""
    if entry.follow_by is None:
        return []
    if not entry.follow_up:
        return [FieldError("follow_up", "写了随访的日子,也请写一句要团队做什么")]
    if not clock.today() < entry.follow_by <= clock.today() + LONGEST_AHEAD:
        return [FieldError("follow_by", "随访的日子要在明天到一年之内")]
    return []


def _about_diagnoses(lines: Sequence[str]) -> list[FieldError]:
    if not lines:
        return [FieldError("diagnosis", "请写诊断,第一个是主要诊断")]
    for line in lines:
        code, name = coded(line)
        if code and not ICD10.fullmatch(code):
            return [FieldError("diagnosis", f"“{line}”:编码不是 ICD-10 的写法")]
        if not _HAN.search(name) or _HALF_A_CODE.match(name) or len(name) > LONGEST_NAME:
            return [FieldError("diagnosis", f"“{line}”:请从列表里选,或者写出病名")]
    names = [coded(line) for line in lines]
    if len(set(names)) != len(names):
        return [FieldError("diagnosis", "同一个诊断写了两次")]
    if expanded(lines) != list(lines):
        return [FieldError("diagnosis", "已按编码表补全,请核对诊断,再签名")]
    return []


def _unfinished(entry: NoteIn) -> list[FieldError]:
    """Blanks of a template that nobody has filled: a heading with nothing after it."""
    found = []
    for name in _NEEDED:
        lines = getattr(entry, name).splitlines()
        for line, following in zip(lines, [*lines, ":"][1:], strict=True):
            if line.endswith(_COLONS) and following.endswith(_COLONS):
                found.append(FieldError(name, f"“{line}”后面还没有写"))
                break
    return found


def diagnoses(entry: NoteIn) -> list[dict[str, str]]:
    """Code and name of each, the main one first."""
    return [dict(zip(("icd10", "name"), coded(line), strict=True)) for line in entry.diagnosis]


def keep_until(last_visit: datetime) -> datetime:
    """监管细则; 医疗机构病历管理规定 2013: outpatient records 15 years from the last visit. Nothing
    here deletes a note, and no row below one can be deleted either (RESTRICT)."""
    return clock.years_later(last_visit, KEEP_YEARS)
