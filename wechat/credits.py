"""What users agreed to hear of, and sending within it.

Each accepted tap on `wx.requestSubscribeMessage` is one message of that template, any time later;
a long-term template needs one agreement. WeChat counts for itself and decides; our count spares
calls that cannot succeed, and tells the pages when to ask again.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from core import clock, db
from core.errors import Problem
from wechat.api import Api
from wechat.errors import NoCredit, Unreachable
from wechat.models import SubscribeCredit
from wechat.rules import Value

MOST: Final = 100
MOST_AT_ONCE: Final = 20


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


async def take_many(asked: Sequence[tuple[str, str]]) -> list[bool]:
    """Use up an agreement for each (openid, template), no pair twice; False where there is none.

    One statement, so that two takers never share the last one.
    """
    rows = [{"who": openid, "what": template_id} for openid, template_id in asked]
    query = TAKE.format(asked=db.asked(who="text", what="text"))
    found = await db.connection().execute_query_dict(query, [db.listed(rows)])
    taken = {(row["openid"], row["template_id"]) for row in found}
    return [pair in taken for pair in asked]


TAKE: Final = """
UPDATE wechat_subscribe_credit AS mine
SET credits = credits - CASE WHEN mine.standing THEN 0 ELSE 1 END
FROM {asked} WHERE mine.openid = asked.who AND mine.template_id = asked.what
  AND (mine.standing OR mine.credits > 0)
RETURNING openid, template_id
"""


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
) -> str:
    """Send a subscribe message for which an agreement was taken. Call with no transaction open.

    Raises what `Api.send` raises. The agreement is given back when the message was certainly not
    sent, and forgotten when WeChat says that there is none.
    """
    try:
        return await api.send(openid, template_id, values, page=page)
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
