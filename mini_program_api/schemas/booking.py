"""Times, appointments, the waiting list."""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from core.clock import Moment
from core.http import Schema
from core.wording import finding
from mini_program_api.schemas.common import Day, Input, Items, PageQuery

NeedKey = Annotated[str, StringConstraints(min_length=1, max_length=30)]


class _Whose(Schema):
    practitioner_id: UUID | None = None
    schedule_id: UUID | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.practitioner_id is None and self.schedule_id is None:
            raise finding("practitioner_id", "请先选一位医生")
        return self


class DaysQuery(_Whose):
    """Whose days: a practitioner's, or one schedule's."""


class SlotsQuery(_Whose):
    """Whose times on which day."""

    date: Day


class DayOut(Schema):
    """One working day. `state`: free, full, soon (opens at `releases_at`) or stopped."""

    day: Day
    state: str
    remaining: int
    releases_at: Moment | None


class Days(Items[DayOut]):
    """The days of the booking window on which there is service."""


class NeedOut(Schema):
    """What an examination asks for; `key` goes into `confirmed` when booking."""

    key: str
    name: str
    how: str


class SlotOut(Schema):
    """One time. `state`: free, full, soon (opens at `releases_at`) or stopped.

    `cancel_until`: until when whoever takes it now may give it up in the app and have all the
    money back; null when that time is over.
    """

    id: UUID
    schedule_id: UUID
    start: Moment
    end: Moment
    service_type: str
    pool: str
    remaining: int
    fee_fen: int
    state: str
    releases_at: Moment | None
    place: str
    cancel_until: Moment | None
    needs: list[NeedOut]


class Slots(Items[SlotOut]):
    """The times of one day, the full ones too."""


class AppointmentIn(Input):
    """Which time for whom. `confirmed` are the keys of what the examination asks for."""

    slot_id: UUID
    patient_id: UUID
    confirmed: list[NeedKey] = Field(default_factory=list, max_length=10)


class QueueOut(Schema):
    """Where one stands: the own number, how many are ahead, which number is called."""

    number: int
    ahead: int
    now: int | None


class RefundOut(Schema):
    """Money on its way back. `state`: none, pending, done or failed (the hospital calls)."""

    state: str
    amount_fen: int
    sentence: str


class RemedyOut(Schema):
    """After the hospital stopped a clinic. `state`: open (choose), moved or refunded."""

    state: str
    moved_to_id: UUID | None


class AppointmentOut(Schema):
    """One appointment. `next_step` says what to do now.

    `code` is what the slip's QR says. `cancel_until`: until when the app cancels it, null when it
    cannot. `check_in_from`: when the door's code begins to work. `offered`: it came from the
    waiting list and waits for an answer until `hold_expires_at`.
    """

    id: UUID
    status: str
    status_name: str
    next_step: str
    slot_id: UUID
    schedule_id: UUID
    patient_id: UUID
    patient_name: str
    practitioner_id: UUID | None
    practitioner_name: str
    practitioner_title: str
    organization_id: UUID
    organization_name: str
    organization_address: str
    organization_phone: str
    department: str
    department_name: str
    service_type: str
    place: str
    start: Moment
    end: Moment
    fee_fen: int
    payment: str
    payment_name: str
    hold_expires_at: Moment | None
    offered: bool
    cancel_until: Moment | None
    check_in_from: Moment
    code: str
    queue_number: int | None
    queue: QueueOut | None
    needs: list[NeedOut]
    reason: str
    refund: RefundOut
    remedy: RemedyOut | None


class Appointments(Items[AppointmentOut]):
    """The latest first."""


class AppointmentsQuery(PageQuery):
    """`live=true`: only those to come; `patient_id`: only this person's."""

    live: bool | None = None
    patient_id: UUID | None = None


class PaymentOut(Schema):
    """For `wx.requestPayment`, as it stands."""

    timeStamp: str  # noqa: N815  (WeChat's names)
    nonceStr: str  # noqa: N815
    package: str
    signType: str  # noqa: N815
    paySign: str  # noqa: N815


class CancellationIn(Input):
    """Why, if one likes to say."""

    reason: str = Field("", max_length=100)


class CheckInIn(Input):
    """What the QR at the door says, or its eight letters typed; an online visit needs none."""

    door: str = Field("", max_length=60)


class Choice(StrEnum):
    """What to do about a stopped clinic."""

    MOVE = "move"
    REFUND = "refund"


class RemedyIn(Input):
    """Another time (`slot_id` of the same department), or the money back."""

    choice: Choice
    slot_id: UUID | None = None

    @model_validator(mode="after")
    def _time_to_move_to(self) -> Self:
        if self.choice is Choice.MOVE and self.slot_id is None:
            raise finding("slot_id", "请选一个新的时间")
        return self


class WishIn(Input):
    """In line for one clinic and day that is full."""

    schedule_id: UUID
    day: Day
    patient_id: UUID


class WishOut(Schema):
    """A wish on the waiting list. `position` 1 is next.

    `status` offered: a place is held as `appointment_id`; accept it or let it go.
    """

    id: str
    status: str
    status_name: str
    next_step: str
    patient_id: UUID
    patient_name: str
    schedule_id: UUID
    practitioner_id: UUID | None
    practitioner_name: str
    organization_name: str
    department_name: str
    day: Day
    position: int | None
    appointment_id: UUID | None
    joined_at: Moment


class Wishes(Items[WishOut]):
    """Those that still stand, the nearest day first."""
