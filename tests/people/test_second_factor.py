"""Outside the demo a password alone opens nothing."""

import pyotp
import pytest

from core import clock as time
from people import sessions
from people.models import Account

DEMO_PASSWORD = "doorstep-demo"


@pytest.fixture
async def strict(build_house, clock):
    """The house as in production."""
    return await build_house(demo=False)


async def test_the_first_sign_in_enrols_and_only_then_opens(strict):
    visitor = await strict.visitor()
    answer = await visitor.sign_in("village1")
    assert answer.headers["Location"] == "/second-factor/enrolment"
    before = visitor.token
    assert (await visitor.get("/sessions")).headers["Location"] == "/second-factor/enrolment"
    assert (await visitor.get("/second-factor")).headers["Location"] == "/second-factor/enrolment"
    refused = await visitor.get("/sessions", headers={"Accept": "application/json"})
    assert refused.status == 401
    assert await sessions.actor_from_cookies({sessions.COOKIE: before}) is None

    page = await (await visitor.get("/second-factor/enrolment")).text()
    secret = str((await Account.get(username="village1")).totp_new_secret)
    assert secret[:4] in page
    picture = await visitor.get("/second-factor/enrolment.svg")
    assert picture.content_type == "image/svg+xml"
    assert (await picture.read()).startswith(b"<?xml")

    assert (await visitor.post("/second-factor/enrolment", {"code": "12345"})).status == 422
    assert (await visitor.post("/second-factor/enrolment", {"code": "000000"})).status == 422
    answer = await visitor.post("/second-factor/enrolment", {"code": code(secret)})
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert visitor.token != before
    assert (await visitor.get("/sessions")).status == 200


async def test_later_sign_ins_ask_for_a_code_that_counts_once(strict, clock):
    secret = await enrolled("village1")
    visitor = await strict.visitor()
    assert (await visitor.sign_in("village1")).headers["Location"] == "/second-factor"
    assert (await visitor.get("/patients")).headers["Location"] == "/second-factor"
    before, now = visitor.token, code(secret)
    spaced = f"{now[:3]} {now[3:]}"
    assert (await visitor.post("/second-factor", {"code": spaced})).status == 303
    assert visitor.token != before
    assert (await visitor.get("/sessions")).status == 200

    thief = await strict.visitor()
    await thief.sign_in("village1")
    answer = await thief.post("/second-factor", {"code": now})
    assert answer.status == 422
    assert "已经用过" in await answer.text()
    clock.move(seconds=30)
    assert (await thief.post("/second-factor", {"code": code(secret)})).status == 303


@pytest.mark.parametrize(
    ("seconds", "passes"), [(-30, True), (30, True), (-60, False), (60, False)]
)
async def test_a_clock_may_be_one_step_off(strict, seconds, passes):
    secret = await enrolled("village1")
    visitor = await strict.visitor()
    await visitor.sign_in("village1")
    answer = await visitor.post("/second-factor", {"code": code(secret, seconds)})
    assert (answer.status == 303) is passes


async def test_guessing_codes_locks(strict, clock):
    secret = await enrolled("village1")
    visitor = await strict.visitor()
    await visitor.sign_in("village1")
    for _ in range(5):
        await visitor.post("/second-factor", {"code": "000000"})
    answer = await visitor.post("/second-factor", {"code": code(secret)})
    assert "试错的次数太多了" in await answer.text()
    clock.move(seconds=61)
    assert (await visitor.post("/second-factor", {"code": code(secret)})).status == 303


async def test_an_unfinished_sign_in_is_over_after_ten_minutes(strict, clock):
    visitor = await strict.visitor()
    await visitor.sign_in("village1")
    clock.move(minutes=10)
    assert (await visitor.get("/second-factor/enrolment")).headers["Location"] == "/login"


async def test_another_phone_needs_the_password_again(strict, clock):
    old = await enrolled("village1")
    visitor = await strict.signed_in("village1")
    clock.move(minutes=15)
    answer = await visitor.get("/second-factor/enrolment")
    assert answer.headers["Location"].startswith("/reauthentication")
    await visitor.post("/reauthentication", {"password": DEMO_PASSWORD})
    await visitor.get("/second-factor/enrolment")
    account = await Account.get(username="village1")
    assert account.totp_secret == old
    await visitor.post("/second-factor/enrolment", {"code": code(account.totp_new_secret)})
    assert (await Account.get(username="village1")).totp_secret == account.totp_new_secret


async def test_an_enrolled_secret_is_never_shown_again(strict):
    await enrolled("village1")
    visitor = await strict.visitor()
    await visitor.sign_in("village1")
    for path in ("/second-factor/enrolment", "/second-factor/enrolment.svg"):
        assert (await visitor.get(path)).headers["Location"] == "/second-factor"


async def test_the_demo_asks_for_no_second_factor(house):
    assert (await (await house.visitor()).sign_in("village1")).headers["Location"] == "/"


async def enrolled(username: str) -> str:
    secret = pyotp.random_base32()
    account = await Account.get(username=username)
    account.totp_secret = secret
    await account.save()
    return secret


def code(secret: str, seconds: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.now().timestamp()) + seconds)
