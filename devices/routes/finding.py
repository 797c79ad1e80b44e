"""Finding the resident a device is for: a scanned card, a name, a full number. Typed words are
posted, so that they stand in no address."""

from dataclasses import dataclass

from aiohttp import web

from core.forms import text_of
from people import search
from people.actor import actor_of
from people.cards import desk
from people.queries import PatientHeader, patient_headers


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, who fits, and what to type instead."""

    words: str = ""
    patients: tuple[PatientHeader, ...] = ()
    hint: str = ""


async def asked(request: web.Request, place: str) -> Asked:
    """The answer to a posted `q`."""
    actor, text = actor_of(request), (await text_of(request, "q"))[:200]
    if not text:
        return Asked(hint="请输入姓名、完整证件号、手机号,或者扫健康卡。")
    try:
        holder = await desk.holder(actor, text, place=place)
    except desk.CardRefused as problem:
        return Asked(hint=problem.detail)
    if holder is not None:
        return Asked("健康卡", tuple((await patient_headers([holder])).values()))
    found = await search.find(actor, text[:60])
    nobody = "" if found.patients else "没有找到这位居民。先到“居民”里凭证件登记,再回来。"
    return Asked(text[:60], tuple(found.patients[:10]), found.hint or nobody)
