"""What WeChat pushes: messages and events of the mini program or official account.

Signature, AES and XML are wechatpy's. A push is refused when its signature is wrong, when it was
made more than five minutes ago, or when it is for another app. WeChat repeats a push that was
not answered within five seconds, so `key` is the same for all of its copies.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.parser import parse_message
from wechatpy.replies import TextReply
from wechatpy.utils import check_signature

from wechat.errors import Forged
from wechat.settings import Inbox

log = structlog.get_logger(__name__)

OLDEST_S: Final = 300
LARGEST: Final = 64 * 1024
REFUSED: Final = "这条微信消息没有通过验证。"


@dataclass(frozen=True, slots=True)
class Push:
    """One message or event. `content` is wechatpy's object, `openid` its sender."""

    kind: str
    openid: str
    key: str
    content: Any


def greet(inbox: Inbox, query: Mapping[str, str]) -> str:
    """Answer WeChat's test of our address: the `echostr`. Raises Forged."""
    _check_time(query)
    try:
        check_signature(
            inbox.token, query.get("signature", ""), query.get("timestamp"), query.get("nonce")
        )
    except InvalidSignatureException:
        raise _forged("signature") from None
    return query.get("echostr", "")


def read(inbox: Inbox, query: Mapping[str, str], raw: bytes) -> Push:
    """Verify, decrypt and parse a push in safe mode. Raises Forged."""
    if len(raw) > LARGEST:
        raise _forged("too large")
    _check_time(query)
    try:
        xml = _crypto(inbox).decrypt_message(
            raw, query.get("msg_signature", ""), query.get("timestamp"), query.get("nonce")
        )
        content = parse_message(xml)
    except InvalidSignatureException:
        raise _forged("signature") from None
    except InvalidAppIdException:
        raise _forged("another app") from None
    except Exception as problem:  # wechatpy lets through whatever XML, base64 and AES raise
        raise _forged(type(problem).__name__) from None
    data = getattr(content, "_data", {})
    if not isinstance(data.get("FromUserName"), str):
        raise _forged("no sender")
    return Push(_kind(data), data["FromUserName"], _key(data), content)


def reply(inbox: Inbox, push: Push, text: str, *, nonce: str) -> str:
    """An encrypted text answer to a message."""
    answer = TextReply(content=text, message=push.content)
    sealed: str = _crypto(inbox).encrypt_message(answer.render(), nonce)
    return sealed


def _crypto(inbox: Inbox) -> WeChatCrypto:
    return WeChatCrypto(inbox.token, inbox.aes_key, inbox.app_id)


def _check_time(query: Mapping[str, str]) -> None:
    stamp = query.get("timestamp", "")
    if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:
        raise _forged("no time")
    if abs(time.time() - int(stamp)) > OLDEST_S:
        raise _forged("old")


def _kind(data: Mapping[str, Any]) -> str:
    kind = str(data["MsgType"]).lower()
    return f"event.{data.get('Event', '')}".lower() if kind == "event" else kind


def _key(data: Mapping[str, Any]) -> str:
    """Messages have an id, events only sender and moment (WeChat's own advice)."""
    if data.get("MsgId"):
        return f"message:{data['MsgId']}"
    return f"{_kind(data)}:{data['FromUserName']}:{data.get('CreateTime', '')}"


def _forged(why: str) -> Forged:
    log.warning("wechat_push_refused", why=why)
    return Forged("wechat_push_forged", REFUSED)
