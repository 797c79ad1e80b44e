"""The sections of a board and what stands in each."""

from dataclasses import dataclass
from typing import Final

from family_doctor.packages.models import Group


@dataclass(frozen=True, slots=True)
class Section:
    """`shown` stand large with their meaning, `columns` by place; `chart` is its picture."""

    code: str
    name: str
    shown: tuple[str, ...]
    columns: tuple[str, ...]
    chart: str


SECTIONS: Final = (
    Section(
        "contracts",
        "签约和履约",
        ("signed", "paid", "fresh", "fulfilment", *(f"group_{group}" for group in Group)),
        ("signed", "paid", "fresh", "fulfilment"),
        "contracts",
    ),
    Section(
        "control",
        "高血压和糖尿病",
        tuple(
            f"{one}_{what}"
            for one in ("hypertension", "diabetes")
            for what in ("control", "standard", "managed")
        ),
        tuple(
            f"{one}_{what}"
            for one in ("hypertension", "diabetes")
            for what in ("control", "standard", "managed")
        ),
        "control",
    ),
    Section("contacts", "随访", ("late", "met", "face"), ("late", "met", "face"), "follow_ups"),
    Section(
        "alerts",
        "危急值",
        ("alerts", "in_time", "wait_median", "wait_p90"),
        ("alerts", "in_time", "wait_median", "wait_p90"),
        "alerts",
    ),
)
