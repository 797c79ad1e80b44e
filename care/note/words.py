"""A note's fields in the words of pages."""

from typing import Final

LABELS: Final[dict[str, str]] = {
    "complaint": "主诉",
    "history": "病史",
    "findings": "检查所见",
    "diagnosis": "诊断",
    "same_why": "和确诊资料是同一个病,因为",
    "plan": "处理意见",
    "orders": "检查、化验、随访建议",
    "advice": "给居民的嘱咐",
    "alarm": "什么情况打 120",
    "next_on": "下次来的日期",
    "next_way": "下次怎么看",
    "refer_to": "要到哪里看",
    "follow_up": "随访安排",
    "follow_by": "随访最迟哪天",
}
WAYS: Final[dict[str, str]] = {"online": "在线复诊", "clinic": "到医院门诊"}
