"""When a referral may be made, how fast it wants an answer, and when it ends by itself.

国办发〔2015〕70号 and 国办发〔2017〕32号 ask for two-way referral inside the county and for
priority of those referred; no national time was found (facts §4), so the clocks are settings.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from care.encounter.states import Status as Visit
from care.referral.models import Direction, Urgency
from people.models import Tier

HEIGHT: Final = {Tier.VILLAGE: 0, Tier.TOWNSHIP: 1, Tier.COUNTY: 2}
REFERS: Final = frozenset({Visit.IN_PROGRESS, Visit.FINISHED, Visit.TERMINATED})


@dataclass(frozen=True, slots=True)
class Params:
    """`agree`: how long the resident may think about it; `answer` and `urgent`: until the
    department has to answer; `silent`: without any answer it ends; `come`: an accepted one ends;
    `keep`: how long a place waits for the resident's yes."""

    agree: timedelta = timedelta(hours=72)
    answer: timedelta = timedelta(hours=24)
    urgent: timedelta = timedelta(hours=2)
    silent: timedelta = timedelta(days=7)
    come: timedelta = timedelta(days=30)
    keep: timedelta = timedelta(hours=24)

    def answer_within(self, urgency: Urgency) -> timedelta:
        """The department's clock."""
        return self.urgent if urgency is Urgency.URGENT else self.answer


def direction(here: Tier, there: Tier) -> Direction:
    """Up, down, or beside."""
    if HEIGHT[here] == HEIGHT[there]:
        return Direction.HORIZONTAL
    return Direction.UP if HEIGHT[there] > HEIGHT[here] else Direction.DOWN


def why_not_refer(status: Visit, *, noted: bool, emergency: bool) -> str:
    """Why this visit cannot be referred now, in a sentence; empty when it can.

    病历书写基本规范: the next doctor reads a signed note. A visit that was stopped may go without,
    because it had to stop at once (诊疗办法 第十六条); its verdict and evidence speak for it.
    """
    if status not in REFERS:
        return "看诊开始以后才能转诊。"
    if emergency:
        return "急症不走转诊:请居民马上打 120 或者去最近的急诊。"
    if not noted and status is not Visit.TERMINATED:
        return "转过去的医生要看您的病历,请先签好病历再转诊。"
    return ""
