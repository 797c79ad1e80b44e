"""What the pages show of a visit's prescriptions: the form, what was signed, what helps."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from care.encounter import visiting
from care.encounter.access import DoctorView
from core import clock
from core.clock import SHANGHAI
from core.forms import Form
from core.money import yuan
from people.ages import years
from people.models import Sex
from people.policy import policy
from people.proof import has_recent_proof
from people.rechecks import WORDS as CHECKS
from pharmacy.prescribing import agreement, catalogue, content, drafts, templates, visit
from pharmacy.prescribing import words as spoken
from pharmacy.prescribing.casework import keyed
from pharmacy.prescribing.composing import Line, routes_of, units_of
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.prescribing.policy import params
from pharmacy.prescribing.rules import FEES, MOST_DRUGS, MOST_VALID_DAYS
from pharmacy.prescribing.schemas import id_of
from pharmacy.prescribing.signing import Judged, judged
from pharmacy.prescribing.states import LIVE, MEDICATION_REQUEST, Status
from pharmacy.review import queries as reviews
from pharmacy.screening import WORDS as SEVERITIES
from pharmacy.screening import Finding, Severity

BEARING_YEARS: Final = (12, 55)
BADGES: Final = {
    Severity.BLOCKING: "danger",
    Severity.SEVERE: "urgent",
    Severity.WARNING: "waiting",
    Severity.UNJUDGED: "progress",
    Severity.NOTE: "neutral",
}
PAPERS: Final = {"general": "普通处方", "emergency": "急诊处方", "child": "儿科处方"}


async def panel(
    view: DoctorView,
    category: Category,
    form: Form[Any] | None = None,
    *,
    other: MedicationRequest | None = None,
    q: str = "",
) -> dict[str, Any]:
    """The visit's prescriptions: those signed, and the form of one kind.

    `form` holds what was typed and could not be kept or signed; `other` is what another window
    kept meanwhile; `q` what was searched for without script.
    """
    row = view.encounter
    about = visit.about(row, category)
    draft = await drafts.draft_of(about)
    rewriting = bool(draft and draft.replaces_id)
    refused = await visiting.why_not_prescribe(view, rewriting=rewriting)
    typed = dict(form.values) if form else dict(draft.typed) if draft else {}
    found = await judged(
        view.actor, view, category, typed, replaces=draft.replaces_id if draft else None
    )
    return {
        "category": category.value,
        "base": f"/prescriptions/by-subject/{row_subject(view)}",
        "nobody_reviews": (await reviews.on_duty()).sentence,
        "form": Form(typed, form.errors if form else {}, None),
        "refused": refused,
        "writing": refused is None or bool(typed),
        "lines": [_line(line, found) for line in found.composed.lines],
        "checks": checks(found, typed),
        "revision": draft.revision if draft else await drafts.nothing_yet(about),
        "tab": secrets.token_hex(8),
        "saved": f"草稿已保存 {draft.saved_at.astimezone(SHANGHAI):%H:%M}" if draft else "",
        "replaces": await _replaced(draft),
        "drafted": draft is not None,
        "other": await _in_words(other) if other else None,
        "found": await catalogue.search(q, category) if q else None,
        "q": q,
        "signed": [await paper(one) for one in await drafts.signed_of(about.subject)],
        "last": await templates.last(
            about.author_id, about.patient_id, category, but=about.subject
        ),
        "templates": await templates.SHELF.of(view.actor, category=category),
        "proof": has_recent_proof(view.actor),
        "asks_code": policy().second_factor,
        **await _choices(view, typed),
    }


def row_subject(view: DoctorView) -> str:
    """Encounter/…"""
    return f"{visit.KIND}/{view.encounter.id}"


async def _choices(view: DoctorView, typed: Mapping[str, Any]) -> dict[str, Any]:
    row, limits = view.encounter, params()
    return {
        "diagnoses": await visit.offered(row, typed.get("diagnosis", [])),
        "chosen": typed.get("diagnosis") or (await visit.offered(row, []))[:1],
        "frequencies": [(key, one.words) for key, one in spoken.FREQUENCIES.items()],
        "ways": list(spoken.TCM_WAYS.items()),
        "tcm_routes": [(one, one) for one in spoken.TCM_ROUTES],
        "footnotes": [(one, one) for one in spoken.FOOTNOTES],
        "preparations": [(key.value, one) for key, one in spoken.PREPARATIONS.items()],
        "as_much": spoken.AS_MUCH,
        "valid_days": typed.get("valid_days") or str(limits.valid_days),
        "validities": [
            (str(n), f"{n} 天" if n > 1 else "当天") for n in range(1, MOST_VALID_DAYS + 1)
        ],
        "limits": limits,
        "most": MOST_DRUGS,
        "fees": [(one, one) for one in FEES],
        "agreements": list(spoken.AGREEMENTS.items()),
        "bearing": _may_bear(row.patient.sex, row.patient.birth_date),
    }


def _may_bear(sex: Sex, born: date) -> bool:
    youngest, oldest = BEARING_YEARS
    return sex is Sex.FEMALE and youngest <= years(born, clock.today()) <= oldest


def _line(line: Line, found: Judged) -> dict[str, Any]:
    one = line.product
    return {
        "place": line.place,
        "typed": line.typed,
        "product": one,
        "units": [(unit, unit) for unit in units_of(one)],
        "routes": [(route, route) for route in routes_of(one)],
        "handed_out": line.handed_out,
        "findings": [_finding(each) for each in found.screening.of_line(line.place)],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "badge": BADGES[one.severity],
        "word": SEVERITIES[one.severity],
        "sentence": one.sentence,
        "source": one.source,
        "rule_id": one.rule_id,
        "severe": one.severity is Severity.SEVERE,
        "drugs": "、".join(one.drugs),
    }


def checks(found: Judged, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What is said while somebody types: quantities, findings, the sum for information."""
    overrides = typed.get("overrides", {})
    keys = {one: key for key, one in keyed(found.screening.by(Severity.SEVERE))}
    return {
        "supplies": [(line.place, line.handed_out) for line in found.composed.lines],
        "findings": [
            _finding(one) | {"key": key, "reason": overrides.get(key, "")}
            for one in found.screening.findings
            for key in [keys.get(one, "")]
        ],
        "amount": yuan(found.composed.amount_fen) if found.composed.amount_fen else "",
        "count": len(found.composed.lines),
        "over_label": any(line.typed.get("over_label") for line in found.composed.lines),
    }


async def _replaced(draft: MedicationRequest | None) -> MedicationRequest | None:
    if draft is None or draft.replaces_id is None:
        return None
    return await MedicationRequest.get_or_none(id=draft.replaces_id)


async def _in_words(row: MedicationRequest) -> list[str]:
    """What another window kept, a line for each drug."""
    ids = [id_of(one["medication"]) for one in row.typed.get("lines", [])]
    known = await catalogue.products(one for one in ids if one)
    found = []
    for id, line in zip(ids, row.typed.get("lines", []), strict=True):
        name = known[id].generic_name if id in known else "已停用的药"
        dose = f"每次 {line.get('dose', '')} {line.get('dose_unit', '')}"
        often = spoken.how_often(line.get("frequency", ""))
        found.append(f"{name} {dose} {often} {line.get('days', '')} 天")
    return found


async def paper(row: MedicationRequest) -> dict[str, Any]:
    """A signed version for reading, with what its signature is worth and what may become of it."""
    verdict = await content.proof(row)
    badge, word = spoken.STATES[row.status]
    held = row.content
    return {
        "row": row,
        "badge": badge,
        "word": word,
        "kind": PAPERS[held["paper"]],
        "tcm": row.category is Category.TCM,
        "held": held,
        "lines": [in_words(line, tcm=row.category is Category.TCM) for line in held["lines"]],
        "genuine": verdict.genuine,
        "faults": verdict.faults,
        "check": CHECKS.get(row.check_method, row.check_method),
        "amount": yuan(row.amount_fen),
        "preparation": spoken.PREPARATIONS[row.preparation] if row.preparation else "",
        "overrides": _reasons(row),
        "can": {action for state, action in MEDICATION_REQUEST if state is row.status},
        "agreement": agreement.in_words(row),
        "agreement_awaited": agreement.awaited(row) and row.status in LIVE,
        "returned": row.status is Status.RETURNED,
        "asked": await reviews.last_return(row.id) if row.status is Status.RETURNED else None,
        "passed": row.reviewed_at is not None and row.review_signature_id is not None,
    }


def _reasons(row: MedicationRequest) -> Sequence[tuple[str, str]]:
    """(finding, why it was signed all the same)."""
    said = {one["rule_id"]: one["sentence"] for one in row.screening.get("findings", [])}
    return [(said.get(rule, rule), why) for rule, why in row.overrides.items()]


def in_words(line: Mapping[str, Any], *, tcm: bool) -> dict[str, str]:
    """A signed line: name, strength, how it is taken, how much is handed out."""
    if tcm:
        return {
            "name": line["name"],
            "strength": "",
            "use": f"{line['dose']} g",
            "note": line["note"],
            "quantity": "",
        }
    dose = f"每次 {line['dose']} {line['dose_unit']}".strip()
    use = [dose, line["how_often"], line["route"], f"{line['days']} 天"]
    return {
        "name": line["name"],
        "strength": line["strength"],
        "use": ",".join(part for part in use if part),
        "note": line["note"],
        "quantity": line["handed_out"],
    }
