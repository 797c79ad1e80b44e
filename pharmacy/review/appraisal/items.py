"""What an appraisal may find: the national items of 点评规范 2010, art. 17, 18 and 19.

The codes are those of the national work sheet: 1 不规范, 2 不适宜, 3 超常, then the number. The
words are ours, shorter than the regulation's.
"""

from collections.abc import Collection, Mapping
from typing import Final

from pharmacy.review.models import Outcome

IRREGULAR: Final[Mapping[str, str]] = {
    "1-1": "前记、正文、后记缺项,或写得不规范、认不清",
    "1-2": "医师签名不规范,或与留样不一致",
    "1-3": "药师没有审核,或审核、调配、核对、发药签名不全",
    "1-4": "新生儿、婴幼儿没有写日龄、月龄",
    "1-5": "西药、中成药与中药饮片没有分开开方",
    "1-6": "没有用规范的药品名称",
    "1-7": "剂量、规格、数量、单位写得不规范或不清楚",
    "1-8": "用法用量写“遵医嘱”“自用”等含糊字句",
    "1-9": "修改没有签名和日期,或超剂量没有注明原因再次签名",
    "1-10": "没有写临床诊断,或写得不全",
    "1-11": "一张门急诊处方超过五种药",
    "1-12": "用量超过规定,没有注明理由",
    "1-13": "特殊管理药品没有按规定开",
    "1-14": "没有按抗菌药物规定开抗菌药物",
    "1-15": "饮片没有按君臣佐使排列,或没有标注调剂、煎煮要求",
}
UNSUITABLE: Final[Mapping[str, str]] = {
    "2-1": "适应证不适宜",
    "2-2": "遴选的药品不适宜",
    "2-3": "剂型或给药途径不适宜",
    "2-4": "没有正当理由不首选国家基本药物",
    "2-5": "用法、用量不适宜",
    "2-6": "联合用药不适宜",
    "2-7": "重复给药",
    "2-8": "有配伍禁忌或不良相互作用",
    "2-9": "其他用药不适宜",
}
EXCESSIVE: Final[Mapping[str, str]] = {
    "3-1": "没有适应证用药",
    "3-2": "没有正当理由开高价药",
    "3-3": "没有正当理由超说明书用药",
    "3-4": "没有正当理由为同一患者同时开两种以上作用相同的药",
}
CLASSES: Final[Mapping[Outcome, Mapping[str, str]]] = {
    Outcome.IRREGULAR: IRREGULAR,
    Outcome.UNSUITABLE: UNSUITABLE,
    Outcome.EXCESSIVE: EXCESSIVE,
}
"""The classes with their items, the lightest first (art. 16)."""
ALL: Final[Mapping[str, str]] = {**IRREGULAR, **UNSUITABLE, **EXCESSIVE}


def outcome_of(found: Collection[str]) -> Outcome:
    """The gravest class of what was found; reasonable when nothing was (art. 16)."""
    gravest = Outcome.REASONABLE
    for outcome, items in CLASSES.items():
        if any(code in items for code in found):
            gravest = outcome
    return gravest
