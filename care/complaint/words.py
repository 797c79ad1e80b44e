"""Complaints in the words of pages."""

from datetime import timedelta
from typing import Final

from care.complaint.models import Category
from care.complaint.rules import Params
from care.complaint.states import Status

STATUS: Final[dict[Status, tuple[str, str]]] = {
    Status.RECEIVED: ("waiting", "等受理"),
    Status.ACCEPTED: ("progress", "办理中"),
    Status.ANSWERED: ("done", "已答复"),
    Status.REOPENED: ("returned", "不满意,再办理"),
    Status.CLOSED: ("neutral", "已办结"),
    Status.WITHDRAWN: ("neutral", "已撤回"),
}
CATEGORIES: Final[dict[Category, str]] = {
    Category.ATTITUDE: "服务态度",
    Category.WAITING: "等得太久",
    Category.FEE: "收费、退费",
    Category.TREATMENT: "看病、用药",
    Category.PRIVACY: "个人信息",
    Category.SYSTEM: "手机上用不了",
    Category.OTHER: "别的",
}
ACTIONS: Final[dict[str, str]] = {
    "file": "提交",
    "accept": "受理",
    "answer": "答复",
    "close": "办结",
    "reopen": "不满意,要求再办",
    "withdraw": "撤回",
}


def promise(params: Params) -> str:
    """The house's clocks, told before anybody complains."""
    days, rest = divmod(params.accept, timedelta(days=1))
    accept = f"{days} 天" if days and not rest else f"{params.accept // timedelta(hours=1)} 小时"
    return f"{accept}内受理,{params.close_days} 个工作日内答复。"
