"""Pharmacists on duty, a patient of a village, and prescriptions that wait."""

from datetime import date

import pytest

from app.demo import people as demo
from core import clock as time
from core import csrf
from pharmacy.review.checklist import WESTERN
from pharmacy.review.models import ReviewerTraining
from tests.care.conftest import resident
from tests.plumbing.house import PAGE, form_token

__all__ = ["resident"]

HERE = "/pharmacy/review"
FIT = ["fit-indication", "fit-skin-test", "fit-interaction", "fit-solvent", "fit-other"]
"""What the test's screening leaves to the pharmacist."""
ALL_FIT = [point.code for point in WESTERN]


async def trained(*names):
    """Their training is on record, by the administrator."""
    for name in names:
        await ReviewerTraining.create(
            practitioner_id=demo.practitioner_id(name),
            passed_on=date(2024, 5, 1),
            recorded_by=demo.practitioner_id("admin1"),
            recorded_by_name="谢斌",
            recorded_at=time.now(),
        )


async def on_duty(house, name):
    """A trained pharmacist in a browser, on duty."""
    person = await house.signed_in(name)
    answer = await person.post(f"{HERE}/duty", {"password": demo.PASSWORD})
    assert answer.status == 303, await answer.text()
    return person


@pytest.fixture
async def desk(house, clock):
    """pharmacist1 on duty; pharmacist2 is trained too."""
    await trained("pharmacist1", "pharmacist2")
    return await on_duty(house, "pharmacist1")


async def decide(person, row, then, *, fit=ALL_FIT, **fields):
    """Post a decision as the form does."""
    data = [(csrf.FIELD, form_token()), ("then", then), *(("fit", code) for code in fit)]
    for name, value in fields.items():
        data += [(name, one) for one in value] if isinstance(value, list) else [(name, value)]
    path = f"{HERE}/{row.id}/decision"
    return await person.client.post(path, data=data, headers=PAGE, allow_redirects=False)
