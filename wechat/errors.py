"""What WeChat answers when it refuses, as problems with sentences for people.

Two tables: `errcode` of api.weixin.qq.com, and `code` of WeChat Pay v3. An entry says which
problem it is; what is our own mistake or the operator's is `Misconfigured`, whose sentence does
not blame the person. Sources: the error tables of each call in WeChat's developer documents.
"""

from typing import Any, Final

import structlog

from core.errors import Conflict, Forbidden, Invalid, NotFound, Problem, TooMany, Unauthorized
from core.errors import Unavailable as _Unavailable

log = structlog.get_logger(__name__)


class Unreachable(_Unavailable):
    """WeChat does not answer, or is busy, after all the tries that are allowed.

    `uncertain` says that the request may have been carried out all the same.
    """

    def __init__(self, code: str, detail: str, *, uncertain: bool = False) -> None:
        super().__init__(code, detail)
        self.uncertain = uncertain


class Misconfigured(_Unavailable):
    """WeChat refuses us for a reason that only the operator or a developer can mend."""


class CodeRefused(Unauthorized):
    """The login or phone code is used up, too old or forged."""


class UserBlocked(Forbidden):
    """WeChat itself blocks this user."""


class UnknownUser(NotFound):
    """No such openid in this mini program."""


class NoCredit(Conflict):
    """The user has not agreed to another message of this template (43101)."""


class NotFollowing(Conflict):
    """The user does not follow the official account (43004)."""


class MessageRefused(Invalid):
    """A field of the subscribe message does not fit (47003): a mistake of ours."""


class NotRecentlySeen(Conflict):
    """The content check takes only users who were in the mini program within two hours."""


class TooFast(TooMany):
    """WeChat's limits: for one user or for the whole house."""


class OrderTaken(Conflict):
    """The out_trade_no was used for an order with other content."""


class OrderPaid(Conflict):
    """The order is paid already."""


class OrderClosed(Conflict):
    """The order is closed; a new one needs a new out_trade_no."""


class OrderUnknown(NotFound):
    """WeChat knows no such order or refund."""


class RefundRefused(Conflict):
    """The refund cannot be made: more than was paid, too late, or not enough in the account."""


class BillNotReady(_Unavailable):
    """The day's bill is not made yet; it is ready at ten o'clock the day after."""


class Forged(Forbidden):
    """The notification or answer is not WeChat's, or too old to be taken."""


BUSY: Final = "微信那边有点忙,请稍等一会儿再试。"
OURS: Final = "微信服务暂时用不了,我们已经记下来了。请稍后再试,急事请打医院电话。"
AGAIN: Final = "微信登录凭证已失效,请退出小程序重新打开。"

# errcode: (problem, our code, sentence). Codes that mean "our token is bad" never reach a person.
API: Final[dict[int, tuple[type[Problem], str, str]]] = {
    -1: (Unreachable, "wechat_busy", BUSY),
    40003: (UnknownUser, "wechat_user_unknown", "没有找到这个微信用户,请重新登录小程序。"),
    40029: (CodeRefused, "wechat_code_refused", AGAIN),
    40163: (CodeRefused, "wechat_code_used", AGAIN),
    40037: (Misconfigured, "wechat_template_unknown", OURS),
    40165: (Misconfigured, "wechat_page", OURS),
    40226: (
        UserBlocked,
        "wechat_user_blocked",
        "微信提示这个账号有风险,请换一个微信号,或到窗口办理。",
    ),
    41008: (CodeRefused, "wechat_code_missing", AGAIN),
    43004: (NotFollowing, "wechat_not_following", "还没有关注医院的公众号。"),
    43101: (NoCredit, "wechat_no_credit", "还没有同意接收这类提醒,请在小程序里点“接收提醒”。"),
    43107: (NoCredit, "wechat_service_muted", "已关闭接收提醒,请在小程序设置里打开。"),
    43108: (NoCredit, "wechat_service_muted", "已关闭接收提醒,请在小程序设置里打开。"),
    45009: (TooFast, "wechat_quota", "今天的微信服务次数用完了,请明天再试,急事请打医院电话。"),
    43116: (Misconfigured, "wechat_template_banned", OURS),
    45011: (TooFast, "wechat_too_fast", "操作太快了,请过一分钟再试。"),
    47003: (MessageRefused, "wechat_message_field", "提醒内容的格式不对,我们已经记下来了。"),
    61010: (NotRecentlySeen, "wechat_not_recent", "请先重新打开小程序再提交。"),
}
STALE_TOKEN: Final = frozenset({40001, 40014, 42001})
AT_ONCE: Final = frozenset({-1})  # busy: WeChat did nothing, the call may be repeated

# WeChat Pay spells some codes in two ways (ORDERNOTEXIST, ORDER_NOT_EXIST): no underscores here.
PAY: Final[dict[str, tuple[type[Problem], str, str]]] = {
    "OUTTRADENOUSED": (OrderTaken, "wechat_order_taken", "这笔订单号已用过,请重新下单。"),
    "ORDERPAID": (OrderPaid, "wechat_order_paid", "这笔订单已经付过了,请刷新看看。"),
    "ORDERCLOSED": (OrderClosed, "wechat_order_closed", "这笔订单已关闭,请重新下单。"),
    "ORDERNOTEXIST": (OrderUnknown, "wechat_order_unknown", "没有找到这笔订单。"),
    "RESOURCENOTEXISTS": (OrderUnknown, "wechat_refund_unknown", "没有找到这笔退款。"),
    "NOTENOUGH": (
        RefundRefused,
        "wechat_refund_funds",
        "医院账户余额不足,退款会稍后重新发起,请不用担心。",
    ),
    "TRADEOVERDUE": (RefundRefused, "wechat_refund_late", "订单超过一年,请到窗口办理退款。"),
    "USERACCOUNTABNORMAL": (
        RefundRefused,
        "wechat_user_account",
        "微信账户状态异常,请到窗口办理退款。",
    ),
    "RULELIMIT": (
        UserBlocked,
        "wechat_pay_risk",
        "微信提示这次支付有风险,请换个方式或到窗口付款。",
    ),
    "TRADEERROR": (
        UserBlocked,
        "wechat_trade_error",
        "微信没有受理这次支付,请稍后再试或到窗口付款。",
    ),
    "FREQUENCYLIMITED": (TooFast, "wechat_too_fast", "操作太快了,请过一会儿再试。"),
    "FREQUENCYLIMITEXCEED": (TooFast, "wechat_too_fast", "操作太快了,请过一会儿再试。"),
    "RATELIMITEXCEEDED": (TooFast, "wechat_too_fast", "操作太快了,请过一会儿再试。"),
    "SYSTEMERROR": (Unreachable, "wechat_busy", BUSY),
    "BANKERROR": (Unreachable, "wechat_busy", BUSY),
    "BIZERRNEEDRETRY": (Unreachable, "wechat_busy", BUSY),
    "STATEMENTCREATING": (
        BillNotReady,
        "wechat_bill_not_ready",
        "昨天的账单要到上午十点以后才有。",
    ),
    "OPENIDMISMATCH": (UnknownUser, "wechat_user_unknown", "付款的微信号不对,请重新登录小程序。"),
}
REFUND_INVALID: Final = (
    RefundRefused,
    "wechat_refund_refused",
    "微信没有受理这笔退款:已经退完,或金额和订单对不上。请联系窗口核对。",
)
NO_STATEMENT: Final = "NOSTATEMENTEXIST"
AGAIN_IN_S: Final = 60


def of_api(call: str, errcode: int) -> Problem:
    """The problem for an errcode; one the table does not know is the operator's to mend."""
    known = API.get(errcode)
    log.warning("wechat_refused", call=call, errcode=errcode, known=known is not None)
    if known is None:
        return Misconfigured("wechat_refused", OURS)
    return _made(*known)


def of_pay(call: str, status: int, code: str) -> Problem:
    """The problem for a v3 error answer. An unknown 5xx may be repeated, an unknown 4xx not."""
    name = code.replace("_", "").upper()
    known = PAY.get(name)
    if call == "refund" and name == "INVALIDREQUEST":
        known = REFUND_INVALID
    log.warning("wechat_pay_refused", call=call, status=status, code=code[:40], known=bool(known))
    if known is not None:
        return _made(*known)
    if status == 429:
        return _made(TooFast, "wechat_too_fast", "操作太快了,请过一会儿再试。")
    if status >= 500:
        return Unreachable("wechat_busy", BUSY, uncertain=True)
    return Misconfigured("wechat_pay_refused", OURS)


def _made(kind: type[Problem], code: str, sentence: str) -> Problem:
    extra: dict[str, Any] = {"retry_after_s": AGAIN_IN_S} if issubclass(kind, TooMany) else {}
    return kind(code, sentence, **extra)
