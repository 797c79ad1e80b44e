"""The pages of the second factor: enrolment and the code at sign-in."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import StringConstraints

from core import pages
from core.doors import public
from core.errors import Invalid, NotFound, TooMany
from core.forms import Form, blank, read_form
from core.http import Schema
from people import proof, second_factor, sessions
from people.routes.sign_in import refused
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
    _at(request, Step.SECOND_FACTOR)
    return await pages.render(request, "people/second_factor.html", form=blank())


@routes.post("/second-factor", name="give_second_factor")
@public
async def give_code(request: web.Request) -> web.StreamResponse:
    """Check the code; the session gets a new token."""
    visit = _at(request, Step.SECOND_FACTOR)
    form = await read_form(request, Code)
    if form.entry is not None:
        try:
            token = await second_factor.verify(visit, form.entry.code)
        except (Invalid, TooMany) as problem:
            form = refused(form, problem)
        else:
            raise await _onward(request, token)
    return await pages.render(request, "people/second_factor.html", status=422, form=form)


@routes.get("/second-factor/enrolment", name="second_factor_enrolment")
@public
async def enrolment_page(request: web.Request) -> web.StreamResponse:
    """Show the QR code of a new secret."""
    return await _enrolment(request, _enrolling(request), blank(), 200)


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
async def enrol(request: web.Request) -> web.StreamResponse:
    """Take the first code as proof that the secret arrived."""
    visit = _enrolling(request)
    form = await read_form(request, Code)
    if form.entry is not None:
        try:
            token = await second_factor.enrol(visit, form.entry.code)
        except (Invalid, TooMany) as problem:
            form = refused(form, problem)
        else:
            raise await _onward(request, token, say=ENROLLED)
    return await _enrolment(request, visit, form, 422)


async def _enrolment(
    request: web.Request, visit: Visit, form: Form[Code], status: int
) -> web.Response:
    secret = await second_factor.new_secret(visit.account)
    return await pages.render(
        request,
        "people/second_factor_enrolment.html",
        status=status,
        form=form,
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        replacing=visit.step is Step.OPEN,
    )


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
