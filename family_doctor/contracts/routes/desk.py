"""现场签约: a resident without a phone signs at the village clinic."""

from typing import Any, Final

from aiohttp import web

from core import clock, pages
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from core.money import yuan
from family_doctor import words
from family_doctor.contracts import asking, rules
from family_doctor.contracts.asking import DESK
from family_doctor.contracts.models import Contract
from family_doctor.contracts.schemas import DeskIn
from family_doctor.contracts.wording import agreement
from family_doctor.packages.service import offered
from family_doctor.policy import params
from family_doctor.queries import contract_of, teams_of
from people import access as patients
from people.actor import actor_of
from people.ages import age_in_words
from people.queries import SEX_WORDS

routes = web.RouteTableDef()

ONE: Final = "/patients/{id:[0-9a-fA-F-]{36}}/contract"
ASKED: Final = pages.notice(
    "contract-asked", "居民这一边签好了。责任医生签字后生效,请把协议打印一份给他。"
)


@routes.get(ONE, name="sign_at_clinic")
@allow(*DESK)
async def show(request: web.Request) -> web.Response:
    """The contract that is on its way or in force, or the form for a new one."""
    actor = actor_of(request)
    patient = await patients.open_patient(actor, path_id(request), purpose="contract")
    minor = not rules.why_not_signer("guardian", patient.birth_date, clock.today())
    basic = [one.id for one in await offered() if one.group == "basic"]
    signer = "guardian" if minor else "self"
    form = blank(years="1", signer=signer, package_ids=basic)
    return await _page(request, form)


async def _page(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    patient = await patients.open_patient(actor, path_id(request), purpose="contract")
    mine = await teams_of(actor.practitioner_id)
    pending = await Contract.get_or_none(pending_for=patient.id).select_related("team")
    known = pending or await contract_of(patient.id)
    packages = await offered()
    age = age_in_words(patient.birth_date, clock.today())
    return await pages.render(
        request,
        "family_doctor/contracts/desk.html",
        status=form.status,
        title="现场签约",
        patient=patient,
        who=f"{SEX_WORDS[patient.sex]} {age} {patient.village}",
        form=form,
        known=known,
        mine=known is not None and known.team_id in {team.id for team in mine},
        pending=pending is not None,
        teams=[(team.id, team.name) for team in mine if team.active],
        packages=[(one.id, one.name, _hint(one)) for one in packages],
        years=[(n, f"{n} 年") for n in range(1, params().years + 1)],
        agreement=agreement(),
        words=words,
    )


def _hint(one: Any) -> str:
    price = f"{yuan(one.price_fen)}/年" if one.price_fen else "免费"
    insured = f",医保付 {yuan(one.insurer_fen)}" if one.insurer_fen else ""
    items = ";".join(f"{item.name} 一年 {item.times} 次" for item in one.items)
    return f"{words.GROUPS[one.group]} · {price}{insured}。{items}"


@routes.post(ONE, name="ask_at_desk")
@allow(*DESK)
@once
@filled(DeskIn, again=_page)
async def ask(request: web.Request, entry: DeskIn) -> web.Response:
    """The resident signs on this screen."""
    actor = actor_of(request)
    patient = await patients.open_patient(actor, path_id(request), purpose="contract")
    row = await asking.ask_at_desk(actor, patient.id, entry)
    raise pages.see_other(f"/contracts/{row.id}", say=ASKED)
