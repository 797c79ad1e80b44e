"""Specialties the county's specialists work in, by code."""

from typing import Final

SPECIALTIES: Final[dict[str, str]] = {
    "cardiology": "心内科",
    "endocrinology": "内分泌科",
    "respiratory": "呼吸内科",
    "neurology": "神经内科",
    "general_surgery": "普外科",
    "orthopedics": "骨科",
    "pediatrics": "儿科",
    "obstetrics": "妇产科",
    "dermatology": "皮肤科",
    "emergency": "急诊科",
    "radiology": "影像科",
    "tcm": "中医科",
    "general_practice": "全科",
}
