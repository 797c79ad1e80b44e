"""Records that might be one person: look, join, part."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from core import pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict, FieldError, Invalid, NotFound
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from people.actor import actor_of
from people.matching import service, suspects
from people.matching.compare import compare
from people.matching.schemas import Because, Merge, TwoNumbers
from people.matching.service import BASIS_WORDS, MERGERS
from people.models import Patient
from people.registration import by_number

routes = web.RouteTableDef()

MERGED: Final = pages.notice("patients-merged", "两份档案已合并,随时可以撤销。")
PARTED: Final = pages.notice("patients-parted", "已撤销合并,两份档案恢复原样。")
TOLD_APART: Final = pages.notice("patients-told-apart", "已记下:是两个人,不再提醒。")
BASIS_CHOICES: Final = [(basis.value, words) for basis, words in BASIS_WORDS.items()]


@routes.get("/patients/suspects", name="suspects")
@allow(*MERGERS)
async def list_suspects(request: web.Request) -> web.StreamResponse:
    """Pairs that look alike, and those that are joined."""
    return await _suspects(request, blank())


async def _suspects(request: web.Request, form: Form[Any]) -> web.Response:
    return await pages.render(
        request,
        "people/suspects.html",
        status=form.status,
        found=await suspects.suspects(request.query.get("older", "")),
        joined=await suspects.joined(),
        form=form,
    )


@routes.post("/patients/suspects", name="find_two")
@allow(*MERGERS)
@filled(TwoNumbers, again=_suspects)
async def find_two(request: web.Request, entry: TwoNumbers) -> web.StreamResponse:
    """Two records that no rule brings together, by their whole numbers."""
    errors, found = [], []
    for name, number in (("one", entry.one), ("other", entry.other)):
        rows = await Patient.filter(by_number(number)).limit(2).only("id")
        if len(rows) == 1:
            found.append(rows[0].id)
        else:
            wrong = "没有找到,请核对完整号码" if not rows else "不止一份,请用证件号"
            errors.append(FieldError(name, wrong))
    if len(set(found)) == 1 and not errors:
        errors.append(FieldError("other", "两个号码是同一份档案"))
    await audit(actor_of(request), "patient.find_two", "Patient/*", reason=f"{len(found)} found")
    if errors:
        raise Invalid("invalid_input", "有几处需要改一下。", errors=errors)
    raise web.HTTPSeeOther(f"/patients/suspects/{found[0]}/{found[1]}")


@routes.get("/patients/suspects/{one}/{other}", name="compare_patients")
@allow(*MERGERS)
async def comparison(request: web.Request) -> web.StreamResponse:
    """Both records side by side."""
    return await _comparison(request, blank())


async def _comparison(request: web.Request, form: Form[Any], *, told: str = "") -> web.Response:
    """`told` is whose form it is: merge, distinction or unmerge."""
    found = await compare(actor_of(request), *_two(request))
    return await pages.render(
        request,
        "people/comparison.html",
        status=form.status,
        found=found,
        form=form,
        which=told,
        bases=BASIS_CHOICES,
    )


def _two(request: web.Request) -> tuple[UUID, UUID]:
    return path_id(request, "one"), path_id(request, "other")


@routes.post("/patients/suspects/{one}/{other}/merge", name="merge_patients")
@allow(*MERGERS)
@once
@filled(Merge, again=partial(_comparison, told="merge"), refusals={Conflict: "survivor"})
async def merge(request: web.Request, entry: Merge) -> web.StreamResponse:
    """Join the two."""
    one, other = _two(request)
    if entry.survivor not in (one, other):
        raise NotFound("not_found", "请从这两份里选保留的一份。")
    merged = other if entry.survivor == one else one
    await service.merge(actor_of(request), entry.survivor, merged, entry.reason, basis=entry.basis)
    raise pages.see_other(f"/patients/suspects/{one}/{other}", say=MERGED)


@routes.post("/patients/suspects/{one}/{other}/distinction", name="distinguish_patients")
@allow(*MERGERS)
@once
@filled(Because, again=partial(_comparison, told="distinction"))
async def distinguish(request: web.Request, entry: Because) -> web.StreamResponse:
    """Two people who look alike."""
    await service.distinguish(actor_of(request), *_two(request), entry.reason)
    raise pages.see_other("/patients/suspects", say=TOLD_APART)


@routes.post("/patients/suspects/{one}/{other}/links/{id}/undoing", name="unmerge_patients")
@allow(*MERGERS)
@once
@filled(Because, again=partial(_comparison, told="unmerge"))
async def unmerge(request: web.Request, entry: Because) -> web.StreamResponse:
    """Part them again."""
    one, other = _two(request)
    await service.unmerge(actor_of(request), path_id(request), entry.reason)
    raise pages.see_other(f"/patients/suspects/{one}/{other}", say=PARTED)
