"""Bring a communication to WeChat: at most once, within what the resident agreed to."""

from typing import Final

import structlog
from tortoise.exceptions import IntegrityError

from core import clock
from core.errors import Conflict, Problem
from core.outbox import outside
from core.states import advance
from notifications.events import CommunicationWritten
from notifications.models import Attempt, Channel, Communication
from notifications.service import revive
from notifications.states import DELIVERY, Delivery
from people.residents.models import ResidentAccount
from wechat import messages
from wechat.bindings import WeChat
from wechat.errors import Misconfigured, NoCredit, TooFast, Unreachable

log = structlog.get_logger(__name__)

TRIES: Final = 5


@outside
async def send_by_wechat(event: CommunicationWritten, *, wechat: WeChat) -> None:
    """Send it as a subscribe message. Raises when another try makes sense, so that it is made."""
    found = await Communication.get(id=event.communication_id)
    account = await ResidentAccount.get(id=found.account_id)
    if not account.openid:  # closed meanwhile
        return
    attempt = await _begin(found)
    if attempt is None:
        return
    words = {name: revive(word) for name, word in found.words.items()}
    try:
        await messages.tell(wechat, account.openid, found.topic, words, page=found.page)
    except Problem as problem:
        again = await _note(attempt, problem)
        if again:
            raise
        return
    await advance(attempt, DELIVERY, "accept", at=clock.now())


async def _begin(found: Communication) -> Attempt | None:
    """This channel's attempt, taken for this process; None when there is nothing to do.

    One that is found under way belonged to a process that was killed at it.
    """
    try:
        return await Attempt.create(
            communication_id=found.id, channel=Channel.WECHAT, at=clock.now()
        )
    except IntegrityError:
        attempt = await Attempt.get(communication_id=found.id, channel=Channel.WECHAT)
    try:
        if attempt.status is Delivery.FAILED:
            await advance(attempt, DELIVERY, "retry", tries=attempt.tries + 1, at=clock.now())
            return attempt
        if attempt.status is Delivery.SENDING:
            await advance(attempt, DELIVERY, "lose", at=clock.now())
    except Conflict:  # another process was faster
        pass
    return None


async def _note(attempt: Attempt, problem: Problem) -> bool:
    """Write down why it did not work; True when it is worth another try."""
    action = _action(problem)
    again = action == "fail" and attempt.tries < TRIES
    if action == "fail" and not again:
        action = "refuse"
    await advance(attempt, DELIVERY, action, code=problem.code, at=clock.now())
    if action != "lack_consent":
        log.warning("communication_not_sent", channel="wechat", code=problem.code, again=again)
    return again


def _action(problem: Problem) -> str:
    if isinstance(problem, NoCredit):
        return "lack_consent"
    if isinstance(problem, Unreachable):
        return "lose" if problem.uncertain else "fail"
    return "fail" if isinstance(problem, (TooFast, Misconfigured)) else "refuse"
