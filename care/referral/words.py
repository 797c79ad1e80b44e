"""Referrals in the words of pages: (badge, words)."""

from typing import Final

from care.referral.models import Direction, ServiceRequest, Urgency
from care.referral.states import Status
from people.specialties import SPECIALTIES

STATUS: Final[dict[Status, tuple[str, str]]] = {
    Status.PROPOSED: ("waiting", "等居民同意"),
    Status.SUBMITTED: ("waiting", "等接收科室答复"),
    Status.ACCEPTED: ("progress", "已接收"),
    Status.CLOSED: ("done", "已看完,有回复"),
    Status.DECLINED: ("returned", "没有接收"),
    Status.CANCELLED: ("neutral", "已取消"),
    Status.EXPIRED: ("returned", "过期"),
}
ON_PHONE: Final[dict[Status, str]] = {
    Status.PROPOSED: "请您决定",
    Status.SUBMITTED: "等对方医院答复",
    Status.ACCEPTED: "对方医院收下了",
    Status.CLOSED: "看完了",
    Status.DECLINED: "对方医院没有收",
    Status.CANCELLED: "已取消",
    Status.EXPIRED: "过期了",
}
NEXT: Final[dict[Status, str]] = {
    Status.PROPOSED: "看一看转到哪里、为什么。同意了才会发过去。",
    Status.SUBMITTED: "不用做什么,对方答复了会发消息给您。",
    Status.ACCEPTED: "按下面写的时间和地点去,带上身份证。",
    Status.CLOSED: "看看那边医生的话。",
    Status.DECLINED: "看看为什么。医生会再帮您安排,您也可以自己约号。",
    Status.CANCELLED: "还需要的话,请再问医生,或者自己约号。",
    Status.EXPIRED: "还需要的话,请再问医生,或者自己约号。",
}
URGENCY: Final[dict[Urgency, str]] = {Urgency.ROUTINE: "普通", Urgency.URGENT: "尽快"}
DIRECTION: Final[dict[Direction, str]] = {
    Direction.UP: "上转",
    Direction.DOWN: "下转",
    Direction.HORIZONTAL: "平级转",
}


def target(row: ServiceRequest) -> str:
    """云河县人民医院 内分泌科; the receiving house is loaded."""
    return f"{row.to_organization.name} {department(row)}"


def department(row: ServiceRequest) -> str:
    """The receiving department's name."""
    return SPECIALTIES.get(row.department, row.department)
