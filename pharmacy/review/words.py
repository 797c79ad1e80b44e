"""Review in the words of its pages."""

from typing import Final

from pharmacy.prescribing.models import Category
from pharmacy.prescribing.states import Status
from pharmacy.review.checklist import Judged
from pharmacy.review.models import Origin, Outcome
from pharmacy.review.rules import Age
from pharmacy.review.states import AppraisalStatus, DutyStatus, ReviewStatus

REVIEW: Final = {
    ReviewStatus.CLAIMED: ("progress", "审核中"),
    ReviewStatus.APPROVED: ("done", "已通过"),
    ReviewStatus.RETURNED: ("returned", "已退回医师"),
    ReviewStatus.REJECTED: ("danger", "已拒绝"),
    ReviewStatus.RELEASED: ("neutral", "放回队列"),
    ReviewStatus.TIMED_OUT: ("neutral", "超时放回"),
    ReviewStatus.VOID: ("neutral", "不用再审"),
}
REQUEST: Final = {
    Status.ON_HOLD: ("waiting", "待审核"),
    Status.RETURNED: ("returned", "等医师处理"),
    Status.ACTIVE: ("done", "审核通过"),
    Status.DISPENSING: ("progress", "调配中"),
    Status.COMPLETED: ("done", "已发药"),
    Status.REJECTED: ("danger", "审核不通过"),
    Status.REPLACED: ("neutral", "已重开"),
    Status.CANCELLED: ("neutral", "医师撤回"),
    Status.EXPIRED: ("neutral", "已过期"),
}
DUTY: Final = {
    DutyStatus.OPEN: ("done", "在岗"),
    DutyStatus.PAUSED: ("waiting", "暂停"),
    DutyStatus.ENDED: ("neutral", "已下岗"),
}
CATEGORIES: Final = {Category.WESTERN: "西药、中成药", Category.TCM: "中药饮片"}
URGENCY: Final = {Age.LATE: "urgent", Age.SOON: "soon", Age.FRESH: "normal"}
AGES: Final = {Age.LATE: "等久了", Age.SOON: "快些", Age.FRESH: ""}
JUDGED: Final = {
    Judged.OK: ("done", "软件未发现问题"),
    Judged.FOUND: ("danger", "软件有发现"),
    Judged.UNJUDGED: ("waiting", "请您判断"),
}
SEVERITY: Final = {
    "blocking": ("danger", "不能开"),
    "severe": ("danger", "严重"),
    "warning": ("waiting", "注意"),
    "unjudged": ("waiting", "请药师判断"),
    "note": ("neutral", "提示"),
}
ORIGINS: Final = {
    Origin.SAMPLE: "抽样",
    Origin.CONFIRMED: "医师坚持原方",
    Origin.REJECTED: "审核拒绝",
}
OUTCOMES: Final = {
    Outcome.REASONABLE: ("done", "合理处方"),
    Outcome.IRREGULAR: ("waiting", "不规范处方"),
    Outcome.UNSUITABLE: ("returned", "用药不适宜处方"),
    Outcome.EXCESSIVE: ("danger", "超常处方"),
}
APPRAISAL: Final = {
    AppraisalStatus.DRAWN: ("waiting", "待点评"),
    AppraisalStatus.JUDGED: ("progress", "已点评,医师可以说明"),
    AppraisalStatus.ANSWERED: ("done", "医师已说明"),
}
