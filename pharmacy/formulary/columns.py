"""Which column of a file is what: headings as hospitals write them, and words for codes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from core.errors import Invalid
from core.wording import field_errors
from pharmacy.formulary import words
from pharmacy.formulary.models import Antimicrobial, Controlled

PRODUCT: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("药品编码", "编码", "药品编号", "药品代码", "院内编码", "code"),
    "generic_name": ("通用名", "通用名称", "药品名称", "药名", "品名", "generic_name"),
    "brand_name": ("商品名", "商品名称", "brand_name"),
    "kind": ("类别", "药品类别", "药品类型", "kind"),
    "form": ("剂型", "form"),
    "strength": ("规格", "药品规格", "strength"),
    "strength_value": ("每单位含量", "单位含量", "含量", "strength_value"),
    "strength_unit": ("含量单位", "strength_unit"),
    "unit": ("最小单位", "单位", "计量单位", "unit"),
    "pack_size": ("包装数量", "包装量", "转换系数", "pack_size"),
    "pack_unit": ("包装单位", "pack_unit"),
    "splittable": ("可以拆零", "可拆零", "拆零", "splittable"),
    "route": ("给药途径", "用法", "途径", "route"),
    "price": ("单价(元)", "单价", "零售价", "零售价(元)", "价格", "price"),
    "price_fen": ("单价(分)", "price_fen"),
    "ingredients": ("成分代码", "成分", "ingredients"),
    "prescription_only": ("处方药", "是否处方药", "prescription_only"),
    "antimicrobial": ("抗菌药分级", "抗菌药物级别", "抗菌药物分级", "antimicrobial"),
    "controlled": ("特殊管理", "毒麻分类", "管制类别", "controlled"),
    "cold_chain": ("冷链", "冷藏", "cold_chain"),
    "injection": ("注射剂", "是否注射剂", "injection"),
    "online_delivery": ("网络配送", "配送", "online_delivery"),
    "online_reason": ("配送说明", "online_reason"),
    "trace_prefix": ("追溯码前7位", "追溯码前缀", "药品标识码", "trace_prefix"),
    "manufacturer": ("生产企业", "厂家", "生产厂家", "manufacturer"),
    "approval_number": ("批准文号", "国药准字", "approval_number"),
    "storage": ("贮藏条件", "贮藏", "储存条件", "storage"),
}
RECEIPT: Final[Mapping[str, tuple[str, ...]]] = {
    "code": PRODUCT["code"],
    "lot": ("批号", "产品批号", "生产批号", "lot"),
    "expires_on": ("有效期至", "有效期", "失效日期", "expires_on"),
    "packs": ("包装数", "盒数", "件数", "packs"),
    "units": ("数量", "最小单位数量", "units"),
    "reason": ("备注", "送货单号", "reason"),
}
MUST: Final[Mapping[str, Sequence[str]]] = {
    "product": ("code", "generic_name", "kind", "form", "strength", "unit", "pack_unit", "route"),
    "receipt": ("code", "lot", "expires_on"),
}
_NOTHING: Final = {"", "无", "否", "普通", "非抗菌药", "非抗菌药物", "-"}
_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": {word: kind.value for kind, word in words.KINDS.items()}
    | {"化学药": "western", "化药": "western", "生物制品": "western", "成药": "patent"}
    | {
        "饮片": "piece",
        "草药": "piece",
        "中草药": "piece",
        "颗粒": "granule",
        "配方颗粒": "granule",
    },
    "antimicrobial": {word: level.value for level, word in words.ANTIMICROBIALS.items()}
    | dict.fromkeys(_NOTHING, Antimicrobial.NONE.value)
    | {"非限制级": "unrestricted", "限制级": "restricted", "特殊级": "special"},
    "controlled": {word: level.value for level, word in words.CONTROLLED.items()}
    | dict.fromkeys(_NOTHING, Controlled.NONE.value)
    | {"麻醉": "narcotic", "麻": "narcotic", "精一": "psychotropic_1", "精二": "psychotropic_2"}
    | {
        "第一类精神": "psychotropic_1",
        "第二类精神": "psychotropic_2",
        "毒": "toxic",
        "毒性": "toxic",
    }
    | {"放射": "radioactive", "放射性": "radioactive", "易制毒": "precursor"},
    "online_delivery": {word: answer.value for answer, word in words.ONLINE.items()}
    | {"可配送": "allow", "是": "allow", "否": "deny", "不可配送": "deny", "药师决定": "ask"},
}
_WORDS: Final[Mapping[str, Sequence[str]]] = {
    "kind": list(words.KINDS.values()),
    "antimicrobial": list(words.ANTIMICROBIALS.values()),
    "controlled": list(words.CONTROLLED.values()),
    "online_delivery": list(words.ONLINE.values()),
}
NAMES: Final = {
    name: headings[0] for table in (PRODUCT, RECEIPT) for name, headings in table.items()
}


def _plain(heading: str) -> str:
    narrow = heading.translate({ord("("): "(", ord(")"): ")"})
    return re.sub(r"[\s*]+", "", narrow).lower()


def found_in(cells: Sequence[str], known: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Where each known column stands in the line of headings; unknown ones are left alone."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        for name, headings in known.items():
            if _plain(cell) in map(_plain, headings):
                places.setdefault(name, place)
    return places


def headings(
    cells: Sequence[str], known: Mapping[str, tuple[str, ...]], must: Sequence[str]
) -> dict[str, int]:
    """The same. Raises Invalid that names the columns that are missing."""
    places = found_in(cells, known)
    lacking = [NAMES[name] for name in must if name not in places]
    if known is PRODUCT and not places.keys() & {"price", "price_fen"}:
        lacking.append(NAMES["price"])
    if known is RECEIPT and not places.keys() & {"packs", "units"}:
        lacking.append(NAMES["units"])
    if lacking:
        raise Invalid(
            "columns_missing",
            f"第一行要写列名,没有找到:{'、'.join(lacking)}。可以先下载模板对照一下。",
        )
    return places


def coded(name: str, cell: str) -> str:
    """A word of a class as its code; what is neither is left for the sentence to show."""
    found = _CODES.get(name, {}).get(cell)
    return cell if found is None else found


def parsed(model: type[BaseModel], cells: Mapping[str, str]) -> tuple[Any, dict[str, str]]:
    """What a line says, or the sentence of each column that cannot be used."""
    given = {name: coded(name, cell) for name, cell in cells.items()}
    given = {name: cell for name, cell in given.items() if cell}
    for name, cell in given.items():
        if "\ufffd" in cell:
            return None, {name: "有读不出来的字,文件在这里坏了,请重新导出这一行"}
    if fen := given.pop("price_fen", ""):
        given.setdefault("price", f"{int(fen) / 100:.2f}" if fen.isdecimal() else fen)
    try:
        return model.model_validate(given), {}
    except ValidationError as problem:
        found = field_errors(problem)
    for name in found.keys() & _WORDS.keys() & given.keys():
        if given[name] not in _CODES[name].values():
            found[name] = f"不认识“{given[name]}”,请填:{'、'.join(_WORDS[name])}"
    return None, found
