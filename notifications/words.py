"""What came of messages, in words for staff."""

from typing import Final

from notifications.models import Channel, Heard
from notifications.states import Delivery

INBOX: Final = "inbox"
CHANNELS: Final[dict[str, str]] = {
    Channel.WECHAT: "微信提醒",
    Channel.OFFICIAL: "公众号消息",
    Channel.SMS: "短信",
    Channel.PHONE: "电话",
    INBOX: "小程序里的消息",
}
TRIED: Final = {
    Delivery.SENDING: "正在发",
    Delivery.SENT: "发出了",
    Delivery.NO_CONSENT: "没有发:居民没有同意、没有关注或关掉了",
    Delivery.REFUSED: "发不过去",
    Delivery.FAILED: "这一次没有发成",
    Delivery.UNSURE: "发了,还不知道到没到",
    Delivery.GIVEN_UP: "发了,不知道到没到",
}
HEARD: Final = {
    Heard.DELIVERED: "送到了",
    Heard.FAILED: "没有送到",
    Heard.READ: "居民看过了",
    Heard.TAPPED: "居民点开过",
}


def tried(channel: str, status: Delivery) -> str:
    """微信提醒:发出了."""
    return f"{CHANNELS[channel]}:{TRIED[status]}"


def heard(channel: str, kind: Heard) -> str:
    """小程序里的消息:居民看过了."""
    return f"{CHANNELS[channel]}:{HEARD[kind]}"
