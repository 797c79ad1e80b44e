"""Who may act for whom. Pure decisions with their sources.

民法典 art. 17-19 (capacity by age), 27-28 and 34 (guardians act for minors), 161-165 (a proxy is
given by the person), 1047; 个人信息保护法 art. 15 (withdrawal), 28-31 (health data and children
under 14 are sensitive: separate consent, the guardian's); 互联网诊疗监管细则 (real name).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from core.clock import SHANGHAI
from people.ages import years
from people.residents.models import Proof, Relation, Scope

ADULT_YEARS: Final = 18
SELF_SUPPORTING_YEARS: Final = 16
CHILD_YEARS: Final = 14
ALL_SCOPES: Final = tuple(Scope)

SERVICE: Final = "service"
PRIVACY: Final = "privacy"
HEALTH_DATA: Final = "health_data"
CHILD: Final = "child"
GUARDIAN: Final = "guardian"
PROXY: Final = "proxy"

RELATION_WORDS: Final[Mapping[Relation, str]] = {
    Relation.SELF: "本人",
    Relation.CHILD: "子女",
    Relation.PARENT: "父母",
    Relation.SPOUSE: "配偶",
    Relation.WARD: "其他由我照看的人",
}


@dataclass(frozen=True, slots=True)
class Applicant:
    """The account's owner, once their own identity is proven."""

    birth_date: date


def acts_as_guardian(relation: Relation, born: date, today: date) -> bool:
    """Whether the account's owner acts by law, not by the patient's leave (民法典 art. 34)."""
    return relation is not Relation.SELF and years(born, today) < ADULT_YEARS


def comes_of_age_at(born: date) -> datetime:
    """The first moment of the eighteenth birthday in the county (民法典 art. 17).

    Somebody born on 29 February is eighteen from 1 March, as `people.ages` counts.
    """
    try:
        birthday = born.replace(year=born.year + ADULT_YEARS)
    except ValueError:
        birthday = date(born.year + ADULT_YEARS, 3, 1)
    return datetime.combine(birthday, time(), SHANGHAI)


def why_not(
    relation: Relation,
    born: date,
    applicant: Applicant | None,
    *,
    today: date,
    self_supporting: bool = False,
) -> str:
    """Why this person cannot be added in this relation, in one sentence; empty when they can."""
    age = years(born, today)
    if relation is Relation.SELF:
        return _why_not_self(age, self_supporting)
    if applicant is None:
        return "请先添加您本人并完成实名,再添加家人。"
    if years(applicant.birth_date, today) < ADULT_YEARS:
        return "不满 18 岁不能替家人办理,请家里的大人来添加。"
    if relation is Relation.CHILD and born <= applicant.birth_date:
        return "孩子的出生日期比您还早,请检查关系和证件。"
    if relation is Relation.PARENT and born >= applicant.birth_date:
        return "父母的出生日期比您还晚,请检查关系和证件。"
    if relation in (Relation.PARENT, Relation.SPOUSE) and age < ADULT_YEARS:
        return "这位家人不满 18 岁,请检查关系和证件。"
    return ""


def _why_not_self(age: int, self_supporting: bool) -> str:
    if age < CHILD_YEARS:
        return "不满 14 岁,要由父母或其他监护人用自己的微信添加(个人信息保护法第三十一条)。"
    if age < SELF_SUPPORTING_YEARS:
        return "不满 16 岁,要由父母或其他监护人用自己的微信添加(民法典第三十四条)。"
    if age < ADULT_YEARS and not self_supporting:
        return (
            "不满 18 岁,要由父母或其他监护人添加;已满 16 岁、靠自己劳动收入生活的,"
            "请勾选“以自己的劳动收入为主要生活来源”(民法典第十八条)。"
        )
    return ""


def needed_agreements(relation: Relation, born: date, today: date) -> tuple[str, ...]:
    """The kinds of text that must have been agreed to before this person may be added."""
    needed = [SERVICE, PRIVACY, HEALTH_DATA]
    if acts_as_guardian(relation, born, today):
        needed.append(GUARDIAN)
        if years(born, today) < CHILD_YEARS:
            needed.append(CHILD)
    elif relation is not Relation.SELF:
        needed.append(PROXY)
    return tuple(needed)


def bond_until(
    relation: Relation, born: date, asked: date | None, *, now: datetime, longest: timedelta
) -> datetime | None:
    """When the bond ends by itself: never with oneself, at 18 with a child, else as agreed.

    `asked` is the last day the two agreed on; nobody acts for another adult longer than `longest`.
    """
    if relation is Relation.SELF:
        return None
    if acts_as_guardian(relation, born, now.astimezone(SHANGHAI).date()):
        return comes_of_age_at(born)
    latest = now + longest
    if asked is None:
        return latest
    return min(latest, datetime.combine(asked + timedelta(days=1), time(), SHANGHAI))


def scopes_for(relation: Relation, born: date, asked: Sequence[Scope], today: date) -> list[Scope]:
    """What the account may do: everything for oneself and one's child, else what was asked.

    Nothing asked: everything, which the patient reads before giving the code.
    """
    if relation is Relation.SELF or acts_as_guardian(relation, born, today) or not asked:
        return list(ALL_SCOPES)
    return [scope for scope in ALL_SCOPES if scope in asked]


def proof_at_entry(
    relation: Relation, *, minor: bool, holder: bool, is_new: bool, guardian_on_record: bool
) -> Proof:
    """What the entry itself proves; NONE: the patient is asked, or the desk looks.

    `holder`: the person at the phone was found to be the one of the document. A name and a number
    are known to many, so they alone never open a record. A child's first record needs the
    guardian's word; one that is there already must name this guardian or this guardian's phone.
    Another adult is always asked (民法典 art. 165).
    """
    if relation is Relation.SELF:
        return Proof.REAL_NAME if holder else Proof.NONE
    if minor and (is_new or guardian_on_record):
        return Proof.GUARDIAN
    return Proof.NONE
