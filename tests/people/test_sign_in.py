"""Signing in: the right password opens, everything else tells nothing."""

import re

import pytest
from argon2 import Type

from core.audit import AuditEvent
from people import sessions
from people.models import Account, Session
from tests.plumbing.keys import SLOW


async def test_the_right_password_leads_home_and_sets_a_safe_cookie(house):
    visitor = await house.visitor()
    answer = await visitor.sign_in("village1")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    cookie = answer.cookies[sessions.COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["max-age"]
    assert (await visitor.get("/sessions")).status == 200
    row = await Session.get()
    assert row.token_hash == sessions.hash_of(visitor.token)
    assert visitor.token not in row.token_hash


async def test_the_form_is_there_and_keeps_the_name_but_not_the_password(house):
    visitor = await house.visitor()
    page = await (await visitor.get("/login?next=/patients")).text()
    assert 'name="next" value="/patients"' in page
    answer = await visitor.post("/login", {"username": "village1", "password": "my-secret"})
    page = await answer.text()
    assert answer.status == 422
    assert "用户名或密码不对" in page
    assert 'value="village1"' in page
    assert "my-secret" not in page


async def test_an_unknown_name_and_a_wrong_password_read_the_same(house):
    visitor = await house.visitor()
    pages = []
    for name in ("village1", "nobody-here"):
        answer = await visitor.sign_in(name, "wrong")
        assert answer.status == 422
        text = re.sub(r'value="[^"]*"', "", await answer.text())
        pages.append(text)
    assert pages[0] == pages[1]
    assert (
        sorted([e.subject for e in await AuditEvent.filter(action="sign_in", outcome="failure")])[
            -1
        ]
        == "Account/unknown"
    )


async def test_somebody_who_has_left_cannot_sign_in(house):
    await Account.filter(username="village1").update(active=False)
    assert (await (await house.visitor()).sign_in("village1")).status == 422


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/patients?q=1", "/patients?q=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/logout", "/"),
        ("/a\nb", "/"),
    ],
)
async def test_next_stays_on_this_site(wanted, led_to):
    assert sessions.safe_next(wanted) == led_to


async def test_a_page_asks_a_stranger_to_sign_in_and_an_api_says_401(house):
    visitor = await house.visitor()
    answer = await visitor.get("/sessions")
    assert (answer.status, answer.headers["Location"]) == (303, "/login?next=/sessions")
    answer = await visitor.get("/sessions", headers={"Accept": "application/json"})
    assert answer.status == 401
    assert (await answer.json())["code"] == "signed_out"
    answer = await visitor.get("/sessions", headers={"HX-Request": "true", "Accept": "*/*"})
    assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/login")


def test_a_stolen_table_of_passwords_is_slow_to_guess():
    """RFC 9106 §4, the second recommended option."""
    assert (SLOW.type, SLOW.time_cost, SLOW.memory_cost, SLOW.parallelism) == (Type.ID, 3, 65536, 4)
