"""How teams, packages and contracts are said on pages and on the phone."""

from typing import Final

from family_doctor.contracts.states import Status
from family_doctor.fulfilment.states import Status as Service
from family_doctor.packages.models import FulfilledBy, Group, Mode
from family_doctor.teams.models import MemberRole

ROLES: Final = {
    MemberRole.COUNTY_DOCTOR: "县级医生",
    MemberRole.TOWNSHIP_DOCTOR: "乡镇医生",
    MemberRole.VILLAGE_DOCTOR: "村医",
    MemberRole.NURSE: "护士",
    MemberRole.PUBLIC_HEALTH: "公卫人员",
    MemberRole.PHARMACIST: "药师",
}
GROUPS: Final = {
    Group.BASIC: "基础",
    Group.HYPERTENSION: "高血压",
    Group.DIABETES: "糖尿病",
    Group.ELDERLY: "65 岁以上老人",
    Group.CHILD: "0–6 岁儿童",
    Group.PREGNANCY: "孕产妇",
}
FULFILLED_BY: Final = {
    FulfilledBy.HYPERTENSION: "高血压随访",
    FulfilledBy.DIABETES: "糖尿病随访",
    FulfilledBy.ELDERLY: "65 岁以上年度体检",
    FulfilledBy.PREGNANCY: "孕产期检查和访视",
    FulfilledBy.CHILD: "0–6 岁健康检查",
    FulfilledBy.HOME_VISIT: "上门随访或访视",
}
"""What counts by itself."""
MODES: Final = {Mode.CLINIC: "门诊", Mode.HOME: "上门", Mode.PHONE: "电话", Mode.VIDEO: "视频"}
STATUS: Final = {
    Status.APPLIED: ("waiting", "等团队审核"),
    Status.REVIEWED: ("waiting", "等双方签字"),
    Status.SIGNED: ("progress", "已签字,等生效"),
    Status.ACTIVE: ("done", "签约中"),
    Status.RENEWED: ("neutral", "已续签"),
    Status.CHANGED_TEAM: ("neutral", "已换团队"),
    Status.TERMINATED: ("returned", "已解约"),
    Status.EXPIRED: ("neutral", "已到期"),
    Status.REFUSED: ("returned", "团队没有接收"),
    Status.WITHDRAWN: ("neutral", "已撤回"),
}
"""Badge and word."""
SERVICES: Final = {
    Service.DONE: ("waiting", "等居民确认"),
    Service.CONFIRMED: ("done", "居民已确认"),
    Service.DISPUTED: ("danger", "居民说没做过"),
    Service.WITHDRAWN: ("neutral", "记错了,已撤销"),
}
END_REASONS: Final = {
    "moved": "搬走了",
    "unwilling": "不想签了",
    "unable": "团队做不到",
    "died": "居民去世",
    "other": "其他",
}
RESIDENT_REASONS: Final = ("moved", "unwilling", "unable", "other")
ON_PHONE: Final = {
    Service.DONE: "请您确认",
    Service.CONFIRMED: "您已确认",
    Service.DISPUTED: "您说没做过",
    Service.WITHDRAWN: "团队撤销了",
}
