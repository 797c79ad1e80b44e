"""What residents read about their appointments.

The text is for the inbox, behind the sign-in. The words go through WeChat and show on a locked
screen: the hospital and the time, never the department, and the name masked (PIPL 28, 51).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from booking.words import yuan
from core.clock import in_words
from notifications.service import Message

BRING: Final = "请带身份证和电子健康卡,提前 20 分钟到。"
DETAILS: Final = "请看预约详情"


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment as a message speaks of it. `what` is the clinic's or examination's name."""

    appointment_id: str
    patient: str
    patient_masked: str
    house: str
    what: str
    place: str
    starts_at: datetime
    fee: str

    @property
    def page(self) -> str:
        """Where the message leads."""
        return page_of(self.appointment_id)

    @property
    def full(self) -> str:
        """Who, when and where, for the inbox."""
        place = f",{self.place}" if self.place else ""
        return f"{self.patient}:{in_words(self.starts_at)},{self.house} {self.what}{place}。"


def page_of(appointment_id: str) -> str:
    """The mini program's page of an appointment."""
    return f"pages/appointment/index?id={appointment_id}"


def _message(
    visit: Visit, topic: str, title: str, after: str, **words: str | int | datetime
) -> Message:
    return Message(
        topic=topic,
        title=title,
        text=f"{visit.full}{after}",
        words={
            "patient": visit.patient_masked,
            "place": visit.house,
            "at": visit.starts_at,
            **words,
        },
        page=visit.page,
    )


def booked(visit: Visit) -> Message:
    """The place is theirs."""
    return _message(
        visit,
        "appointment_booked",
        "预约成功",
        BRING,
        doctor=DETAILS,
        note="请带身份证提前到",
    )


def reminder(visit: Visit) -> Message:
    """The evening before."""
    return _message(
        visit,
        "appointment_reminder",
        "明天就诊提醒",
        f"{BRING}来不了请早点取消,把号让给别人。",
        doctor=DETAILS,
        note="来不了请早点取消",
    )


def offered(visit: Visit, until: datetime) -> Message:
    """A place for the first in line."""
    return _message(
        visit,
        "slot_offer",
        "候补到号了",
        f"这个号为您留到 {in_words(until)},过时就给下一位。费用 {visit.fee}。",
        until=until,
        note="请尽快确认,过时不留",
    )


def stopped(visit: Visit) -> Message:
    """The hospital cannot keep it."""
    return _message(
        visit,
        "appointment_changed",
        "医院停诊",
        "很抱歉,医院停诊了。请选别的时间,或者退号;付过的钱不会少。",
        state="医院停诊",
        note="请选别的时间或退号",
    )


def moved(visit: Visit) -> Message:
    """Another time after a stop."""
    return _message(
        visit, "appointment_changed", "已改约", BRING, state="已改约", note="请按新的时间来"
    )


def cancelled(visit: Visit, refund: str) -> Message:
    """Given up, by whomever."""
    after = f"已取消。{refund}" if refund else "已取消。"
    return _message(
        visit, "appointment_changed", "预约已取消", after, state="已取消", note="付过的钱会原路退回"
    )


def expired(visit: Visit) -> Message:
    """Nobody paid in time."""
    return _message(
        visit,
        "appointment_changed",
        "超时未缴费",
        "没有按时缴费,号已经放回。还想看的话请重新预约。",
        state="已取消",
        note="请重新预约",
    )


def called(visit: Visit, number: int) -> Message:
    """Their turn."""
    return _message(
        visit,
        "queue_call",
        f"请 {number} 号就诊",
        "轮到您了,请马上到诊室。",
        number=str(number),
        ahead=0,
        note="轮到您了,请到诊室",
    )


def missed(visit: Visit, blocked_until: datetime | None) -> Message:
    """Did not come."""
    after = "这次没有来。来不了请提前取消。有特殊原因可以申诉。"
    if blocked_until:
        after += (
            f"因多次没有来,{in_words(blocked_until)} 前不能约普通号;急诊、转诊和现场挂号不受影响。"
        )
    return _message(
        visit, "appointment_changed", "这次没有来", after, state="没有来", note="有特殊原因可以申诉"
    )


def refunded(amount_fen: int, day: date, page: str) -> Message:
    """Money is back with the payer."""
    return Message(
        topic="refund",
        title="退款到账",
        text=f"{yuan(amount_fen)}已经原路退回付款的微信。零钱马上到,银行卡一般 1 到 3 天到。",
        words={"subject": "挂号费", "amount": amount_fen, "day": day, "note": "已原路退回"},
        page=page,
    )
