"""What users agreed to hear of, and sending within it.

Each accepted tap on `wx.requestSubscribeMessage` is one message of that template, any time later;
a long-term template needs one agreement. WeChat counts for itself and decides; our count spares
calls that cannot succeed, and tells the pages when to ask again.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from core import clock
from core.errors import Problem
from wechat.api import Api
from wechat.errors import API, NoCredit, Unreachable
from wechat.models import SubscribeCredit
from wechat.rules import Value

MOST: Final = 100
MOST_AT_ONCE: Final = 20
NO_CREDIT: Final = 43101


class Answer(StrEnum):
    """What the user said to one template (the result of `wx.requestSubscribeMessage`).

    filter: WeChat did not ask, because the title came twice.
    """

    ACCEPT = "accept"
    REJECT = "reject"
    BAN = "ban"
    FILTER = "filter"


async def record(
    openid: str, answers: Mapping[str, Answer], *, long_term: Collection[str] = ()
) -> None:
    """Keep what the user answered. `long_term` names the templates that need no counting."""
    for template_id, answer in list(answers.items())[:MOST_AT_ONCE]:
        if answer is Answer.FILTER:
            continue
        row = await _row(openid, template_id)
        accepted, standing = answer is Answer.ACCEPT, template_id in long_term
        await row.update(asked_at=clock.now(), muted=not accepted)
        if accepted and standing:
            await row.update(standing=True)
        elif accepted:
            await row.filter(credits__lt=MOST).update(credits=F("credits") + 1)
        elif answer is Answer.BAN:
            await row.update(standing=False, credits=0)


async def _row(openid: str, template_id: str) -> QuerySet[SubscribeCredit]:
    await SubscribeCredit.bulk_create(
        [SubscribeCredit(openid=openid, template_id=template_id, asked_at=clock.now())],
        ignore_conflicts=True,
    )
    return SubscribeCredit.filter(openid=openid, template_id=template_id)


async def left(openid: str) -> dict[str, int]:
    """How many messages of each template may still be sent; a standing agreement counts MOST."""
    rows = await SubscribeCredit.filter(openid=openid)
    return {row.template_id: MOST if row.standing else row.credits for row in rows}


async def take(openid: str, template_id: str) -> bool:
    """Use up one agreement; False when there is none. Two takers never share the last one."""
    mine = SubscribeCredit.filter(openid=openid, template_id=template_id)
    if await mine.filter(standing=False, credits__gt=0).update(credits=F("credits") - 1):
        return True
    return await mine.filter(standing=True).exists()


async def give_back(openid: str, template_id: str) -> None:
    """The message was certainly not sent."""
    mine = SubscribeCredit.filter(openid=openid, template_id=template_id, standing=False)
    await mine.filter(credits__lt=MOST).update(credits=F("credits") + 1)


async def withdrawn(openid: str, template_id: str) -> None:
    """WeChat says that the user does not agree (any more)."""
    mine = SubscribeCredit.filter(openid=openid, template_id=template_id)
    await mine.update(credits=0, standing=False, muted=True)


async def send(
    api: Api, openid: str, template_id: str, values: Mapping[str, Value], *, page: str = ""
) -> None:
    """Send a subscribe message if the user agreed to one. Call with no transaction open.

    Raises NoCredit, without a call when our own count says so, and what `Api.send` raises. An
    answer that was lost counts as sent: nobody is told the same thing twice by guessing.
    """
    if not await take(openid, template_id):
        _, code, sentence = API[NO_CREDIT]
        raise NoCredit(code, sentence)
    try:
        await api.send(openid, template_id, values, page=page)
    except NoCredit:
        await withdrawn(openid, template_id)
        raise
    except Problem as problem:
        if not (isinstance(problem, Unreachable) and problem.uncertain):
            await give_back(openid, template_id)
        raise
    except ValueError:
        await give_back(openid, template_id)
        raise
