"""What came of the messages of a batch, and what follows for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from core import clock
from core.errors import Problem
from core.states import after
from notifications import rules
from notifications.policy import params
from notifications.rules import Verdict
from notifications.sending import rows
from notifications.sending.batch import Carrier, Mark
from notifications.sending.beginning import Batch, Ready, again, onward, refusal
from notifications.sending.counts import count
from notifications.sending.parking import park
from notifications.states import COMMUNICATION, DELIVERY, Delivery, Stage

log = structlog.get_logger(__name__)

NOT_BEGUN: Final = "not_begun"


@dataclass(slots=True)
class Result:
    """One message was taken under this name, or there was a problem."""

    ready: Ready
    message_id: str = ""
    problem: Exception | None = None


async def write(carrier: Carrier, batch: Batch, results: Sequence[Result]) -> None:
    """Attempts and communications together, so that they never contradict."""
    ends = [_of(carrier, result) for result in results]
    await park(carrier.channel, [(end.mark, end.status, end.code) for end in ends])
    await rows.settle(ends, batch.lease)
    count(carrier.channel, [end.status for end in ends])


def _of(carrier: Carrier, result: Result) -> rows.End:
    code = "" if result.problem is None else _code(result.problem)
    status, mark = _settled(carrier, result, code)
    return rows.End(result.ready.attempt, status, code, result.message_id, mark)


def _settled(carrier: Carrier, result: Result, code: str) -> tuple[Delivery, Mark]:
    row, moment, channel = result.ready.row, clock.now(), carrier.channel
    if result.problem is None:
        stage = after(COMMUNICATION, Stage.SENDING, carrier.taken)
        mark = Mark(row, stage, channel)
        return after(DELIVERY, Delivery.SENDING, "accept"), mark
    if code == NOT_BEGUN:
        mark = again(row, channel, moment, row.tries)
        return after(DELIVERY, Delivery.SENDING, "fail"), mark
    verdict = rules.verdict(code, uncertain=getattr(result.problem, "uncertain", False))
    log.warning("message_not_sent", channel=channel.value, code=code, verdict=verdict.value)
    if verdict is Verdict.UNSURE:
        stage = after(COMMUNICATION, Stage.SENDING, "lose")
        mark = Mark(row, stage, channel, moment + params().word, row.tries)
        return after(DELIVERY, Delivery.SENDING, "lose"), mark
    if verdict is Verdict.NEXT:
        return refusal(code), onward(row, channel, moment)
    pause = rules.wait(row.tries + 1)
    if pause is None:
        return after(DELIVERY, Delivery.SENDING, "fail"), onward(row, channel, moment)
    mark = again(row, channel, moment + pause, row.tries + 1)
    return after(DELIVERY, Delivery.SENDING, "fail"), mark


def _code(problem: Exception) -> str:
    return problem.code if isinstance(problem, Problem) else type(problem).__name__
