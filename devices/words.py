"""Devices and their messages in words."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from devices.models import Kind, Reason, Way
from devices.states import DeviceStatus, MessageStatus

KINDS: Final[Mapping[Kind, str]] = {
    Kind.PRESSURE: "血压计",
    Kind.GLUCOSE: "血糖仪",
    Kind.COMBINED: "血压血糖一体机",
}
DEVICE_STATUS: Final = {
    DeviceStatus.IN_USE: ("done", "在用"),
    DeviceStatus.LOST: ("danger", "丢失"),
    DeviceStatus.RETIRED: ("neutral", "停用"),
}
MESSAGE_STATUS: Final = {
    MessageStatus.RECEIVED: ("progress", "正在读"),
    MessageStatus.ACCEPTED: ("done", "已记入病历"),
    MessageStatus.DUPLICATE: ("neutral", "重复,没有再记"),
    MessageStatus.HELD: ("waiting", "等您处理"),
    MessageStatus.REFUSED: ("returned", "没有收"),
}
WAYS: Final = {Way.HTTP: "HTTP", Way.MQTT: "MQTT"}
REASONS: Final[Mapping[Reason, str]] = {
    Reason.UNKNOWN_DEVICE: "没有登记过这台设备。先在“设备”里登记,再把编号和密钥填进设备。",
    Reason.SIGNATURE: "签名不对:设备里的密钥和登记的不一样。请换一次密钥,填进设备再测。",
    Reason.LOST: "这台设备登记为丢失,不知道是谁在用。找到了,先在设备页上改回来。",
    Reason.RETIRED: "这台设备已经停用。",
    Reason.TOO_LARGE: "消息太长,不像是测量结果。",
    Reason.UNREADABLE: "看不懂这条消息。",
    Reason.IMPOSSIBLE: "这样的数值不可能有。",
    Reason.UNIT: "不知道数值的单位,没有替您猜。",
    Reason.ID_REUSED: "设备用同一个编号报了两次不同的结果,可能重置过。",
    Reason.FUTURE: "测量时间在以后。",
    Reason.CLOCK: "设备的时钟不准。",
    Reason.ANCIENT: "测量时间太早,像是设备的时钟没有调过。",
    Reason.NO_PATIENT: "不知道是给谁量的。",
    Reason.UNKNOWN_PATIENT: "消息里写的证件或健康卡,本县没有登记。",
    Reason.ANOTHER_PATIENT: "设备借给了一位居民,消息里写的却是另一位。",
    Reason.TWO_PATIENTS: "量的时候刚好换人,分不清是哪一位。",
    Reason.CARD: "扫的健康卡码已过期,或者卡已挂失。",
    Reason.DECEASED: "这位居民登记为已去世。可能是家里别人在用这台设备,请问清楚;没有通知家属。",
    Reason.DISMISSED: "看过以后没有收。",
    Reason.STALE: "测量时间较早,记入了病历,没有再提醒危急值。",
}
PATIENTS: Final = frozenset(
    {
        Reason.NO_PATIENT,
        Reason.UNKNOWN_PATIENT,
        Reason.ANOTHER_PATIENT,
        Reason.TWO_PATIENTS,
        Reason.CARD,
        Reason.DECEASED,
    }
)
"""Where it is the person that is missing."""
TIMES: Final = frozenset({Reason.FUTURE, Reason.CLOCK, Reason.ANCIENT})
"""Where it is the time."""


def span(amount: timedelta) -> str:
    """A length of time, roughly: 12 分钟, 23 小时 58 分, 3 天."""
    minutes = max(0, round(abs(amount).total_seconds() / 60))
    if minutes < 60:
        return f"{minutes} 分钟"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"
    days = minutes // (24 * 60)
    return f"{days} 天" if days < 700 else f"{days // 365} 年"


def clock_words(offset_s: int | None) -> str:
    """The device's clock beside ours; a message that came late looks the same as a slow clock."""
    if offset_s is None:
        return "还没有发过消息"
    if abs(offset_s) < 60:
        return "准"
    amount = span(timedelta(seconds=offset_s))
    return f"快 {amount}" if offset_s > 0 else f"慢 {amount},或者消息晚到"
