"""Signing in and out, the account itself, the texts to agree to."""

from aiohttp import web

from core import csrf
from core.context import origin
from core.doors import public, residents
from core.etags import revalidated
from core.http import answers, endpoint
from core.idempotency import once
from mini_program_api.border import BASE
from mini_program_api.routes.agreements import shown, with_visits
from mini_program_api.schemas.account import (
    Consents,
    ElderModeIn,
    MeOut,
    PhoneIn,
    SessionIn,
    SessionOut,
)
from people.residents import accounts, agreements
from people.residents.actor import resident_of
from wechat.bindings import WECHAT

routes = web.RouteTableDef()


@routes.post(f"{BASE}/session", name="mp_sign_in")
@public
@csrf.same_site_suffices
@answers(401, 403, 503)
@endpoint(status=201)
async def sign_in(request: web.Request, *, body: SessionIn) -> SessionOut:
    """Sign in with the one-time code of `wx.login`.

    The account is made at the first sign-in. The token goes into `Authorization: Bearer`.
    """
    known = await request.app[WECHAT].api.login(body.code)
    given = await accounts.sign_in(
        known.openid,
        known.unionid,
        address=origin().address,
        device=request.headers.get("User-Agent", "").encode("ascii", "replace").decode()[:200],
    )
    return SessionOut(token=given.token, expires_at=given.expires_at, account_id=given.account_id)


@routes.delete(f"{BASE}/session", name="mp_sign_out")
@residents
@endpoint
async def sign_out(request: web.Request) -> None:
    """Sign out; the token is worth nothing from now on."""
    await accounts.sign_out(resident_of(request))


@routes.get(f"{BASE}/me", name="mp_me")
@residents
@endpoint
async def me(request: web.Request) -> MeOut:
    """The account: its phone as WeChat knows it, its settings."""
    return await _me(request)


async def _me(request: web.Request) -> MeOut:
    card = await accounts.account_card(resident_of(request))
    return MeOut(
        account_id=card.account_id,
        elder_mode=card.elder_mode,
        phone_masked=card.phone_masked,
        own_patient_id=card.own_patient_id,
    )


@routes.put(f"{BASE}/me/elder-mode", name="mp_elder_mode")
@residents
@endpoint
async def elder_mode(request: web.Request, *, body: ElderModeIn) -> MeOut:
    """Larger letters and fewer choices, on every phone of this account."""
    await accounts.set_elder_mode(resident_of(request), body.on)
    return await _me(request)


@routes.post(f"{BASE}/me/phone", name="mp_own_phone")
@residents
@once
@answers(503)
@endpoint
async def own_phone(request: web.Request, *, body: PhoneIn) -> MeOut:
    """Keep the number that WeChat has verified, by the code of the phone button."""
    known = await request.app[WECHAT].api.phone_number(body.code)
    await accounts.own_phone(resident_of(request), known.number)
    return await _me(request)


@routes.delete(f"{BASE}/account", name="mp_close_account")
@residents
@answers(409)
@endpoint
async def close_account(request: web.Request) -> None:
    """Delete the account as far as the law allows.

    Family, agreements and WeChat's ids are forgotten; records of care stay with the hospitals, as
    the law wants. Refused while appointments or money are open.
    """
    await accounts.close_account(resident_of(request))


@routes.get(f"{BASE}/consents", name="mp_consents")
@public
@revalidated
@endpoint
async def consents(request: web.Request) -> Consents:
    """What has to be agreed to, and when: texts of the current versions."""
    return with_visits(shown(agreements.agreements()))
