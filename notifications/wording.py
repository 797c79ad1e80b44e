"""What residents read about their appointments, and about who may act for them.

The text is for the inbox, behind the sign-in. The words go through WeChat and show on a locked
screen: the hospital and the time, never the department, and the name masked (PIPL 28, 51).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from booking.days import paper_day
from booking.words import yuan
from core.clock import SHANGHAI, in_words
from notifications.service import Message

BRING: Final = "请带身份证和电子健康卡,提前 30 分钟到。"


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
    )


def reminder(visit: Visit) -> Message:
    """The evening before."""
    return _message(
        visit,
        "appointment_reminder",
        "明天就诊提醒",
        f"{BRING}来不了请早点取消,把号让给别人。",
    )


def offered(visit: Visit, until: datetime) -> Message:
    """A place for the first in line."""
    return _message(
        visit,
        "slot_offer",
        "候补到号了",
        f"这个号为您留到 {in_words(until)},过时就给下一位。费用 {visit.fee}。",
        until=until,
    )


def line_ended(visit: Visit) -> Message:
    """There will be no place on the day that was waited for."""
    day = visit.starts_at.astimezone(SHANGHAI).date()
    return Message(
        topic="line_ended",
        title="候补的那天停诊了",
        text=f"{visit.patient}:{paper_day(day)},{visit.house} {visit.what}停诊,"
        "候补已经结束,没有收钱。还想看请约别的日子,或者别的医生。",
        words={"patient": visit.patient_masked, "place": visit.house, "at": visit.starts_at},
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


@dataclass(frozen=True, slots=True)
class Access:
    """Who may act for somebody, masked, as the message speaks of it; `until` is exclusive."""

    who: str
    phone: str
    what: str
    patient: str
    until: datetime | None
    at: datetime

    @property
    def name(self) -> str:
        """王**(手机 138****1234)."""
        name = self.who or "有人用微信"
        return f"{name}(手机 {self.phone})" if self.phone else name

    @property
    def how_long(self) -> str:
        """到 2027年11月22日 为止, empty without an end."""
        if self.until is None:
            return ""
        last = (self.until - timedelta(microseconds=1)).astimezone(SHANGHAI)
        return f",到 {last.year}年{last.month}月{last.day}日 为止"


def _access(access: Access, title: str, text: str, page: str = "") -> Message:
    return Message(
        topic="proxy_opened",
        title=title,
        text=text,
        words={"who": access.who or "微信用户", "at": access.at},
        page=page,
    )


def proxy_opened(access: Access, own_patient_id: UUID) -> Message:
    """Another account acts for the reader, who can stop it there."""
    text = (
        f"{access.name}从现在起可以替您办:{access.what}{access.how_long}。"
        "不是您同意的,或者不想让他办了,点“去看看”就能停掉,不用说理由。"
    )
    page = f"pages/family/index?id={own_patient_id}"
    return _access(access, "有人可以替您办事了", text, page)


def own_phone_added(access: Access) -> Message:
    """A second account as the reader's own."""
    text = (
        f"又有一个微信登记成了您本人{f'(手机 {access.phone})' if access.phone else ''},"
        f"可以{access.what}。是您自己的另一部手机就不用管;不是的话,"
        "请马上带身份证到村卫生室或医院窗口停掉。"
    )
    return _access(access, "您的名字登记了另一个微信", text)


def guardian_added(access: Access) -> Message:
    """Another guardian of a child."""
    text = (
        f"{access.name}也能替 {access.patient} 办:{access.what}{access.how_long}。"
        "不认识的话,请带上证件和户口簿,到村卫生室或医院窗口停掉。"
    )
    return _access(access, "孩子多了一位能代办的人", text)
