"""What WeChat Pay tells us, checked at the border. Amounts are whole fen."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError

from wechat.errors import OURS, Misconfigured


class TradeState(StrEnum):
    """State of an order (`trade_state`)."""

    SUCCESS = "SUCCESS"
    REFUND = "REFUND"
    NOTPAY = "NOTPAY"
    CLOSED = "CLOSED"
    REVOKED = "REVOKED"
    USERPAYING = "USERPAYING"
    PAYERROR = "PAYERROR"

    @property
    def is_paid(self) -> bool:
        """Money has come, even if some of it went back."""
        return self in (TradeState.SUCCESS, TradeState.REFUND)


class RefundStatus(StrEnum):
    """State of a refund. ABNORMAL: the user's card does not take it, somebody must look."""

    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"
    PROCESSING = "PROCESSING"
    ABNORMAL = "ABNORMAL"


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Amount(_Answer):
    total: StrictInt = Field(ge=0)
    currency: str = "CNY"


class _Payer(_Answer):
    openid: str = Field(default="", repr=False)


class _RefundAmount(_Answer):
    total: StrictInt = Field(ge=0)
    refund: StrictInt = Field(ge=0)


class Prepaid(_Answer):
    """The order is known to WeChat; `prepay_id` is good for two hours."""

    prepay_id: str = Field(min_length=1, max_length=64)


class Transaction(_Answer):
    """An order as WeChat sees it. `amount` is missing as long as nobody has tried to pay."""

    appid: str
    mchid: str
    out_trade_no: str
    transaction_id: str = ""
    trade_state: TradeState
    success_time: datetime | None = None
    amount: _Amount | None = None
    payer: _Payer = _Payer()

    @property
    def amount_fen(self) -> int | None:
        """What the order was made for, or None while unknown."""
        return self.amount.total if self.amount else None

    @property
    def key(self) -> str:
        """The same for every copy of this fact: what to de-duplicate by."""
        return f"transaction:{self.out_trade_no}:{self.transaction_id}:{self.trade_state}"


class Refund(_Answer):
    """A refund as WeChat sees it."""

    out_trade_no: str
    out_refund_no: str
    refund_id: str
    transaction_id: str = ""
    status: RefundStatus = Field(alias="status")
    success_time: datetime | None = None
    amount: _RefundAmount

    @property
    def refund_fen(self) -> int:
        """What goes back."""
        return self.amount.refund

    @property
    def key(self) -> str:
        """The same for every copy of this fact: what to de-duplicate by."""
        return f"refund:{self.out_refund_no}:{self.status}"


class BillLocation(_Answer):
    """Where a day's bill is; `hash_value` is SHA-1 of the unpacked file."""

    download_url: str
    hash_type: str
    hash_value: str


class Resource(_Answer):
    """The sealed part of a notification."""

    algorithm: str
    ciphertext: str
    nonce: str
    associated_data: str = ""


class Envelope(_Answer):
    """A notification as it comes, before it is opened."""

    id: str = Field(min_length=1, max_length=64)
    create_time: datetime
    event_type: str = Field(max_length=64)
    resource_type: str
    resource: Resource


def read(model: type[BaseModel], answer: Any) -> Any:
    """Validate an answer. Raises Misconfigured, because a person can do nothing about it."""
    try:
        return model.model_validate(answer)
    except ValidationError:
        raise Misconfigured("wechat_pay_answer", OURS) from None
