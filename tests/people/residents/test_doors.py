"""Bearer tokens and cookies keep to their own doors."""

import pytest
from aiohttp import web

from app.main import create_app
from core.doors import allow, door_of, public, residents
from core.idempotency import CALLER
from people.residents import accounts
from people.residents.actor import Resident, resident_of
from people.sessions import middleware

JSON = {"Accept": "application/json"}


@residents
async def mine(request: web.Request) -> web.Response:
    """Somebody's own things."""
    return web.json_response(
        {"account": str(resident_of(request).account_id), "as": request[CALLER]}
    )


@public
async def anybody(request: web.Request) -> web.Response:
    """A public page."""
    return web.json_response({"caller": request.get(CALLER, "")})


@pytest.fixture
async def house_with_api(build_house, monkeypatch):
    """The house, with a resident's door and a public one."""
    from tests.plumbing import house

    def create(settings):
        app = create_app(settings)
        app.router.add_get("/test/mine", mine)
        app.router.add_post("/test/mine", mine)
        app.router.add_get("/test/anybody", anybody)
        return app

    monkeypatch.setattr(house, "create_app", create)
    return await build_house()


async def bearer(name: str = "wang") -> dict[str, str]:
    done = await accounts.sign_in(f"openid-{name}")
    return {"Authorization": f"Bearer {done.token}", **JSON}


async def test_a_bearer_opens_a_residents_door(house_with_api):
    visitor = await house_with_api.visitor()
    headers = await bearer()
    for call in (visitor.client.get, visitor.client.post):
        answer = await call("/test/mine", headers=headers)
        assert answer.status == 200, await answer.text()
        body = await answer.json()
        assert body["as"] == f"resident:{body['account']}"


async def test_a_stranger_a_staff_cookie_and_a_wrong_token_do_not(house_with_api):
    stranger = await house_with_api.visitor()
    doctor = await house_with_api.signed_in("village1")
    admin = await house_with_api.signed_in("admin1")
    for visitor in (stranger, doctor, admin):
        answer = await visitor.client.get("/test/mine", headers=JSON)
        body = await answer.json()
        assert (answer.status, body["code"]) == (401, "signed_out")
        assert body["detail"] == "登录已过期,请重新打开小程序。"
    wrong = {"Authorization": "Bearer dsr_wrong", **JSON}
    assert (await stranger.client.get("/test/mine", headers=wrong)).status == 401


async def test_a_bearer_opens_no_staff_page_even_beside_a_cookie(house_with_api):
    doctor = await house_with_api.signed_in("village1")
    stranger = await house_with_api.visitor()
    headers = await bearer()
    for visitor in (doctor, stranger):
        for page in ("/patients", "/sessions", "/staff"):
            answer = await visitor.client.get(page, headers=headers, allow_redirects=False)
            assert answer.status == 401, page


async def test_a_bearer_beside_a_staff_cookie_is_the_resident(house_with_api):
    doctor = await house_with_api.signed_in("village1")
    answer = await doctor.client.post("/test/mine", headers=await bearer())
    assert answer.status == 200
    answer = await doctor.client.get("/test/anybody", headers=await bearer())
    assert (await answer.json())["caller"].startswith("resident:")


async def test_an_ended_or_closed_account_opens_nothing(house_with_api):
    visitor = await house_with_api.visitor()
    done = await accounts.sign_in("openid-wang")
    headers = {"Authorization": f"bearer {done.token}", **JSON}
    assert (await visitor.client.get("/test/mine", headers=headers)).status == 200
    await accounts.close_account(Resident(done.account_id, "openid-wang", done.account_id))
    assert (await visitor.client.get("/test/mine", headers=headers)).status == 401
    fresh = await accounts.sign_in("openid-wang")
    assert fresh.account_id != done.account_id


def test_the_mark_names_residents_only():
    assert door_of(mine) == {"resident"}
    assert door_of(allow("admin")(anybody)) == {"admin"}
    public(anybody)
    assert middleware is not None
