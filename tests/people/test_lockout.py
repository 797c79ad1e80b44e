"""Wrong attempts slow the next one down, and tell nobody anything."""

from datetime import timedelta

import pytest

from core.audit import AuditEvent
from people import throttle
from people.models import SignInThrottle
from people.throttle import ACCOUNT, ADDRESS


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (99, 60)]
)
def test_the_delay_grows_and_has_an_end(failures, minutes):
    assert ACCOUNT.delay(failures) == timedelta(minutes=minutes)


@pytest.mark.parametrize("username", ["village1", "nobody-here"])
async def test_the_sixth_attempt_waits_even_with_the_right_password(house, clock, username):
    visitor = await house.visitor()
    for _ in range(5):
        assert (await visitor.sign_in(username, "wrong")).status == 422
    answer = await visitor.sign_in(username)
    assert answer.status == 429
    assert "请 60 秒后再试" in await answer.text()
    clock.move(seconds=61)
    if username == "village1":
        assert (await visitor.sign_in(username)).status == 303
        assert (await visitor.sign_in(username, "wrong")).status == 422  # counted from one again
    else:
        assert (await visitor.sign_in(username, "wrong")).status == 422
        assert "2 分钟" in await (await visitor.sign_in(username)).text()
    outcomes = [event.outcome for event in await AuditEvent.filter(action="sign_in")]
    assert outcomes.count("locked") >= 2


async def test_user_names_are_one_whatever_their_case(house, clock):
    visitor = await house.visitor()
    for name in ("village1", "VILLAGE1", "Village1", " village1", "vILLAGE1"):
        await visitor.sign_in(name, "wrong")
    assert (await visitor.sign_in("village1")).status == 429


async def test_the_table_names_nobody(house):
    await (await house.visitor()).sign_in("village1", "wrong")
    rows = await SignInThrottle.all()
    assert rows
    assert all("village1" not in row.key and "127." not in row.key for row in rows)


async def test_an_address_that_guesses_many_names_has_to_wait(build_house, clock):
    house = await build_house(demo=False)
    visitor = await house.visitor()
    for _ in range(ADDRESS.threshold):
        await throttle.count(ADDRESS, "127.0.0.1")
    assert (await visitor.sign_in("village1")).status == 429
    clock.move(minutes=6)
    assert (await visitor.sign_in("village1")).status == 303


async def test_the_demo_leaves_its_own_machine_alone(house, clock):
    visitor = await house.visitor()
    for number in range(3):
        await visitor.sign_in(f"nobody-{number}", "wrong")
    assert await SignInThrottle.all().count() == 3  # one for each name, none for the address


async def test_a_right_attempt_does_not_count_against_the_address(database, clock):
    for _ in range(ADDRESS.threshold * 2):
        await throttle.count(ADDRESS, "10.0.0.9")
        await throttle.take_back(ADDRESS, "10.0.0.9")
    assert not await throttle.count(ADDRESS, "10.0.0.9")


async def test_what_is_typed_reaches_neither_audit_nor_log(house, capsys, caplog):
    await (await house.visitor()).sign_in("my-pass-word-in-the-name-field", "s3cret-s3cret")
    written = str([vars(event) for event in await AuditEvent.all()])
    written += capsys.readouterr().out + caplog.text
    assert "my-pass-word" not in written
    assert "s3cret" not in written
