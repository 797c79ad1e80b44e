"""A signed prescription as pages show it: the legal order of 处方办法 附件1, front, Rp., end.

Read from what was signed. The patient's name is the page's own to add or to leave out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pharmacy.prescribing import agreement
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.prescribing.words import AS_MUCH
from pharmacy.review.words import CATEGORIES, SEVERITY


@dataclass(frozen=True, slots=True)
class Drug:
    """One line in words; `use` is how it is taken, `remarks` what the doctor wrote beside it."""

    name: str
    note: str
    product: str
    quantity: str
    use: str
    remarks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on it, in order. `reasons` are the doctor's own."""

    id: str
    number: str
    version: int
    category: str
    house: str
    department: str
    weight: str
    diagnoses: Sequence[str]
    signed_at: datetime | None
    valid_until: datetime | None
    lines: Sequence[Drug]
    doses: int
    way: str
    author: str
    reasons: Sequence[tuple[str, str]]


def paper(row: MedicationRequest) -> Paper:
    """As it was signed."""
    signed = row.content or {}
    tcm = row.category is Category.TCM
    return Paper(
        id=str(row.id),
        number=row.number or "",
        version=row.version,
        category=CATEGORIES[row.category],
        house=signed.get("organization") or row.author_organization,
        department=signed.get("department") or row.department,
        weight=(signed.get("patient") or {}).get("weight", ""),
        diagnoses=_diagnoses(signed),
        signed_at=row.signed_at,
        valid_until=row.valid_until,
        lines=[_drug(line, tcm=tcm) for line in signed.get("lines", ())],
        doses=row.doses,
        way=signed.get("way", ""),
        author=f"{row.author_name} {row.author_title}",
        reasons=_reasons(row, signed),
    )


def _diagnoses(signed: Mapping[str, Any]) -> list[str]:
    found = [*signed.get("diagnosis", ())]
    tcm = " ".join(filter(None, (signed.get("tcm_disease"), signed.get("tcm_pattern"))))
    return [*found, tcm] if tcm else found


def _drug(line: Mapping[str, Any], *, tcm: bool) -> Drug:
    dose = f"{line['dose']} {line.get('dose_unit', '')}".strip()
    days = f"{line['days']} 天" if line.get("days") else ""
    once = dose if dose == AS_MUCH else f"每次 {dose}"
    use = [f"每剂 {dose}"] if tcm else [once, line["how_often"], line["route"], days]
    remarks = [
        f"{what}:{line[name]}"
        for name, what in (("over_label", "超说明书用法"), ("skin_test", "皮试"))
        if line.get(name)
    ]
    return Drug(
        name=line["name"],
        note=line.get("note", ""),
        product=f"{line['form']} {line['strength']}",
        quantity=line["handed_out"],
        use=",".join(filter(None, use)),
        remarks=remarks,
    )


def _reasons(row: MedicationRequest, signed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Why it is longer than usual, how the patient is, why it was kept after a return."""
    found = [("用量理由", signed.get("reason")), ("病情评估", signed.get("assessment"))]
    found += [("医嘱", signed.get("advice")), ("退回后坚持原方的理由", row.confirmed_reason)]
    found += [("长期用药", agreement.in_words(row)), ("费别", signed.get("fee"))]
    return [(what, str(words)) for what, words in found if words]


def findings(row: MedicationRequest) -> list[dict[str, Any]]:
    """What screening said at the signature, the heaviest first, each with its source."""
    return [
        {**one, "badge": SEVERITY.get(one["severity"], SEVERITY["warning"])}
        for one in (row.screening or {}).get("findings", ())
    ]
