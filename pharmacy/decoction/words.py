"""The room's words."""

from typing import Final

from pharmacy.decoction.rules import Boil
from pharmacy.decoction.states import Status

STATUS: Final = {
    Status.RECEIVED: "待调配",
    Status.WEIGHED: "待复核",
    Status.RECHECKED: "待浸泡",
    Status.SOAKING: "浸泡中",
    Status.BOILING: "一煎中",
    Status.BOILING_AGAIN: "二煎中",
    Status.PACKED: "待检查",
    Status.READY: "待发药",
    Status.HANDED_OVER: "已发药",
    Status.REMADE: "已重煎",
    Status.CANCELLED: "已取消",
}
ACTION: Final = {
    "receive": "接方",
    "weigh": "调配完成",
    "weigh_again": "退回重新调配",
    "recheck": "复核通过",
    "soak": "开始浸泡",
    "boil": "开始一煎",
    "add": "后下已下锅",
    "boil_again": "开始二煎",
    "pack": "打包完成",
    "inspect": "检查合格",
    "hand_over": "已发药",
    "remake": "报废重煎",
    "cancel": "取消",
    "stop": "订单已停止",
}
BOIL: Final = {
    Boil.ORDINARY: "一般药(20–30 分钟)",
    Boil.LIGHT: "解表、清热、芳香药(15–20 分钟)",
    Boil.TONIC: "滋补药(40–60 分钟)",
}
MEASURED: Final = {
    "dose_g": "称得(克)",
    "water_ml": "加水(毫升)",
    "yield_ml": "出液(毫升)",
    "bags": "袋数",
    "sample": "留样",
    "unusual": "和平常不同",
    "reason": "原因",
}
ASIDE: Final = frozenset({"weigh_again", "remake", "cancel"})
"""Steps off the main road; they are offered small and need a reason."""
