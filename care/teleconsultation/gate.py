"""The quality gate: what a request must bring before a specialist is asked; no I/O.

A published review of teleconsultation requests found 20.9 % of them appropriate and documented.
Each need names why a specialist cannot answer without it. 远程规范 asks for reason, purpose and a
summary of the record with every invitation; the days are parameters, no national number exists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from care.teleconsultation.models import Urgency

SHORTEST: Final = 10
BASIS: Final = "远程医疗服务管理规范(试行):邀请应说明理由、目的并附病历摘要"


@dataclass(frozen=True, slots=True)
class Application:
    """What was typed, as far as the gate looks at it."""

    urgency: Urgency = Urgency.ORDINARY
    aim: str = ""
    chief_complaint: str = ""
    history: str = ""
    exam: str = ""
    working_diagnosis: str = ""
    questions: Sequence[str] = ()
    specialties: Sequence[str] = ()
    sent_anyway_reason: str = ""
    no_medicines: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record holds: newest time of each vital sign and of each kind of attachment."""

    allergies_asked: bool = False
    medicines_asked: bool = False
    vitals: Mapping[str, datetime] = field(default_factory=dict)
    attachments: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing a specialty wants: `kind` is vital, attachment, medicines, or a text field."""

    kind: str
    code: str
    days: int
    sentence: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, in words; `place` is the form field or `record`."""

    code: str
    sentence: str
    reason: str
    place: str


def _vital(code: str, days: int, sentence: str, reason: str) -> Need:
    return Need("vital", code, days, sentence, reason)


def _attachment(code: str, days: int, sentence: str, reason: str) -> Need:
    return Need("attachment", code, days, sentence, reason)


def _medicines(reason: str) -> Need:
    return Need(
        "medicines",
        "medicines",
        0,
        "问清目前在用的药并记入病历;没有用药请勾选“没有长期用药”",
        reason,
    )


_PRESSURE: Final = _vital("blood_pressure", 1, "测一次血压(24 小时内)", "判断血流动力学是否稳定")
_PULSE: Final = _vital("pulse", 1, "测一次脉搏(24 小时内)", "判断心率与节律")
_OXYGEN: Final = _vital("spo2", 1, "测一次血氧(24 小时内)", "判断有无低氧和去向")
_WARMTH: Final = _vital("temperature", 1, "测一次体温(24 小时内)", "判断有无感染及其程度")
_WOUND: Final = _attachment("wound", 3, "拍一张局部照片(3 天内)", "皮损和伤口只能看,不能靠描述")
_IMAGING: Final = _attachment("imaging", 30, "附上影像片子或报告(30 天内)", "没有片子无法读片")

NEEDS: Final[Mapping[str, Sequence[Need]]] = {
    "cardiology": (
        _attachment(
            "ecg",
            3,
            "附上心电图照片(3 天内)",
            "心脏问题离不开心电图",
        ),
        _PRESSURE,
        _PULSE,
    ),
    "endocrinology": (
        _vital("glucose", 3, "测一次血糖(3 天内)", "调整降糖方案要看近期血糖"),
        _medicines("不知道现用药就无法调整方案"),
    ),
    "respiratory": (_OXYGEN, _WARMTH, _PULSE),
    "neurology": (_PRESSURE, _vital("pulse", 1, "测一次脉搏(24 小时内)", "卒中风险要看节律")),
    "general_surgery": (_WARMTH, _PRESSURE),
    "orthopedics": (_IMAGING,),
    "pediatrics": (
        _WARMTH,
        _vital("weight", 90, "称一次体重(90 天内)", "儿童用药按体重计算"),
    ),
    "obstetrics": (_PRESSURE, _medicines("孕期用药要逐一核对")),
    "dermatology": (_WOUND,),
    "emergency": (_PRESSURE, _PULSE, _OXYGEN),
    "radiology": (_IMAGING,),
    "tcm": (_medicines("中西药合用要避免相互作用"),),
    "general_practice": (_PRESSURE,),
}

_TEXTS: Final = (
    ("chief_complaint", 2, "写清主诉:哪里不舒服、多久了", "专家先看主诉判断轻重"),
    ("history", SHORTEST, "写现病史(起病、变化、已做的处理)", "病历摘要的一部分"),
    ("exam", 4, "写查体所见,没有异常也请写明", "专家看不到病人,要靠您的查体"),
    ("working_diagnosis", 2, "写您目前考虑的诊断,不确定可写“待查”", "邀请方先有初步判断"),
    ("aim", 2, "写会诊目的", "远程规范要求说明邀请目的"),
)


def missing(application: Application, facts: Facts, moment: datetime) -> list[Gap]:
    """Everything that is missing for the wanted specialties, the person's own answers first."""
    gaps = [
        Gap(name, sentence, reason or BASIS, name)
        for name, shortest, sentence, reason in _TEXTS
        if len(getattr(application, name).strip()) < shortest
    ]
    if not any(len(q.strip()) >= 4 for q in application.questions):
        gaps.append(Gap("questions", "至少写一个要专家回答的问题", BASIS, "questions"))
    if not application.specialties:
        gaps.append(Gap("specialties", "选择要请的专科", BASIS, "specialties"))
    if not facts.allergies_asked:
        gaps.append(
            Gap("allergies", "问清过敏史并记入病历(没有过敏也要记)", "用药安全的底线", "record")
        )
    seen: set[tuple[str, str]] = set()
    for specialty in application.specialties:
        for need in NEEDS.get(specialty, ()):
            met = _met(need, application, facts, moment)
            if not met and (need.kind, need.code) not in seen:
                seen.add((need.kind, need.code))
                gaps.append(Gap(need.code, need.sentence, need.reason, "record"))
    return gaps


def _met(need: Need, application: Application, facts: Facts, moment: datetime) -> bool:
    if need.kind == "medicines":
        return facts.medicines_asked or application.no_medicines
    at = (facts.vitals if need.kind == "vital" else facts.attachments).get(need.code)
    return at is not None and moment - at <= timedelta(days=need.days)


ESSENTIAL: Final = frozenset({"specialties", "chief_complaint"})


def blocks(application: Application, gaps: Sequence[Gap]) -> bool:
    """Whether it may not be sent. In an emergency it may, with a reason in writing: nobody waits
    for paperwork; but who is asked, and what is wrong, must be said."""
    if not gaps:
        return False
    excused = (
        application.urgency == Urgency.EMERGENCY
        and len(application.sent_anyway_reason.strip()) >= 4
    )
    return not excused or any(gap.code in ESSENTIAL for gap in gaps)
