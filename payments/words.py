"""How states, faults and reasons are said to people."""

from typing import Final

from payments.models import Difference, Fault, Payment, Refund, Side, Source
from payments.states import Clearing, RefundStatus, Status

STATUS: Final = {
    Status.ORDERED: ("waiting", "等付款"),
    Status.PAID: ("done", "已到账"),
    Status.CLOSED: ("neutral", "没有付,已关闭"),
    Status.WRONG_AMOUNT: ("danger", "金额不符,原路退回"),
    Status.LATE: ("returned", "关闭后才付,原路退回"),
}
REFUND: Final = {
    RefundStatus.REQUESTED: ("waiting", "正在提交微信"),
    RefundStatus.PROCESSING: ("progress", "微信退款中"),
    RefundStatus.STUCK: ("danger", "退不出去,要人处理"),
    RefundStatus.SETTLED: ("done", "已退回"),
    RefundStatus.BY_HAND: ("done", "已另行退还"),
}
SOURCE: Final = {Source.NOTICE: "微信通知", Source.QUERY: "主动查询", Source.BILL: "微信账单"}
CLEARING: Final = {
    Clearing.OPEN: ("danger", "待处理"),
    Clearing.CLEARED: ("done", "后来对上了"),
    Clearing.HANDLED: ("done", "已处理"),
}
FAULTS: Final = {
    (Side.PAYMENT, Fault.MISSING): "我们有收款,微信账单没有",
    (Side.PAYMENT, Fault.UNKNOWN): "微信账单有收款,我们没有",
    (Side.PAYMENT, Fault.AMOUNT): "收款金额不一致",
    (Side.PAYMENT, Fault.TWICE): "微信账单里收款出现两次",
    (Side.REFUND, Fault.MISSING): "我们有退款,微信账单没有",
    (Side.REFUND, Fault.UNKNOWN): "微信账单有退款,我们没有",
    (Side.REFUND, Fault.AMOUNT): "退款金额不一致",
    (Side.REFUND, Fault.TWICE): "微信账单里退款出现两次",
    (Side.REFUND, Fault.AFTER_HAND): "已另行退还,微信又退了一次",
}
NEXT: Final = {
    Fault.MISSING: "到微信商户平台按单号查。查不到的,不要当作已收;查到了就等明天再对一次。",
    Fault.UNKNOWN: "多半是同一商户号下别的收款。查清楚是谁收的,写在处理说明里。",
    Fault.AMOUNT: "以微信商户平台的金额为准,查清楚差额从哪里来。",
    Fault.TWICE: "到微信商户平台核对是否收了两次;多收的在那里退。",
    Fault.AFTER_HAND: "居民收到了两份,请联系居民收回一份。",
}
FAILURES: Final = {
    "abnormal": (
        "居民的银行卡或零钱收不了款。到微信商户平台“交易中心”改退到别的卡,这里会自己变成已退回;"
        "或者在窗口退现金,再点“已另行退还”。"
    ),
    "closed": "微信三次都关闭了这笔退款。请再退一次,还不行就另行退还。",
    "other_amount": "微信退的金额和我们要退的不一样,请到微信商户平台核对。",
    "wechat_refund_funds": "商户账户余额不足。请先充值,再点“再退一次”。",
    "wechat_refund_late": "付款超过一年,微信不能原路退,请另行退还。",
    "wechat_user_account": "居民的微信账户异常,请另行退还。",
}


def failure(row: Refund) -> str:
    """Why a refund is stuck, and what to do."""
    return FAILURES.get(row.failure, f"微信没有受理({row.failure})。请再退一次,或另行退还。")


def fault(row: Difference) -> str:
    """What differs."""
    return FAULTS[row.side, row.fault]


def about(payment: Payment) -> str:
    """What it was for, without a name."""
    return payment.description or "费用"
