"""From a filled form and what is known of the patient to the rules' decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.errors import FieldError, Invalid
from family_doctor.care_plan.models import CarePlan, Programme
from family_doctor.followup.form import FollowUpIn
from family_doctor.followup.rules import diabetes, hypertension
from family_doctor.followup.rules.table import Before, Params, Seen, Unmeasured
from family_doctor.followup.rules.together import Disease, Judged, judge

PROGRAMME: Final = {
    Disease.HYPERTENSION: Programme.HYPERTENSION,
    Disease.DIABETES: Programme.DIABETES,
}
MISSING: Final = {
    Disease.HYPERTENSION: ("systolic", "请填血压;电话里问不到的,请约居民来量或上门量。"),
    Disease.DIABETES: ("fasting", "请填空腹血糖;没有测的,请约一个空腹的早上再测。"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the patient: completed years, plans by programme, whether chronic kidney
    disease is in the record, and what the follow-up before this one found for each disease."""

    age: int
    plans: Mapping[Programme, CarePlan]
    kidney_disease: bool
    before: Mapping[Disease, Before | None]


def seen_of(entry: FollowUpIn, known: Known) -> dict[Disease, Seen]:
    """The table's questions for each disease that is followed up."""
    seen = {}
    if Disease.HYPERTENSION in entry.diseases:
        seen[Disease.HYPERTENSION] = hypertension.seen(_pressure(entry, known))
    if Disease.DIABETES in entry.diseases:
        seen[Disease.DIABETES] = diabetes.seen(_glucose(entry, known))
    return seen


def _pressure(entry: FollowUpIn, known: Known) -> hypertension.Findings:
    plan = known.plans.get(Programme.HYPERTENSION)
    return hypertension.Findings(
        age=known.age,
        pressure=entry.pressure,
        dangers=entry.hypertension_dangers,
        expecting=entry.expecting,
        new_complication=entry.new_complication,
        adverse_reaction=entry.adverse_reaction,
        hard_to_control=entry.hard_to_control,
        lower_wanted=known.kidney_disease or Programme.DIABETES in known.plans,
        target=_target(plan),
        before=known.before.get(Disease.HYPERTENSION),
    )


def _target(plan: CarePlan | None) -> hypertension.Pressure | None:
    if plan is None or plan.target_systolic is None or plan.target_diastolic is None:
        return None
    return hypertension.Pressure(plan.target_systolic, plan.target_diastolic)


def _glucose(entry: FollowUpIn, known: Known) -> diabetes.Findings:
    fasting, other = entry.glucose
    return diabetes.Findings(
        fasting=fasting,
        other=other,
        pressure=entry.pressure,
        temperature=entry.temperature,
        dangers=entry.diabetes_dangers,
        new_complication=entry.new_complication,
        adverse_reaction=entry.adverse_reaction,
        hard_to_control=entry.hard_to_control,
        before=known.before.get(Disease.DIABETES),
    )


def judged(seen: dict[Disease, Seen], params: Params) -> Judged:
    """What the visit asks for. Raises Invalid that names the value still to be measured."""
    try:
        return judge(seen, params)
    except Unmeasured:
        errors = [
            FieldError(*MISSING[disease]) for disease, one in seen.items() if one.controlled is None
        ]
        raise Invalid("unmeasured", errors[0].message, errors=errors) from None


def kept(seen: dict[Disease, Seen], found: Judged) -> dict[str, Any]:
    """What is stored of it: the row, and what the next follow-up asks about this one."""
    return {
        disease: {
            "row": found.rows.get(disease),
            "controlled": one.controlled,
            "adverse_reaction": one.adverse_reaction,
        }
        for disease, one in seen.items()
    }


def before_of(stored: dict[str, Any] | None) -> Before | None:
    """What an earlier follow-up says of a disease. Dangerous and unmeasured is not controlled."""
    if stored is None:
        return None
    return Before(
        controlled=bool(stored["controlled"]), adverse_reaction=stored["adverse_reaction"]
    )
