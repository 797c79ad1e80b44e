"""The Chinese words of this room's codes."""

from collections.abc import Mapping
from typing import Final

from care.teleconsultation.models import Format, Mode, Part, ServiceKind, Urgency
from care.teleconsultation.states import ExpertStatus, Status

MODES: Final[Mapping[Mode, str]] = {
    Mode.INSTANT: "即时",
    Mode.SCHEDULED: "预约",
    Mode.ASYNC: "资料会诊",
}
FORMATS: Final[Mapping[Format, str]] = {Format.SINGLE: "单学科", Format.MDT: "多学科(MDT)"}
URGENCIES: Final[Mapping[Urgency, str]] = {
    Urgency.EMERGENCY: "急危",
    Urgency.URGENT: "紧急",
    Urgency.ORDINARY: "普通",
}
SERVICES: Final[Mapping[ServiceKind, str]] = {
    ServiceKind.TELECONSULT: "机构间远程会诊(出具意见,由发起方决定)",
    ServiceKind.CONSULT_RX: "患者在院、首诊医生邀请(受邀医生可以开处方)",
}
PARTS: Final[Mapping[Part, str]] = {
    Part.COORDINATOR: "主持专家",
    Part.EXPERT: "会诊专家",
    Part.COLLEAGUE: "参加同事",
}
ADOPTIONS: Final[Mapping[str, str]] = {
    "full": "全部采纳",
    "partial": "部分采纳",
    "none": "未采纳",
}
STATUS_WORDS: Final[Mapping[Status, tuple[str, str]]] = {
    Status.DRAFT: ("neutral", "草稿"),
    Status.SUBMITTED: ("waiting", "等专家应答"),
    Status.ACCEPTED: ("progress", "专家已接诊"),
    Status.MATERIAL_REQUESTED: ("returned", "要补资料"),
    Status.MATERIAL_READY: ("progress", "资料已补"),
    Status.SCHEDULED: ("progress", "已约时间"),
    Status.WAITING: ("waiting", "等双方进入"),
    Status.IN_SESSION: ("progress", "会诊中"),
    Status.OPINION_DRAFT: ("waiting", "等专家签意见"),
    Status.OPINION_SIGNED: ("returned", "等您的处理决定"),
    Status.FEEDBACK: ("progress", "正在归档"),
    Status.ARCHIVED: ("done", "已归档"),
    Status.DECLINED: ("danger", "已婉拒"),
    Status.EXPIRED: ("danger", "无人应答"),
    Status.CANCELLED: ("neutral", "已取消"),
    Status.ABORTED: ("danger", "技术原因中止"),
    Status.CONVERTED_TO_REFERRAL: ("done", "已转转诊"),
}
OTHERS_WORDS: Final[Mapping[Status, str]] = {
    Status.MATERIAL_REQUESTED: "等发起医生补资料",
    Status.OPINION_SIGNED: "等发起医生决定",
}


def status_words(status: Status, *, mine: bool) -> tuple[str, str]:
    """Badge and word of a state, for the inviter (`mine`) or for anybody else."""
    kind, word = STATUS_WORDS[status]
    return (kind, word) if mine else (kind, OTHERS_WORDS.get(status, word))


EXPERT_WORDS: Final[Mapping[ExpertStatus, str]] = {
    ExpertStatus.INVITED: "等应答",
    ExpertStatus.ACCEPTED: "已接诊",
    ExpertStatus.SIGNED: "已签意见",
    ExpertStatus.DECLINED: "已婉拒",
    ExpertStatus.MISSED: "未应答",
    ExpertStatus.WITHDRAWN: "已退出",
}
TITLES: Final = ("主治医师", "副主任医师", "主任医师")
WEEKDAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
