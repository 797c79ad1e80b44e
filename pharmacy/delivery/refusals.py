"""What a courier says no to, in words that tell a pharmacist what to do; no I/O.

A courier answers `{"code", "message"}` (docs/howto/courier.md). A code that we know has our words,
because its own are written for programs; another one's own words are passed on.
"""

import json
from typing import Any, Final

MOST: Final = 100
KNOWN: Final = {
    "phone": "收件人电话不对。请打电话问清,改好再请快递一次。",
    "address": "送达地址不清楚,或者快递送不到那里。请问清地址,或者和居民商量改为自取。",
    "incomplete": "交给快递的资料不全。请看收药人的姓名、电话、地址是不是都有,补齐再请一次。",
    "number_reused": "这一单已经用别的资料约过快递。请打给快递公司问清用的是哪一份。",
    "unknown_number": "快递公司没有这个单号。请打给快递公司核对单号。",
    "picked_up": "快递员已经取走,不能取消了。请打给快递公司追回,退回来的到退回台处理。",
}
TOLD: Final = "快递公司说:{words}。请打给快递公司问清楚。"
SILENT: Final = "没有说原因。请打给快递公司问清楚,或者和居民商量改为自取。"


def in_words(raw: bytes) -> str:
    """Why not, and what to do, of the body of a courier's refusal."""
    try:
        said: Any = json.loads(raw)
    except ValueError:
        return SILENT
    if not isinstance(said, dict):
        return SILENT
    code, message = said.get("code"), said.get("message")
    if isinstance(code, str) and code in KNOWN:
        return KNOWN[code]
    words = message.strip().rstrip("。.")[:MOST] if isinstance(message, str) else ""
    return TOLD.format(words=words) if words else SILENT
