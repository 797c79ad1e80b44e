"""How states and kinds are said to people."""

from typing import Final

from booking.models import ActorKind, Appointment, CancelledBy, Channel, Payment, ServiceType
from booking.states import Remedy, Status, Wish
from core import money

STATUS: Final[dict[Status, tuple[str, str]]] = {
    Status.HELD: ("waiting", "等缴费"),
    Status.BOOKED: ("progress", "已预约"),
    Status.CHECKED_IN: ("waiting", "已签到"),
    Status.CALLED: ("urgent", "正在叫号"),
    Status.IN_SERVICE: ("progress", "就诊中"),
    Status.DONE: ("done", "已就诊"),
    Status.CANCELLED: ("neutral", "已取消"),
    Status.NO_SHOW: ("returned", "没有来"),
    Status.EXPIRED: ("neutral", "超时未缴费"),
}
PAYMENT: Final = {
    Payment.FREE: "免费",
    Payment.PENDING: "未缴费",
    Payment.ONLINE: "已在线缴费",
    Payment.CASH: "已收现金",
    Payment.AT_VISIT: "到院缴费",
}
CHANNEL: Final = {
    Channel.RESIDENT: "居民自己约",
    Channel.VILLAGE: "村医代约",
    Channel.COUNTER: "窗口挂号",
    Channel.DOCTOR: "医生约复诊",
}
KIND: Final = {ActorKind.DOCTOR: "医生", ActorKind.ROOM: "诊室", ActorKind.DEVICE: "设备"}
SERVICE: Final = {
    ServiceType.VISIT: "门诊",
    ServiceType.ONLINE: "在线复诊",
    ServiceType.EXAM: "检查",
}
WISH: Final = {
    Wish.WAITING: ("waiting", "排队中"),
    Wish.OFFERED: ("urgent", "等答复"),
    Wish.TAKEN: ("done", "已候补上"),
    Wish.LAPSED: ("neutral", "已过期"),
    Wish.LEFT: ("neutral", "已退出"),
}
REMEDY: Final = {
    Remedy.OPEN: ("waiting", "等居民选择"),
    Remedy.MOVED: ("done", "已改约"),
    Remedy.REFUNDED: ("neutral", "已退号"),
}
yuan: Final = money.fee
WEEKDAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def status_of(row: Appointment) -> tuple[str, str]:
    """The badge of an appointment."""
    if row.status is Status.CANCELLED and row.cancelled_by is CancelledBy.HOSPITAL:
        return "danger", "医院停诊"
    return STATUS[row.status]


def grouped(code: str) -> str:
    """A code in fives, to be read aloud."""
    return " ".join(code[i : i + 5] for i in range(0, len(code), 5))


def clock_words(minutes: int) -> str:
    """Minutes since midnight as 08:30."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
