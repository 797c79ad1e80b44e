"""The words of classes, for pages and for files that people write."""

from collections.abc import Mapping
from typing import Final

from pharmacy.formulary.models import (
    Antimicrobial,
    Controlled,
    Kind,
    Medication,
    Move,
    OnlineDelivery,
    PharmacyKind,
)

KINDS: Final[Mapping[Kind, str]] = {
    Kind.WESTERN: "西药",
    Kind.PATENT: "中成药",
    Kind.PIECE: "中药饮片",
    Kind.GRANULE: "中药配方颗粒",
}
ANTIMICROBIALS: Final[Mapping[Antimicrobial, str]] = {
    Antimicrobial.NONE: "不是抗菌药",
    Antimicrobial.UNRESTRICTED: "非限制使用级",
    Antimicrobial.RESTRICTED: "限制使用级",
    Antimicrobial.SPECIAL: "特殊使用级",
}
CONTROLLED: Final[Mapping[Controlled, str]] = {
    Controlled.NONE: "普通药品",
    Controlled.NARCOTIC: "麻醉药品",
    Controlled.PSYCHOTROPIC_1: "第一类精神药品",
    Controlled.PSYCHOTROPIC_2: "第二类精神药品",
    Controlled.TOXIC: "医疗用毒性药品",
    Controlled.RADIOACTIVE: "放射性药品",
    Controlled.PRECURSOR: "药品类易制毒化学品",
}
ONLINE: Final[Mapping[OnlineDelivery, str]] = {
    OnlineDelivery.ALLOW: "可以配送",
    OnlineDelivery.ASK: "由药师决定",
    OnlineDelivery.DENY: "不能配送",
}
ONLINE_BADGES: Final[Mapping[OnlineDelivery, str]] = {
    OnlineDelivery.ALLOW: "done",
    OnlineDelivery.ASK: "waiting",
    OnlineDelivery.DENY: "danger",
}
PHARMACIES: Final[Mapping[PharmacyKind, str]] = {
    PharmacyKind.HOSPITAL: "医院药房",
    PharmacyKind.TOWNSHIP: "卫生院药房",
    PharmacyKind.RETAIL: "零售药店",
    PharmacyKind.DECOCTION: "共享中药房",
}
MOVES: Final[Mapping[Move, str]] = {
    Move.RECEIVE: "入库",
    Move.RESERVE: "预留",
    Move.RELEASE: "取消预留",
    Move.ISSUE: "发出",
    Move.RETURN: "退回",
    Move.COUNT: "盘点",
    Move.SCRAP: "报损",
}
FIELDS: Final[Mapping[str, str]] = {
    "code": "药品编码",
    "generic_name": "通用名",
    "brand_name": "商品名",
    "kind": "类别",
    "form": "剂型",
    "strength": "规格",
    "strength_value": "每单位含量",
    "strength_unit": "含量单位",
    "unit": "最小单位",
    "pack_size": "包装数量",
    "pack_unit": "包装单位",
    "splittable": "可以拆零",
    "route": "给药途径",
    "price": "单价(元)",
    "ingredients": "成分代码",
    "prescription_only": "处方药",
    "antimicrobial": "抗菌药分级",
    "controlled": "特殊管理",
    "cold_chain": "冷链",
    "injection": "注射剂",
    "online_delivery": "网络配送",
    "online_reason": "配送说明",
    "trace_prefix": "追溯码前 7 位",
    "manufacturer": "生产企业",
    "approval_number": "批准文号",
    "storage": "贮藏条件",
    "active": "在用",
    "initials": "拼音首字母",
    "pinyin": "拼音",
    "price_fen": "单价(元)",
}


def packed(units: int, drug: Medication) -> str:
    """62: `2 盒 6 片`, for a box of 28; whole packs first, then what is left over."""
    size = max(drug.pack_size, 1)
    if size == 1 or drug.pack_unit == drug.unit:
        return f"{units} {drug.unit}"
    packs, rest = divmod(abs(units), size)
    parts = [f"{packs} {drug.pack_unit}"] if packs else []
    if rest or not parts:
        parts.append(f"{rest} {drug.unit}")
    return ("-" if units < 0 else "") + " ".join(parts)
