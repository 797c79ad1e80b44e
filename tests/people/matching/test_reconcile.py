"""The checker of links finds each disagreement by its name."""

import pytest

from core import clock as time
from people.matching import reconcile, service
from people.matching.models import PatientLink
from people.matching.states import LinkStatus
from tests.people.conftest import actor

pytestmark = pytest.mark.usefixtures("staff", "clock")


@pytest.fixture
async def link(resident):
    """One person's two records, joined."""
    one, other = await resident(), await resident(number="", clinic="YH-T2-V1")
    return await service.merge(await actor("admin1"), one.id, other.id, "本人带两份病历本来过")


async def another(link, **changes):
    values = {
        "survivor_id": link.survivor_id,
        "merged_id": link.merged_id,
        "reason": "直接写进数据库",
        "made_by": link.made_by,
        "made_by_name": link.made_by_name,
        "made_at": time.now(),
    }
    return await PatientLink.create(**(values | changes))


async def faults():
    return " | ".join((await reconcile.check()).faults)


async def test_a_sound_link(link):
    report = await reconcile.check()
    assert (report.links, report.faults) == (1, [])


async def test_a_record_joined_with_itself(link):
    await another(link, merged_id=link.survivor_id)
    assert "with itself" in await faults()


async def test_a_chain_and_a_ring(link, resident):
    third = await resident(number="", clinic="YH-T3-V1")
    chain = await another(link, survivor_id=third.id, merged_id=link.survivor_id)
    assert f"link {link.id}: the survivor is itself merged by link {chain.id}" in await faults()
    await PatientLink.filter(id=chain.id).update(survivor_id=link.merged_id)
    assert (await faults()).count("a chain or a ring") == 2


async def test_a_state_without_its_time(link):
    await PatientLink.filter(id=link.id).update(status=LinkStatus.UNDONE)
    assert "when it was undone" in await faults()
