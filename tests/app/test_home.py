"""`/` leads everybody to where their work begins."""

from family_doctor.teams.models import TeamMember
from tests.plumbing.families import found_team


async def home_of(house, login):
    answer = await (await house.signed_in(login)).get("/")
    assert answer.status == 303
    return answer.headers["Location"]


async def test_the_people_of_a_team_begin_with_its_day_and_others_with_the_residents(house):
    assert await home_of(house, "nurse1") == "/patients"
    await found_team()
    assert await home_of(house, "nurse1") == "/boards"
    assert await home_of(house, "village1") == "/clinic"
    await TeamMember.all().delete()
    assert await home_of(house, "nurse1") == "/patients"
    assert await home_of(house, "admin1") == "/roster"
