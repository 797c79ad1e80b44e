"""Follow-ups in words: the form's choices, and what the rules ask for."""

from collections.abc import Mapping
from typing import Any, Final

from family_doctor.followup.form import (
    Adherence,
    DiabetesSymptom,
    Grade,
    HypertensionSymptom,
    Hypoglycaemia,
    Pulse,
    Salt,
)
from family_doctor.followup.models import FollowUp, Mode
from family_doctor.followup.rules import diabetes, hypertension
from family_doctor.followup.rules.table import Action, Classification
from family_doctor.followup.rules.together import Disease

DISEASES: Final = {Disease.HYPERTENSION: "高血压", Disease.DIABETES: "2 型糖尿病"}
MODES: Final = {
    Mode.CLINIC: "门诊",
    Mode.HOME: "上门",
    Mode.PHONE: "电话",
    Mode.VIDEO: "视频",
}
HYPERTENSION_SYMPTOMS: Final = {
    HypertensionSymptom.HEADACHE: "头痛头晕",
    HypertensionSymptom.NAUSEA: "恶心呕吐",
    HypertensionSymptom.DIM_SIGHT: "眼花耳鸣",
    HypertensionSymptom.BREATHLESS: "呼吸困难",
    HypertensionSymptom.PALPITATION: "心悸胸闷",
    HypertensionSymptom.NOSEBLEED: "鼻衄出血不止",
    HypertensionSymptom.NUMB_LIMBS: "四肢发麻",
    HypertensionSymptom.SWOLLEN_LEGS: "下肢水肿",
}
DIABETES_SYMPTOMS: Final = {
    DiabetesSymptom.THIRST: "多饮",
    DiabetesSymptom.HUNGER: "多食",
    DiabetesSymptom.URINE: "多尿",
    DiabetesSymptom.DIM_SIGHT: "视力模糊",
    DiabetesSymptom.INFECTION: "感染",
    DiabetesSymptom.NUMB_HANDS: "手脚麻木",
    DiabetesSymptom.SWOLLEN_LEGS: "下肢浮肿",
    DiabetesSymptom.WEIGHT_LOSS: "体重明显下降",
}
HYPERTENSION_DANGERS: Final = {
    hypertension.Danger.CONSCIOUSNESS: "意识改变",
    hypertension.Danger.HEADACHE: "剧烈头痛或头晕",
    hypertension.Danger.VOMITING: "恶心呕吐",
    hypertension.Danger.BLURRED_VISION: "视物模糊",
    hypertension.Danger.EYE_PAIN: "眼痛",
    hypertension.Danger.CHEST: "心悸、胸闷",
    hypertension.Danger.BREATHLESS: "喘憋、不能平卧",
    hypertension.Danger.OTHER: "有处理不了的其他病",
}
DIABETES_DANGERS: Final = {
    diabetes.Danger.CONSCIOUSNESS: "意识或行为改变",
    diabetes.Danger.KETONE_BREATH: "呼气有烂苹果味",
    diabetes.Danger.PALPITATION: "心悸、出汗",
    diabetes.Danger.STOMACH: "吃不下、恶心呕吐、多饮多尿、腹痛",
    diabetes.Danger.DEEP_BREATHING: "呼吸深大、皮肤潮红",
    diabetes.Danger.FAST_HEART: "心率持续超过 100 次/分",
    diabetes.Danger.SIGHT: "视力突然下降",
    diabetes.Danger.HIGH_WHILE_EXPECTING: "怀孕或哺乳,血糖偏高",
    diabetes.Danger.OTHER: "有处理不了的其他病",
}
SALT: Final = {Salt.LIGHT: "轻", Salt.MEDIUM: "中", Salt.HEAVY: "重"}
GRADES: Final = {Grade.GOOD: "良好", Grade.FAIR: "一般", Grade.POOR: "差"}
ADHERENCE: Final = {
    Adherence.REGULAR: "规律",
    Adherence.GAPS: "间断",
    Adherence.NONE: "不服药",
}
HYPOGLYCAEMIA: Final = {
    Hypoglycaemia.NONE: "没有",
    Hypoglycaemia.SOMETIMES: "偶尔",
    Hypoglycaemia.OFTEN: "频繁",
}
PULSE: Final = {Pulse.FELT: "摸得到", Pulse.WEAK: "减弱", Pulse.GONE: "消失"}
CLASSIFICATIONS: Final = {
    Classification.SATISFIED: ("done", "控制满意"),
    Classification.UNSATISFIED: ("waiting", "控制不满意"),
    Classification.ADVERSE_REACTION: ("waiting", "不良反应"),
    Classification.COMPLICATION: ("danger", "并发症"),
}
EMERGENCY: Final = ("urgent", "危急")
ACTIONS: Final = {
    Action.REFER_NOW: "先处理,马上转诊;两周内主动问清转诊结果。",
    Action.REFER: "建议转到上级医院;两周内问清去了没有、怎么处理。",
    Action.ADJUST: "问清是不是按时吃药;需要时加量、换药或加一种药,两周内再随访。",
    Action.CONTINUE: "照现在的办法继续,做健康教育,约好下次随访。",
}


def class_of(classification: Classification | None) -> tuple[str, str]:
    """Badge and words; an emergency has no class of its own."""
    return EMERGENCY if classification is None else CLASSIFICATIONS[classification]


def lines_of(row: FollowUp) -> list[tuple[str, str]]:
    """What was filled in, question by question, in the form's order."""
    form = row.form
    found = [(label, _value(form, name, unit)) for name, (label, unit) in _PLAIN.items()]
    found += [(label, _chosen(form, name, choices)) for name, (label, choices) in _CHOSEN.items()]
    if form.get("systolic"):
        found.insert(0, ("血压", f"{_whole(form['systolic'])}/{_whole(form['diastolic'])} mmHg"))
    return [(label, text) for label, text in found if text]


def typed_lines(form: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """What was typed and never checked, in the form's order and its words where it has some."""
    found = (
        [("血压", "/".join("、".join(form.get(name, ["?"])) for name in ("systolic", "diastolic")))]
        if "systolic" in form or "diastolic" in form
        else []
    )
    for name, (label, unit) in _PLAIN.items():
        found += [(label, f"{text} {unit}".strip()) for text in form.get(name, [])]
    for name, (label, choices) in _CHOSEN.items():
        words = {str(code): word for code, word in choices.items()}
        if codes := form.get(name):
            found.append((label, "、".join(words.get(code, code) for code in codes)))
    found += [(label, "有") for name, label in _TICKED.items() if form.get(name)]
    return found


def _whole(text: str) -> str:
    return text.split(".")[0]


def _value(form: dict[str, Any], name: str, unit: str) -> str:
    value = form.get(name)
    return "" if value in (None, "", False) else f"{value} {unit}".strip()


def _chosen(form: dict[str, Any], name: str, choices: Mapping[Any, str]) -> str:
    value = form.get(name)
    codes = value if isinstance(value, list) else [value] if value else []
    words = {str(code): word for code, word in choices.items()}
    return "、".join(words[str(code)] for code in codes)


_PLAIN: Final = {
    "fasting": ("空腹血糖", "mmol/L"),
    "other_glucose": ("其他时间血糖", "mmol/L"),
    "hba1c": ("糖化血红蛋白", "%"),
    "pulse": ("心率", "次/分"),
    "temperature": ("体温", "°C"),
    "weight": ("体重", "kg"),
    "height": ("身高", "cm"),
    "other_symptoms": ("其他症状", ""),
    "smoking": ("吸烟", "支/天"),
    "drinking": ("饮酒", "两/天"),
    "exercise_times": ("运动", "次/周"),
    "exercise_minutes": ("每次", "分钟"),
    "staple": ("主食", "克/天"),
    "medicines": ("用药", ""),
    "adverse_words": ("不良反应", ""),
    "complication_words": ("新的或加重的并发症", ""),
    "advice": ("嘱咐", ""),
}
_CHOSEN: Final[dict[str, tuple[str, Mapping[Any, str]]]] = {
    "hypertension_dangers": ("危急情况", HYPERTENSION_DANGERS),
    "diabetes_dangers": ("危急情况(糖尿病)", DIABETES_DANGERS),
    "hypertension_symptoms": ("症状", HYPERTENSION_SYMPTOMS),
    "diabetes_symptoms": ("症状(糖尿病)", DIABETES_SYMPTOMS),
    "dorsalis_pedis": ("足背动脉搏动", PULSE),
    "salt": ("摄盐", SALT),
    "mind": ("心理调整", GRADES),
    "compliance": ("遵医行为", GRADES),
    "adherence": ("服药", ADHERENCE),
    "hypoglycaemia": ("低血糖反应", HYPOGLYCAEMIA),
}
_TICKED: Final = {
    "adverse_reaction": "药物不良反应",
    "hard_to_control": "反应难以控制",
    "new_complication": "新的或加重的并发症",
    "expecting": "怀孕或哺乳",
}
