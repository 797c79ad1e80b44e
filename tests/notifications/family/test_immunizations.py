"""Reminders of vaccination: before a window, once when late, never when it is no longer true."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from core import db
from core.audit import SYSTEM
from family_doctor.care_plan import service as plans
from family_doctor.care_plan.schemas import EnrolIn
from family_doctor.contracts import terms
from family_doctor.contracts.models import Contract, EndedBy
from family_doctor.immunization import recording, service
from family_doctor.immunization.models import ImmunizationRecommendation
from family_doctor.immunization.schemas import ImmunizationIn
from notifications import reminders
from notifications.family import immunizations, rules
from notifications.family.rules import Params
from notifications.models import Communication
from notifications.states import Stage
from people.deaths import service as deaths
from people.deaths.schemas import DeathIn
from people.models import Patient, Sex
from tests.notifications.family.test_reminders import dispatcher
from tests.plumbing.actors import actor
from tests.plumbing.families import found_team, signed

__all__ = ["dispatcher"]
BORN = date(2026, 9, 23)
TWO_MONTHS = date(2026, 11, 23)
GIVEN = [("hepb:1", BORN), ("bcg:1", BORN), ("hepb:2", date(2026, 10, 23))]


def entry(dose, on):
    """From the book."""
    return ImmunizationIn(id=uuid4(), dose=dose, given_on=on, origin="book")


async def give(child, *doses):
    nurse = await actor("nurse1")
    for dose, on in doses:
        await recording.record_dose(nurse, child.patient_id, entry(dose, on))


@pytest.fixture
async def child(clock, household, dispatcher):
    """A girl of six weeks with everything so far, signed, the book compared."""
    reminders.bring(*immunizations.OWN)
    clock.moment = rules.at(date(2026, 11, 5)) + timedelta(hours=2)
    patient = Patient.filter(id=household.patient_id)
    await patient.update(name="李小花", birth_date=BORN, sex=Sex.FEMALE)
    await signed(await patient.get(), await found_team())
    await give(household, *GIVEN)
    await service.compare(await actor("nurse1"), household.patient_id)
    await dispatcher.drain()
    return household


async def said(topic="immunization_due"):
    return await Communication.filter(topic=topic)


async def on(clock, dispatcher, day):
    clock.moment = rules.at(day)
    await dispatcher.drain()


async def test_three_days_before_the_window_and_once_when_it_is_late(child, dispatcher, clock):
    await on(clock, dispatcher, TWO_MONTHS - timedelta(days=4))
    assert await said() == []
    await on(clock, dispatcher, TWO_MONTHS - timedelta(days=3))
    row = (await said())[0]
    assert "脊灰疫苗第 1 剂、百白破疫苗第 1 剂,2026年11月23日起可以打" in row.text
    assert "预防接种证" in row.text
    for words in (row.title, str(row.words)):
        assert [one for one in ("疫苗", "脊灰", "百白破", "小花") if one in words] == []
    last = TWO_MONTHS + timedelta(days=30)
    await on(clock, dispatcher, last + timedelta(days=7))
    await on(clock, dispatcher, last + timedelta(days=60))
    late = [one for one in await said("immunization_late") if row.recipient_id == one.recipient_id]
    assert len(late) == 1
    assert "晚了也要补" in late[0].text


async def test_what_was_given_is_not_reminded_of(child, dispatcher, clock):
    await on(clock, dispatcher, TWO_MONTHS - timedelta(days=3))
    clock.moment = rules.at(TWO_MONTHS)
    await give(child, ("ipv:1", TWO_MONTHS), ("dtap:1", TWO_MONTHS))
    await dispatcher.drain()
    assert {row.status for row in await said()} == {Stage.WITHDRAWN}
    await on(clock, dispatcher, TWO_MONTHS + timedelta(days=37))
    assert await said("immunization_late") == []


async def test_half_a_visit_is_late_with_the_other_half(child, dispatcher, clock):
    clock.moment = rules.at(TWO_MONTHS)
    await give(child, ("ipv:1", TWO_MONTHS))
    await on(clock, dispatcher, TWO_MONTHS + timedelta(days=37))
    row = (await said("immunization_late"))[0]
    assert "百白破疫苗第 1 剂" in row.text
    assert "脊灰疫苗第 1 剂" not in row.text


async def died(child):
    await deaths.record(
        await actor("village1"),
        child.patient_id,
        DeathIn(died_on=date(2026, 11, 5), ground="certificate", evidence="编号 4403"),
    )


async def left(child):
    contract = await Contract.get(active_for=child.patient_id)
    async with db.atomic():
        await terms.end(SYSTEM, contract, "terminate", by=EndedBy.RESIDENT, reason="moved")


async def moved(child):
    plan = EnrolIn(programme="child", began_from=BORN)
    nurse = await actor("nurse1")
    row = await plans.enrol(nurse, child.patient_id, plan)
    await plans.end(nurse, row.id, "已迁走")


@pytest.mark.parametrize("gone", [died, left, moved])
async def test_nobody_is_reminded_of_a_child_who_is_gone(child, dispatcher, clock, gone):
    await gone(child)
    await on(clock, dispatcher, TWO_MONTHS - timedelta(days=3))
    await on(clock, dispatcher, TWO_MONTHS + timedelta(days=37))
    assert await said() + await said("immunization_late") == []


async def test_before_the_book_is_compared_nobody_is_reminded(clock, household, dispatcher):
    reminders.bring(*immunizations.OWN)
    clock.moment = rules.at(date(2026, 11, 5))
    await Patient.filter(id=household.patient_id).update(birth_date=BORN)
    await signed(await Patient.get(id=household.patient_id), await found_team())
    await give(household, *GIVEN)
    await on(clock, dispatcher, TWO_MONTHS)
    assert await ImmunizationRecommendation.exists() is False
    assert await said() == []


def test_when_it_is_said():
    now, house = rules.at(TWO_MONTHS) + timedelta(minutes=1), Params()
    tomorrow, far = TWO_MONTHS + timedelta(days=1), TWO_MONTHS + timedelta(days=40)
    assert rules.vaccination_coming(far, now, house) == rules.at(far - timedelta(days=3))
    assert rules.vaccination_coming(tomorrow, now, house) == rules.at(tomorrow), "nine is over"
    assert rules.vaccination_coming(TWO_MONTHS, now, house) is None, "told face to face"
    assert rules.vaccination_late(TWO_MONTHS, now, house) == rules.at(
        TWO_MONTHS + timedelta(days=7)
    )
    assert rules.vaccination_late(TWO_MONTHS - timedelta(days=9), now, house) is None
    assert rules.vaccination_late(TWO_MONTHS, now, Params(late=0)) is None
