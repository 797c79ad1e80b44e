"""What to do now: one sentence under every appointment and wish."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from booking.models import CancelledBy, Payment, ServiceType
from booking.residents import AppointmentView, WishView
from booking.states import Remedy, Status, Wish
from booking.words import yuan
from core.clock import SHANGHAI, in_words
from mini_program_api.schemas.booking import RefundOut

REFUNDS: Final[Mapping[str, str]] = {
    "none": "",
    "pending": "{money}正在原路退回,一般 1 到 3 个工作日到账。",
    "done": "{money}已原路退回,请在微信账单里查看。",
    "failed": "{money}退款没有成功,医院会联系您处理。",
}


NO_REFUND: Final = RefundOut(state="none", amount_fen=0, sentence="")


def refund_of(view: AppointmentView, word: str) -> RefundOut:
    """How the money of an appointment goes back; `word` is what the cashier says of it."""
    if not view.refund_fen and not word:
        return NO_REFUND
    state = {"refunded": "done", "stuck": "failed"}.get(word, "pending")
    if not word and view.refunded_at is not None:
        state = "done"
    money = yuan(view.refund_fen or view.fee_fen)
    sentence = REFUNDS[state].format(money=money)
    if view.payment is Payment.CASH and state == "pending":
        sentence = f"{money}请到缴费的卫生室领取。"
    return RefundOut(state=state, amount_fen=view.refund_fen or view.fee_fen, sentence=sentence)


def status_name(view: AppointmentView) -> str:
    """The state in a word or two."""
    if view.status is Status.CANCELLED and view.cancelled_by is CancelledBy.HOSPITAL:
        return "医院停诊"
    if view.status is Status.HELD and view.from_line and not view.fee_fen:
        return "给您留着"
    return _NAMES[view.status]


_NAMES: Final[Mapping[Status, str]] = {
    Status.HELD: "等缴费",
    Status.BOOKED: "已预约",
    Status.CHECKED_IN: "已签到",
    Status.CALLED: "叫到您了",
    Status.IN_SERVICE: "就诊中",
    Status.DONE: "已就诊",
    Status.CANCELLED: "已取消",
    Status.NO_SHOW: "没有来",
    Status.EXPIRED: "超时未缴费",
}


def next_step(view: AppointmentView, refund: RefundOut) -> str:
    """The sentence."""
    return _SENTENCES[view.status](view) + refund.sentence


def _held(view: AppointmentView) -> str:
    if not view.from_line:
        return pay_by(view.hold_expires_at, view.fee_fen)
    until = _until(view.hold_expires_at)
    if not view.fee_fen:
        return f"轮到您了,号给您留到{_by(until)},请点“要这个号”。"
    return f"轮到您了,号给您留到{_by(until)},请在这之前付 {yuan(view.fee_fen)}。"


def pay_by(until: datetime | None, fee_fen: int) -> str:
    """Under a place that is held for the payment."""
    return f"请在{_by(_until(until))}前付 {yuan(fee_fen)},过时号会自动放回。"


def _until(moment: datetime | None) -> str:
    return in_words(moment) if moment else "保留时间内"


def _booked(view: AppointmentView) -> str:
    start = in_words(view.starts_at)
    if view.service_type is ServiceType.ONLINE:
        return f"请在{_by(start)}前打开小程序签到,等医生叫您。"
    owed = f"到了先付 {yuan(view.fee_fen)}," if view.payment is Payment.AT_VISIT else ""
    opens = _clock(view.check_in_from)
    where = view.place or view.department_name
    return f"请在{_by(start)}前到{where},{owed}{opens} 以后扫门口的签到码。"


def _checked_in(view: AppointmentView) -> str:
    where = view.place or "候诊区"
    if view.queue is None:
        return f"已签到,请在{where}等叫号。"
    if not view.queue.ahead:
        return f"您是 {view.queue.number} 号,下一个就是您,请在{where}门口等。"
    return f"您是 {view.queue.number} 号,前面还有 {view.queue.ahead} 位,请在{where}等叫号。"


def _called(view: AppointmentView) -> str:
    number = f"{view.queue.number} 号" if view.queue else "您"
    return f"正在叫 {number},请马上到{view.place or '诊室'}。".replace("叫 您", "叫您")


def _cancelled(view: AppointmentView) -> str:
    if view.cancelled_by is not CancelledBy.HOSPITAL:
        return "已取消,号已放回。还想看病请重新预约。"
    remedy = view.remedy.state if view.remedy else Remedy.OPEN
    if remedy is Remedy.MOVED:
        return "这次停诊了,已给您改到新的时间,请看新的预约。"
    if remedy is Remedy.REFUNDED:
        return "这次停诊了,号已退掉。"
    why = f"({view.reason})" if view.reason else ""
    return f"很抱歉,这次门诊停诊了{why}。请选一个新的时间,或者退号。"


_SENTENCES: Final[Mapping[Status, Callable[[AppointmentView], str]]] = {
    Status.HELD: _held,
    Status.BOOKED: _booked,
    Status.CHECKED_IN: _checked_in,
    Status.CALLED: _called,
    Status.IN_SERVICE: lambda view: "正在就诊。",
    Status.DONE: lambda view: "这次看完了,请按医生说的用药、复诊。",
    Status.CANCELLED: _cancelled,
    Status.NO_SHOW: lambda view: "这次没有来。有特殊原因的话,可以请村医或门诊办帮您申诉。",
    Status.EXPIRED: lambda view: "超过时间没有付款,号已放回,没有扣您的钱。还想看病请重新预约。",
}


def wish_step(view: WishView) -> str:
    """What somebody in line does now."""
    if view.status is Wish.WAITING:
        place = f"您排在第 {view.position} 位。" if view.position else ""
        return f"{place}有人退号会按顺序给您留着,并通知您;夜里退的留到早上。"
    return "轮到您了,请尽快答复,过时会给后面的人。"


def _by(words: str) -> str:
    """今天 14:30 with room around it, as it stands in a sentence."""
    return f" {words} "


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"
