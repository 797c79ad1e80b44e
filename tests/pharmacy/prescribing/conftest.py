"""A visit in progress, drugs of the demo's list, and what a doctor writes."""

import csv
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from core import clock as time
from people.rechecks import IdentityCheck
from pharmacy.formulary.models import Medication
from tests.care.encounter.conftest import desk
from tests.care.encounter.test_walk import waiting
from tests.mini_program_api.conftest import phone

__all__ = ["desk", "phone"]

LIST = Path(__file__).parents[3] / "pharmacy/formulary/demo_drugs.csv"
DIAGNOSIS = "I10.x00 原发性高血压"
TICKS = ("splittable", "prescription_only", "cold_chain", "injection")


def described(code):
    """A row of the demo's list, as columns."""
    with LIST.open(encoding="utf-8-sig") as rows:
        row = next(one for one in csv.DictReader(rows) if one["code"] == code)
    found = {name: value for name, value in row.items() if value != ""}
    found |= {name: row[name] == "yes" for name in TICKS}
    found |= {name: int(row[name]) for name in ("pack_size", "price_fen")}
    if row["strength_value"]:
        found["strength_value"] = Decimal(row["strength_value"])
    return found


async def drug(code="W001", *, new="", **more):
    """A drug of the formulary; `more` makes it another one, under the code `new`."""
    given = described(code) | more | {"code": new or code}
    kept = await Medication.get_or_none(code=given["code"])
    return kept or await Medication.create(id=uuid4(), updated_at=time.now(), **given)


def line(product, **more):
    """A line as the form keeps it: 5 mg once a day for a week."""
    return {
        "medication": str(product.id),
        "dose": "5",
        "dose_unit": "mg",
        "route": "口服",
        "frequency": "qd",
        "days": "7",
    } | more


def written(*lines, **more):
    """A prescription as the draft keeps it."""
    return {"diagnosis": [DIAGNOSIS], "valid_days": "3", "lines": list(lines)} | more


def checked():
    """Somebody has just shown who they are."""
    return IdentityCheck("password", time.now(), "a browser")


@pytest.fixture
async def visit(phone, desk, clock):
    """A visit in progress, judged to be a follow-up: (phone, its API path, its id)."""
    li, path = await waiting(phone, "li", "李秀英")
    here = (await desk.post("/visits/next")).headers["Location"]
    await li.post(f"{path}/entry")
    await desk.post(f"{here}/verdict", {"verdict": "eligible", "why": "本院确诊"})
    return li, path, UUID(here.removeprefix("/visits/"))
