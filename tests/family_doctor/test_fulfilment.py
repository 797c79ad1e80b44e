"""What was promised and what was done: the formula, the table, and the resident's word."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core import clock as time
from core.errors import Conflict, Invalid, NotFound
from core.states import after, mermaid
from family_doctor.contracts import asking, deciding
from family_doctor.contracts.models import Contract
from family_doctor.contracts.schemas import DeskIn
from family_doctor.contracts.wording import agreement
from family_doctor.fulfilment import queries, rules, service
from family_doctor.fulfilment.models import ContractItem
from family_doctor.fulfilment.schemas import DisputeIn, DoneIn
from family_doctor.fulfilment.states import SERVICE_RECORD, Status
from people import access as patients
from people.residents import family
from tests.people.residents.conftest import entry
from tests.plumbing.families import found_team

PAGE = Path(__file__).parents[2] / "docs/states/service-record.md"
START = date(2026, 1, 1)


@given(st.integers(1, 52), st.integers(0, 1200))
def test_an_item_is_due_evenly_and_by_the_day_that_is_named(times, days):
    day = START + timedelta(days=days)
    due = rules.due_times(times, START, day)
    assert 0 <= due <= times * (days + 1) / 365
    assert rules.due_on(times, START, due + 1) > day
    if due:
        assert rules.due_on(times, START, due) <= day


def test_four_times_a_year_is_once_a_quarter_and_more_helps_no_other_item():
    assert [rules.due_on(4, START, n) for n in (1, 4)] == [date(2026, 4, 2), date(2026, 12, 31)]
    late = rules.progress(4, START, 0, date(2026, 4, 10))
    assert (late.due, late.overdue_days) == (1, 8)
    eager = rules.progress(4, START, 3, date(2026, 4, 10))
    found = rules.rate([late, eager])
    assert (found.done, found.due, found.percent) == (1, 2, 50)
    assert rules.rate([rules.progress(4, START, 0, START)]).percent is None


def test_every_move_not_in_the_table_is_refused_and_the_page_draws_it():
    for state in Status:
        for action in {action for _, action in SERVICE_RECORD}:
            if (state, action) not in SERVICE_RECORD:
                with pytest.raises(Conflict):
                    after(SERVICE_RECORD, state, action)
    drawn = re.search(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn is not None
    assert drawn[1] == mermaid(SERVICE_RECORD)


@pytest.fixture
async def running(staff, account, offer):
    """A contract in force of 100 days, and the account of its resident."""
    team, basic, who = await found_team(), await offer(), await account("zhang")
    card = await family.add_patient(who, entry(organization_id=None))
    lead = await staff("team1")
    await patients.presented(lead, card.id)
    desk = DeskIn(
        team_id=team.id,
        package_ids=[basic.id],
        text_version=agreement().version,
        seen=True,
    )
    row = await asking.ask_at_desk(lead, card.id, desk)
    row = await deciding.sign(lead, row.id)
    began = time.today() - timedelta(days=100)
    await Contract.filter(id=row.id).update(starts_on=began)
    row.starts_on = began
    return row, who


def done(item, **more):
    fields = {"item_id": item.id, "day": time.today(), "mode": "home", "words": "量了血压"}
    return DoneIn.model_validate(fields | more)


async def test_done_confirmed_disputed_and_counted(running, staff, account):
    row, who = running
    item = await ContractItem.get(contract_id=row.id)
    nurse, village = await staff("nurse1"), await staff("village1")
    before = await queries.of_team(row.team_id)
    assert (before.rate.percent, before.overdue[0].progress.overdue_days) == (0, 9)
    with pytest.raises(NotFound):
        await service.do_item(await staff("village2"), row.id, done(item))
    record = await service.do_item(nurse, row.id, done(item))
    assert (await queries.of_contract(row)).rate.percent == 100
    assert (await queries.of_team(row.team_id)).overdue == []
    with pytest.raises(NotFound):
        await service.confirm(await account("stranger"), record.id)
    await service.dispute(who, record.id, DisputeIn(words="那天没有人来"))
    assert (await queries.of_contract(row)).rate.percent == 0
    await service.confirm(who, record.id)
    await service.confirm(who, record.id)
    assert (await queries.of_team(row.team_id)).rates[row.id].percent == 100
    again = await service.do_item(nurse, row.id, done(item))
    with pytest.raises(Conflict, match="另一位同事"):
        await service.confirm_at_desk(nurse, again.id)
    assert (await service.confirm_at_desk(village, again.id)).status is Status.CONFIRMED
    with pytest.raises(Conflict):
        await service.withdraw(nurse, again.id)


async def test_what_is_written_down_has_a_day_and_something_to_see(running, staff):
    row, _ = running
    item, nurse = await ContractItem.get(contract_id=row.id), await staff("nurse1")
    for wrong in ({"day": time.today() + timedelta(days=1)}, {"words": ""}, {"reference": "x"}):
        with pytest.raises(ValidationError):
            done(item, **wrong)
    assert done(item, words="", reference="Observation/1").reference
    with pytest.raises(Invalid):
        await service.do_item(nurse, row.id, done(item, day=row.starts_on - timedelta(days=1)))
