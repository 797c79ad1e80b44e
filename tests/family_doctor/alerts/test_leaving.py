"""A resident leaves the team: what nobody has answered goes along, what is over closes."""

from uuid import uuid4

import pytest

from core import clock as time
from core import db
from core.audit import SYSTEM
from core.errors import NotFound
from family_doctor.alerts import queries, reactions, service
from family_doctor.alerts.access import open_alert
from family_doctor.alerts.models import Alert, Level
from family_doctor.alerts.schemas import CloseIn, HandleIn
from family_doctor.alerts.states import Status
from family_doctor.contracts import terms
from family_doctor.contracts.events import ContractActivated, ContractEnded
from family_doctor.contracts.models import Contract, EndedBy
from tests.family_doctor.conftest import bound, signed_resident, staff, team
from tests.people.conftest import resident
from tests.people.residents.conftest import county
from tests.plumbing.families import ELSEWHERE, found_team, signed

__all__ = ["bound", "county", "resident", "signed_resident", "staff", "team"]


@pytest.fixture
async def alert(signed_resident, team):
    """186/112 at home, and nobody has answered."""
    return await Alert.create(
        status=Status.NOTIFIED,
        patient_id=signed_resident.id,
        team_id=team.id,
        panel_id=uuid4(),
        value="186/112",
        words="血压 186/112 mmHg",
        measured_at=time.now(),
        raised_at=time.now(),
    )


def ended(contract: Contract) -> ContractEnded:
    ids = {name: str(getattr(contract, name)) for name in ("patient_id", "team_id")}
    return ContractEnded(contract_id=str(contract.id), status="terminated", by="resident", **ids)


async def leave(contract: Contract) -> None:
    async with db.atomic():
        await terms.end(SYSTEM, contract, "terminate", EndedBy.RESIDENT, "搬走了")
    await reactions.follow_contract(ended(contract))


async def test_the_new_team_is_asked_and_the_old_one_no_more(alert, signed_resident, staff):
    other = await found_team("柳湾乡团队", ELSEWHERE)
    contract = await signed(signed_resident, other)
    event = ContractActivated(
        contract_id=str(contract.id),
        patient_id=str(signed_resident.id),
        team_id=str(other.id),
        doctor_id="",
        follows_id="",
        starts_on=str(contract.starts_on),
        ends_on=str(contract.ends_on),
    )
    for _ in range(2):
        await reactions.follow_contract(event)
    with pytest.raises(NotFound):
        await open_alert(await staff("nurse1"), alert.id)
    view = await open_alert(await staff("village2"), alert.id)
    assert (await service.acknowledge(view, "186/112")).team_id == other.id
    assert [one.action for one in await queries.steps(alert.id)] == ["move", "acknowledge"]


async def test_without_a_team_the_county_hospital_is_asked(alert, signed_resident, staff):
    await leave(await Contract.get(active_for=signed_resident.id))
    row = await Alert.get(id=alert.id)
    assert (row.team_id, row.level) == (None, Level.DUTY)
    assert (await open_alert(await staff("county2"), alert.id)).alert.id == alert.id


async def test_who_took_it_ends_it_and_then_it_closes_for_the_team(alert, signed_resident, staff):
    nurse, village = await staff("nurse1"), await staff("village1")
    await service.acknowledge(await open_alert(nurse, alert.id), "186/112")
    await leave(await Contract.get(active_for=signed_resident.id))
    done = HandleIn(measure="phoned", note="打通了,去医院的路上")
    await service.handle(await open_alert(nurse, alert.id), done)
    assert (await open_alert(village, alert.id)).alert.status is Status.HANDLED
    await service.close(await open_alert(nurse, alert.id), CloseIn(outcome="住院了"))
    assert [row.id for row in await queries.listed(nurse, over=True)] == [alert.id]
    assert await queries.listed(village, over=True) == []
    with pytest.raises(NotFound):
        await open_alert(village, alert.id)
    counted = await queries.numbers(village, time.now().replace(year=2000))
    assert counted.raised == 1, "the numbers of the team stay"
