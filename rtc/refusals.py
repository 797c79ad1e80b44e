"""What a media node's refusal means to people."""

from typing import Final

from core.errors import Problem

_SENTENCES: Final = {
    "no_common_codec": "这个浏览器不支持视频通话所需的编码,请换新版 Chrome、Edge 或 Firefox。",
    "not_allowed": "您在这个会诊室只能观看,不能发送画面和声音。",
    "room_full": "会诊室已满,请联系主持人。",
    "unknown_room": "视频线路已更换,正在重新连接。",
    "unknown_seat": "视频线路已更换,正在重新连接。",
    "stale_session": "您已在另一处打开会诊室,这里已停用。",
    "recording_failed": "录制没能开始,请稍后再试。",
}


def sentence(code: str) -> str:
    """What to tell a person."""
    return _SENTENCES.get(code, "视频线路出了点问题,正在重新连接。")


class Refused(Problem):
    """The node understood the call and said no; `code` is one of `signals.FailureCode`."""

    status, title = 409, "媒体服务拒绝了请求"
