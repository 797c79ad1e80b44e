"""Who may review, how old is old, when somebody will be there. Pure; each rule with its source.

审核规范 is 医疗机构处方审核规范 (2018), 处方办法 is 处方管理办法 (2007).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from core.clock import SHANGHAI
from people.models import Licence
from pharmacy.review.policy import Params

RANKS: Final = ("药士", "药师", "主管药师", "副主任药师", "主任药师")
"""Professional titles of pharmacy, the lowest first; 中药师 rank beside their colleagues."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not, in words, and where it is written."""

    code: str
    sentence: str
    source: str


class Age(StrEnum):
    """How long a prescription has waited."""

    FRESH = "fresh"
    SOON = "soon"
    LATE = "late"


def rank(title: str) -> int:
    """The place of a title among `RANKS`; -1 for any other word."""
    plain = title.strip().replace("中药", "药")
    return RANKS.index(plain) if plain in RANKS else -1


def at_least(title: str, least: str) -> bool:
    """Whether a title is that one or above."""
    return rank(title) >= max(rank(least), 0)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """What counts of a pharmacist."""

    licence: Licence
    title: str
    since: date | None
    trained: bool


def reviewer_may(reviewer: Reviewer, today: date, params: Params) -> Refusal | None:
    """审核规范: 药师 or above (处方办法 art. 31), three years of dispensing, trained, examined."""
    if reviewer.licence is not Licence.PHARMACIST:
        return Refusal("not_a_pharmacist", "审方要有药师资格。", "处方管理办法 第二十九条")
    if not at_least(reviewer.title, params.title):
        sentence = f"审方要{params.title}以上职称,您登记的是“{reviewer.title or '无'}”。"
        return Refusal("title_too_low", sentence, "处方管理办法 第三十一条、医疗机构处方审核规范")
    if reviewer.since is None or not _years_passed(reviewer.since, today, params.years):
        sentence = f"审方要有 {params.years} 年以上调剂工作经验,您登记的年限还不够。"
        return Refusal("too_new", sentence, "医疗机构处方审核规范")
    if params.training and not reviewer.trained:
        sentence = "审方前要培训并考核合格。请药学部门负责人在“审方人员”里登记。"
        return Refusal("not_trained", sentence, "医疗机构处方审核规范")
    return None


def _years_passed(since: date, today: date, years: int) -> bool:
    return (today.year - since.year, today.month, today.day) >= (years, since.month, since.day)


def may_review(reviewer_id: UUID, author_id: UUID) -> Refusal | None:
    """Nobody reviews what they have prescribed themselves (审核规范; domain facts §2.4)."""
    if reviewer_id == author_id:
        sentence = "这是您自己开的处方,要由另一位药师审。"
        return Refusal("own_prescription", sentence, "医疗机构处方审核规范")
    return None


def may_appraise(judge_id: UUID, author_id: UUID, reviewer_id: UUID | None) -> Refusal | None:
    """点评规范 2010: by somebody who neither wrote it nor let it pass."""
    if judge_id in (author_id, reviewer_id):
        sentence = "这张处方是您开的或您审的,要由另一位药师点评。"
        return Refusal("own_review", sentence, "医院处方点评管理规范(试行)")
    return None


def age_of(waited: timedelta, params: Params) -> Age:
    """The colour of a waiting prescription."""
    if waited >= params.late:
        return Age.LATE
    return Age.SOON if waited >= params.soon else Age.FRESH


def next_duty(moment: datetime, params: Params) -> datetime | None:
    """When business hours begin next; None within them, when somebody should be there now."""
    local = moment.astimezone(SHANGHAI)
    opens = datetime.combine(local.date(), params.opens, SHANGHAI)
    closes = datetime.combine(local.date(), params.closes, SHANGHAI)
    if local < opens:
        return opens
    return opens + timedelta(days=1) if local >= closes else None


def sample_size(population: int, params: Params) -> int:
    """点评规范 2010: at least one permille of a month's prescriptions and at least a hundred; all
    of them where there are fewer."""
    share = -(-population * params.permille // 1000)
    return min(population, max(share, params.least))
