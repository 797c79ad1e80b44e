"""Nobody's record is opened in an emergency without the person hearing of it."""

import pytest

from core.outbox import Dispatcher
from notifications import emergencies
from notifications.models import Communication
from people import emergencies as glass
from people.access import break_glass
from people.emergencies import Finding
from people.events import EmergencyAccessOpened, EmergencyAccessReviewed
from people.models import ReviewVerdict
from tests.notifications.conftest import Household, actor


@pytest.fixture
def dispatcher() -> Dispatcher:
    """The two reactions, as `app.reactions` wires them."""
    return Dispatcher(
        {
            EmergencyAccessOpened: [emergencies.tell_opened],
            EmergencyAccessReviewed: [emergencies.tell_reviewed],
        }
    )


@pytest.mark.parametrize(("verdict", "more"), [("justified", 0), ("unjustified", 1)])
async def test_she_and_who_may_see_it_hear_who_and_why_and_what_was_found(
    household: Household, dispatcher: Dispatcher, verdict: str, more: int
) -> None:
    doctor = await actor("village2")
    given = await break_glass(doctor, household.patient_id, reason="路边昏迷,要看过敏史")
    await dispatcher.drain()
    told = await Communication.filter(topic="record_opened")
    assert {one.recipient_id for one in told} == {
        household.mother.account_id,
        household.daughter.account_id,
    }
    assert doctor.name in told[0].text
    assert "路边昏迷" in told[0].text
    assert told[0].page == f"pages/openings/index?id={household.patient_id}"
    assert set(told[0].words) == {"patient", "place", "at"}, "no reason on a locked screen"
    assert told[0].words["patient"] == "张**"
    finding = Finding(verdict=ReviewVerdict(verdict), note="和值班医生核实过")
    await glass.review(await actor("admin1"), given.id, finding)
    await dispatcher.drain()
    found = await Communication.filter(topic="record_opening_reviewed")
    assert len(found) == 2 * more
    assert all("理由不成立" in one.text for one in found)
