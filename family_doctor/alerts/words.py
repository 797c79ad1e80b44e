"""Alerts in words."""

from typing import Final

from family_doctor.alerts.models import Level, Measure
from family_doctor.alerts.states import Status

STATUS: Final = {
    Status.RAISED: ("urgent", "等接"),
    Status.NOTIFIED: ("urgent", "等接"),
    Status.ACKNOWLEDGED: ("waiting", "已接,等处理"),
    Status.HANDLED: ("progress", "已处理,等结案"),
    Status.CLOSED: ("done", "已结案"),
    Status.ENDED: ("neutral", "居民去世,不再提醒"),
}
LEVELS: Final = {
    Level.TEAM: "请团队里谁先看到谁接",
    Level.DOCTOR: "没有人接,请责任医生接",
    Level.DUTY: "没有人接,请县医院接",
}
MEASURES: Final = {
    Measure.PHONED: "打通了电话,已交代",
    Measure.AMBULANCE: "已叫 120",
    Measure.WENT: "已上门",
    Measure.CLINIC: "已到诊室看",
    Measure.REFERRED: "已转诊",
    Measure.UNREACHED: "联系不上,已托村医或家人去看",
    Measure.ERROR: "量错了或填错了",
}
STAYS_ENDED: Final = "这条危急值不会自动恢复。请联系居民,现在再量一次。"
"""Said when the death that ended it was taken back."""
STEPS: Final = {
    "raise": "测到危急值",
    "notify": "已通知团队",
    "escalate": "没有人接,往上请",
    "move": "居民的签约变了,改请现在的团队或县医院",
    "acknowledge": "复述无误,接了",
    "handle": "处理",
    "close": "结案",
    "end": "居民去世,不再提醒",
    "disprove": "去世登记已撤销",
}
