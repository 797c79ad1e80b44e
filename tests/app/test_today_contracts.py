"""What contracts want of the lead stands on the day's page: to review, to sign, to renew, late."""

from datetime import timedelta

import pytest

from app import today
from app.today.contracts import MOST
from app.today.items import When
from core import clock as time
from family_doctor.contracts import asking, deciding
from family_doctor.contracts.models import Contract
from family_doctor.contracts.schemas import DeskIn
from family_doctor.contracts.wording import agreement
from people import access as patients
from people.models import Patient
from tests.family_doctor.conftest import offer
from tests.people.conftest import resident
from tests.plumbing.actors import actor
from tests.plumbing.families import ELSEWHERE, found_team

__all__ = ["offer", "resident"]
NAMES = "赵钱孙李周吴郑王"


@pytest.fixture
async def asked(clock, house, offer, resident):
    """`await asked(team, "赵")`: an application of somebody who has signed at the desk."""
    package = await offer()

    async def ask(team, name: str, login: str = "village1") -> Contract:
        member = await actor(login)
        row = await resident(f"{name}桂英", number="")
        await patients.presented(member, row.id)
        entry = DeskIn(
            team_id=team.id,
            package_ids=[package.id],
            text_version=agreement().version,
            signer="self",
            seen=True,
        )
        return await asking.ask_at_desk(member, row.id, entry)

    return ask


async def day(login: str) -> list[tuple[str, str, str]]:
    found = await today.today(await actor(login))
    return [(item.who.split(" ")[0], item.word, item.act) for item in found]


async def test_an_application_is_reviewed_signed_renewed_and_served(asked, clock, house):
    team = await found_team()
    other = await found_team("柳湾乡团队", ELSEWHERE, villages="柳湾村")
    row = await asked(team, "赵")
    assert await day("team1") == [("赵桂英", "等您审核", "去审核")]
    lead = await actor("team1")
    await deciding.review(lead, row.id)
    assert await day("team1") == [("赵桂英", "等您签字", "去签字")]
    await deciding.sign(lead, row.id)
    assert await day("team1") == []
    clock.move(days=91)
    assert await day("team1") == [("赵桂英", "今天到期", "去做")]
    ends = time.today() + timedelta(days=30)
    await Contract.filter(id=row.id).update(ends_on=ends + timedelta(days=1))
    assert len(await day("team1")) == 1
    await Contract.filter(id=row.id).update(ends_on=ends)
    assert ("赵桂英", "还有 30 天", "联系续签") in await day("team1")
    page = await (await house.signed_in("team1")).get("/today")
    assert "团队要跟进的" in await page.text()
    await Contract.filter(id=row.id).update(pending_for=row.patient_id)
    assert ("赵桂英", "还有 30 天", "联系续签") not in await day("team1")
    for login in ("township1", "county1", "county2"):
        assert await day(login) == [], "other teams, and members who do not lead"
    assert other.id != team.id


async def test_the_dead_are_not_asked_to_renew(asked, clock):
    row = await asked(await found_team(), "赵")
    await deciding.sign(await actor("team1"), row.id)
    await Contract.filter(id=row.id).update(ends_on=time.today())
    assert [one[2] for one in await day("team1")] == ["联系续签"]
    await Patient.filter(id=row.patient_id).update(deceased_on=time.today())
    assert await day("team1") == []


async def test_many_are_a_few_and_the_way_to_the_list(asked, clock):
    team = await found_team()
    for name in NAMES:
        await asked(team, name)
    found = await today.today(await actor("team1"))
    assert len(found) == MOST + 1
    assert (found[-1].who, found[-1].href) == ("另外 3 项", f"/family/{team.id}")
    assert {item.when for item in found} == {When.WAITING}
