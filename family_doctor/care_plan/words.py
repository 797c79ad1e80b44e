"""Plans, tasks and calls in the words of the team."""

from typing import Final

from family_doctor.care_plan.models import Answer, Programme, TaskKind
from family_doctor.care_plan.states import PlanStatus

PROGRAMMES: Final = {
    Programme.HYPERTENSION: "高血压",
    Programme.DIABETES: "2 型糖尿病",
    Programme.ELDERLY: "65 岁及以上老年人",
    Programme.PREGNANCY: "孕产妇",
    Programme.CHILD: "0~6 岁儿童",
    Programme.MENTAL: "严重精神障碍",
    Programme.TUBERCULOSIS: "肺结核",
}
SHORT: Final = {
    Programme.HYPERTENSION: "高血压",
    Programme.DIABETES: "糖尿病",
    Programme.ELDERLY: "老年人",
    Programme.PREGNANCY: "孕产妇",
    Programme.CHILD: "儿童",
    Programme.MENTAL: "精神障碍",
    Programme.TUBERCULOSIS: "肺结核",
}
BEGAN_FROM: Final = {
    Programme.HYPERTENSION: "确诊日期",
    Programme.DIABETES: "确诊日期",
    Programme.ELDERLY: "出生日期",
    Programme.PREGNANCY: "末次月经第一天",
    Programme.CHILD: "出生日期",
    Programme.MENTAL: "确诊日期",
    Programme.TUBERCULOSIS: "通知日期",
}
PLAN: Final = {
    PlanStatus.ACTIVE: ("success", "管理中"),
    PlanStatus.ON_HOLD: ("neutral", "暂停"),
    PlanStatus.ENDED: ("neutral", "已结案"),
}
ANSWERS: Final = {
    Answer.REACHED: "打通了",
    Answer.NO_ANSWER: "没人接",
    Answer.WRONG_NUMBER: "号码不对",
    Answer.LATER: "约好以后再打",
    Answer.REFUSED: "不愿意随访",
    Answer.MOVED: "已迁走",
    Answer.DIED: "已去世",
}
_CHECKS: Final = {
    "elderly_check": "老年人年度体检",
    "childbed_visit": "产后访视",
    "childbed_check": "产后 42 天检查",
    "newborn_visit": "新生儿访视",
    "full_month": "满月随访",
    "mental": "精神障碍随访",
    "tb_first_visit": "肺结核第一次入户",
    "tb_visit": "肺结核随访",
}
_WITH_IT: Final = {
    "booklet": "建册",
    "blood": "血常规",
    "hearing": "听力",
    "tcm": "中医指导",
    "self_care": "自理能力评估",
    "tests": "化验、心电图、B 超",
    "tcm_constitution": "中医体质辨识",
}


def task_words(kind: TaskKind, code: str) -> str:
    """What has to be done."""
    if kind is TaskKind.FOLLOW_UP:
        return "随访"
    if kind is TaskKind.ASKED:
        return "医生请团队做"
    if code.startswith("pregnancy_"):
        return f"孕期第 {code.removeprefix('pregnancy_')} 次检查"
    if code.startswith("child_"):
        return f"{_age(int(code.removeprefix('child_').removesuffix('m')))}健康检查"
    return _CHECKS[code]


def _age(months: int) -> str:
    return f"{months // 12} 岁" if months in (48, 60, 72) else f"{months} 月龄"


def with_it_words(parts: list[str]) -> str:
    """What belongs to a check: 血常规、听力."""
    return "、".join(_WITH_IT[part] for part in sorted(parts))
