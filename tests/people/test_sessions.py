"""Sessions end by themselves, by their owner, and with their owner's leaving."""

import pytest

from core import clock as time
from core.audit import AuditEvent
from people import sessions
from people.models import Account, Session


async def test_an_idle_session_ends(house, clock):
    visitor = await house.signed_in("village1")
    clock.move(minutes=29)
    assert (await visitor.get("/sessions")).status == 200
    clock.move(minutes=29)
    assert (await visitor.get("/sessions")).status == 200
    clock.move(minutes=30)
    assert (await visitor.get("/sessions")).status == 303
    assert (await Session.get()).ended_at is not None


async def test_no_session_outlives_a_working_day(house, clock):
    visitor = await house.signed_in("village1")
    for _ in range(35):
        clock.move(minutes=20)
        assert (await visitor.get("/sessions")).status == 200
    clock.move(minutes=20)
    assert (await visitor.get("/sessions")).status == 303


async def test_seen_at_is_written_at_most_once_a_minute(house, clock):
    visitor = await house.signed_in("village1")
    began = time.now()
    clock.move(seconds=50)
    await visitor.get("/sessions")
    assert (await Session.get()).seen_at == began
    clock.move(seconds=20)
    await visitor.get("/sessions")
    assert (await Session.get()).seen_at == time.now()


async def test_signing_out_ends_the_session_and_takes_the_cookie(house):
    visitor = await house.signed_in("village1")
    token = visitor.token
    answer = await visitor.post("/logout")
    assert (answer.status, answer.headers["Location"]) == (303, "/login")
    assert visitor.token == ""
    assert await sessions.visit_of({sessions.COOKIE: token}) is None


async def test_signing_in_makes_a_new_token_and_ends_the_one_before(house):
    visitor = await house.signed_in("village1")
    before = visitor.token
    await visitor.sign_in("village1")
    assert visitor.token not in ("", before)
    assert await sessions.visit_of({sessions.COOKIE: before}) is None
    assert await sessions.visit_of({sessions.COOKIE: visitor.token}) is not None


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "'; DROP TABLE people_session"])
async def test_a_made_up_token_is_nobody(house, token):
    assert await sessions.visit_of({sessions.COOKIE: token}) is None


async def test_i_end_my_other_sessions_and_nobody_elses(house):
    mine, other = await house.signed_in("village1"), await house.signed_in("village1")
    stranger = await house.signed_in("village2")
    page = await (await mine.get("/sessions")).text()
    assert page.count("/end") == 2  # one other session, and all others
    theirs = await Session.get(account__username="village2")
    assert (await mine.post(f"/sessions/{theirs.id}/end")).status == 303
    assert (await stranger.get("/sessions")).status == 200
    second = await Session.filter(account__username="village1").order_by("-id")
    for row in second:
        if row.token_hash == sessions.hash_of(other.token):
            await mine.post(f"/sessions/{row.id}/end")
    assert (await other.get("/sessions")).status == 303
    assert (await mine.get("/sessions")).status == 200
    third = await house.signed_in("village1")
    await mine.post("/sessions/end-others")
    assert (await third.get("/sessions")).status == 303


async def test_whoever_leaves_is_out_at_once(house):
    visitor = await house.signed_in("village1")
    await Account.filter(username="village1").update(active=False)
    assert (await visitor.get("/sessions")).status == 303


async def test_the_password_is_asked_again_and_leads_back(house, clock):
    visitor = await house.signed_in("admin1")
    assert (await visitor.get("/staff/new")).status == 200
    clock.move(minutes=15)
    answer = await visitor.get("/staff/new")
    assert (answer.status, answer.headers["Location"]) == (
        303,
        "/reauthentication?next=%2Fstaff%2Fnew",
    )
    form = {"password": "wrong", "next": "/staff/new"}
    assert (await visitor.post("/reauthentication", form)).status == 422
    answer = await visitor.post("/reauthentication", form | {"password": "doorstep-demo"})
    assert (answer.status, answer.headers["Location"]) == (303, "/staff/new")
    assert (await visitor.get("/staff/new")).status == 200
    events = await AuditEvent.filter(action="reauthenticate").order_by("at")
    assert sorted(event.outcome for event in events) == ["failure", "success"]


async def test_a_program_is_told_to_ask_again(house, clock):
    visitor = await house.signed_in("admin1")
    clock.move(minutes=15)
    answer = await visitor.get("/staff/new", headers={"Accept": "application/json"})
    assert (answer.status, (await answer.json())["code"]) == (403, "reauthenticate")
    answer = await visitor.get("/staff/new", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/reauthentication?next=")


@pytest.mark.parametrize(
    ("new", "again", "sentence"),
    [
        ("short1", "short1", "至少 10 个字符"),
        ("village1-is-me-1", "village1-is-me-1", "不要包含用户名"),
        ("onlyletters", "onlyletters", "同时有字母和数字"),
        ("aaaaaaaaa1", "aaaaaaaaa1", "太简单"),
        ("apple-tree-42", "apple-tree-43", "不一样"),
        ("x1" * 65, "x1" * 65, "最多写 128 个字"),
    ],
)
async def test_a_weak_password_is_refused_with_the_reason(house, new, again, sentence):
    visitor = await house.signed_in("village1")
    form = {"current": "doorstep-demo", "new": new, "again": again}
    answer = await visitor.post("/password", form)
    assert answer.status == 422
    assert sentence in await answer.text()


async def test_a_new_password_ends_the_other_sessions(house):
    visitor, other = await house.signed_in("village1"), await house.signed_in("village1")
    form = {"current": "wrong", "new": "apple-tree-42", "again": "apple-tree-42"}
    assert (await visitor.post("/password", form)).status == 422
    assert (await visitor.post("/password", form | {"current": "doorstep-demo"})).status == 303
    assert (await visitor.get("/sessions")).status == 200
    assert (await other.get("/sessions")).status == 303
    fresh = await house.visitor()
    assert (await fresh.sign_in("village1")).status == 422
    assert (await fresh.sign_in("village1", "apple-tree-42")).status == 303
