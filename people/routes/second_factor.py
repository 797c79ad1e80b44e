"""The pages of the second factor: enrolment and the code at sign-in."""

from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import StringConstraints

from core import pages
from core.doors import public
from core.errors import NotFound, TooMany
from core.forms import ABOVE, Form, blank, filled
from core.http import Schema
from people import proof, second_factor, sessions
from people.sessions import Step, Visit

routes = web.RouteTableDef()

ENROLLED: Final = pages.notice("second-factor-enrolled", "动态验证码已绑定,下次登录时使用。")


class Code(Schema):
    """Six digits; people may type a space in the middle."""

    code: Annotated[str, StringConstraints(pattern=r"^\d{3} ?\d{3}$")]


@routes.get("/second-factor", name="second_factor")
@public
async def code_page(request: web.Request) -> web.StreamResponse:
    """Ask for the code of the authenticator."""
    return await _code(request, blank())


async def _code(request: web.Request, form: Form[Any]) -> web.Response:
    _at(request, Step.SECOND_FACTOR)
    return await pages.render(request, "people/second_factor.html", status=form.status, form=form)


@routes.post("/second-factor", name="give_second_factor")
@public
@filled(Code, again=_code, refusals={TooMany: ABOVE})
async def give_code(request: web.Request, entry: Code) -> web.StreamResponse:
    """Check the code; the session gets a new token."""
    visit = _at(request, Step.SECOND_FACTOR)
    token = await second_factor.verify(visit, entry.code)
    raise await _onward(request, token)


@routes.get("/second-factor/enrolment", name="second_factor_enrolment")
@public
async def enrolment_page(request: web.Request) -> web.StreamResponse:
    """Show the QR code of a new secret."""
    return await _enrolment(request, blank())


async def _enrolment(request: web.Request, form: Form[Any]) -> web.Response:
    visit = _enrolling(request)
    secret = await second_factor.new_secret(visit.account)
    return await pages.render(
        request,
        "people/second_factor_enrolment.html",
        status=form.status,
        form=form,
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        replacing=visit.step is Step.OPEN,
    )


@routes.get("/second-factor/enrolment.svg", name="second_factor_qr")
@public
async def enrolment_picture(request: web.Request) -> web.StreamResponse:
    """The QR code as a picture of our own, never through somebody else's service."""
    visit = _enrolling(request)
    if not visit.account.totp_new_secret:
        raise NotFound("not_found", "请先打开绑定页面。")
    picture = second_factor.qr_svg(visit.account, visit.account.totp_new_secret)
    return web.Response(
        body=picture, content_type="image/svg+xml", headers={"Cache-Control": "no-store"}
    )


@routes.post("/second-factor/enrolment", name="enrol_second_factor")
@public
@filled(Code, again=_enrolment, refusals={TooMany: ABOVE})
async def enrol(request: web.Request, entry: Code) -> web.StreamResponse:
    """Take the first code as proof that the secret arrived."""
    token = await second_factor.enrol(_enrolling(request), entry.code)
    raise await _onward(request, token, say=ENROLLED)


async def _onward(request: web.Request, token: str, *, say: str = "") -> web.HTTPSeeOther:
    visit = await sessions.visit_of({sessions.COOKIE: token})
    step = visit.step if visit else Step.OPEN
    answer = pages.see_other(sessions.STEP_PAGES.get(step, "/"), say=say)
    sessions.set_cookie(request, answer, token)
    return answer


def _visit(request: web.Request) -> Visit:
    if sessions.VISIT not in request:
        raise pages.see_other("/login")
    return request[sessions.VISIT]


def _at(request: web.Request, step: Step) -> Visit:
    visit = _visit(request)
    if visit.step is not step:
        raise pages.see_other(sessions.STEP_PAGES.get(visit.step, "/"))
    return visit


def _enrolling(request: web.Request) -> Visit:
    """First enrolment at sign-in, or a new phone later, which needs the password again."""
    visit = _visit(request)
    if visit.step is Step.OPEN:
        proof.require_recent_proof(visit.actor)
    elif visit.step is not Step.ENROLMENT:
        raise pages.see_other(sessions.STEP_PAGES[visit.step])
    return visit
