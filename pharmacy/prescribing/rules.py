"""What the law allows on a prescription written online; no I/O.

处方办法 = 处方管理办法 (卫生部令第53号, 2007); 诊疗办法 = 互联网诊疗管理办法(试行) 国卫医发
〔2018〕25号; 长处方 = 长期处方管理规范(试行) 国卫办医发〔2021〕17号; 抗菌办法 =
抗菌药物临床应用管理办法 (卫生部令第84号, 2012). Numbers the house may choose are `policy.Params`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from core.clock import SHANGHAI
from people.models import Licence, Tier
from pharmacy.formulary.models import Antimicrobial, Controlled, Kind
from pharmacy.prescribing.models import Agreed, Category
from pharmacy.prescribing.policy import Params

MOST_DRUGS: Final = 5
MOST_PIECES: Final = 40
MOST_VALID_DAYS: Final = 3
SHORTEST_REASON: Final = 4
ON_FORM: Final[dict[Category, frozenset[Kind]]] = {
    Category.WESTERN: frozenset({Kind.WESTERN, Kind.PATENT}),
    Category.TCM: frozenset({Kind.PIECE, Kind.GRANULE}),
}
TUBERCULOSIS: Final = frozenset({"A15", "A16", "A17", "A18", "A19", "B90"})
FEES: Final = ("自费", "医保", "公费", "其他")
JUNIOR, INTERMEDIATE, SENIOR = 1, 2, 3
LEVEL_NEEDS: Final = {
    Antimicrobial.UNRESTRICTED: JUNIOR,
    Antimicrobial.RESTRICTED: INTERMEDIATE,
}


@dataclass(frozen=True, slots=True)
class Objection:
    """Why it cannot be signed: the field it belongs to, the sentence, the article."""

    field: str
    sentence: str
    source: str


@dataclass(frozen=True, slots=True)
class Item:
    """One drug as the rules see it; `place` counts from 0, `days` of use."""

    place: int
    name: str
    kind: Kind
    days: int
    controlled: Controlled = Controlled.NONE
    antimicrobial: Antimicrobial = Antimicrobial.NONE
    cold_chain: bool = False


@dataclass(frozen=True, slots=True)
class Doctor:
    """Who prescribes, as the national register knows them."""

    licence: Licence
    title: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class Course:
    """The prescription as a whole. `diagnoses` are lines such as `I10 原发性高血压`; `first_long`:
    the person's first long-term one; `confirmed`: how they agree to more than four weeks;
    `fee`: who pays, 费别."""

    category: Category
    diagnoses: Sequence[str] = ()
    urgent: bool = False
    long_term: bool = False
    reason: str = ""
    stable: bool = False
    assessment: str = ""
    confirmed: str = ""
    first_long: bool = False
    valid_days: int = 1
    fee: str = FEES[0]


def rank(title: str) -> int:
    """The grade of a title: 主任 and 副主任 senior, 主治 intermediate, others junior."""
    if "主任" in title:
        return SENIOR
    return INTERMEDIATE if "主治" in title else JUNIOR


def objections(
    doctor: Doctor, course: Course, items: Sequence[Item], known: Collection[str], limits: Params
) -> list[Objection]:
    """Everything that stands in the way of a signature. `known` are the visit's diagnoses."""
    return [
        *may_prescribe(doctor),
        *how_many(course.category, items),
        *own_form(course.category, items),
        *never_online(items),
        *levels(doctor, items),
        *same_diagnosis(course.diagnoses, known),
        *lengths(course, items, limits),
        *(long_term(doctor, course, items, limits) if course.long_term else ()),
        *validity(course.valid_days),
        *fee_type(course.fee),
    ]


def may_prescribe(doctor: Doctor) -> Iterator[Objection]:
    """处方办法 art. 8: 执业医师; art. 9: an 执业助理医师 alone only in towns and villages; no
    乡村医生 signs one over the internet (诊疗办法: the visit is a 执业医师's)."""
    if doctor.licence is Licence.PHYSICIAN:
        return
    if doctor.licence is Licence.ASSISTANT_PHYSICIAN:
        if doctor.tier is Tier.COUNTY:
            sentence = "执业助理医师在县级医院开处方,要由执业医师签名。"
            yield Objection("", sentence, "处方管理办法 第八条")
        return
    yield Objection(
        "", "开处方要有执业医师资格,您登记的资格不能在线开处方。", "处方管理办法 第八条"
    )


def how_many(category: Category, items: Sequence[Item]) -> Iterator[Objection]:
    """处方办法 art. 6: at most five drugs; the limit is not for pieces."""
    if not items:
        yield Objection("lines", "还没有药品", "处方管理办法 第六条")
    if category is Category.WESTERN and len(items) > MOST_DRUGS:
        sentence = f"一张处方最多 {MOST_DRUGS} 种药,现在有 {len(items)} 种。请分开写,先签完这一张。"
        yield Objection("lines", sentence, "处方管理办法 第六条")
    if category is Category.TCM and len(items) > MOST_PIECES:
        yield Objection("lines", f"一张中药方最多 {MOST_PIECES} 味。", "处方管理办法 第六条")


def own_form(category: Category, items: Sequence[Item]) -> Iterator[Objection]:
    """处方办法 art. 6: Western and patent medicine may share one, pieces have their own."""
    for one in items:
        if one.kind not in ON_FORM[category]:
            sentence = (
                f"{one.name}是中药饮片,要单独开一张中药处方。"
                if category is Category.WESTERN
                else f"{one.name}不是中药饮片,请开在西药、中成药处方上。"
            )
            yield Objection(f"line-{one.place}", sentence, "处方管理办法 第六条")
    kinds = {one.kind for one in items}
    if {Kind.PIECE, Kind.GRANULE} <= kinds:
        yield Objection("lines", "饮片和配方颗粒不开在同一张方上。", "处方管理办法 第六条")


def never_online(items: Sequence[Item]) -> Iterator[Objection]:
    """诊疗办法 art. 19: no narcotic, psychotropic or otherwise specially managed drug."""
    for one in items:
        if one.controlled is not Controlled.NONE:
            sentence = f"{one.name}是特殊管理的药品,不能在网上开。请居民到医院就诊。"
            yield Objection(f"line-{one.place}", sentence, "互联网诊疗管理办法(试行) 第十九条")


def levels(doctor: Doctor, items: Sequence[Item]) -> Iterator[Objection]:
    """抗菌办法 art. 24: who may prescribe which level; art. 27: the special level never in an
    outpatient clinic, so never online."""
    for one in items:
        field = f"line-{one.place}"
        if one.antimicrobial is Antimicrobial.SPECIAL:
            sentence = f"{one.name}是特殊使用级抗菌药物,门诊和网上都不能开。"
            yield Objection(field, sentence, "抗菌药物临床应用管理办法 第二十七条")
        elif rank(doctor.title) < LEVEL_NEEDS.get(one.antimicrobial, JUNIOR):
            sentence = f"{one.name}是限制使用级抗菌药物,要中级以上职称的医师开。"
            yield Objection(field, sentence, "抗菌药物临床应用管理办法 第二十四条")


def same_diagnosis(wanted: Sequence[str], known: Collection[str]) -> Iterator[Objection]:
    """诊疗办法 art. 16: only the disease that is followed up; 处方办法 art. 6: the diagnosis is
    stated and agrees with the record."""
    if not wanted:
        yield Objection("diagnosis", "请选诊断", "处方管理办法 第六条")
    for one in wanted:
        if one not in known:
            sentence = f"“{one}”不在这次复诊的病历和确诊资料里。"
            yield Objection("diagnosis", sentence, "互联网诊疗管理办法(试行) 第十六条")


def lengths(course: Course, items: Sequence[Item], limits: Params) -> Iterator[Objection]:
    """处方办法 art. 19: seven days, three in an emergency, longer for the chronic, the old and the
    special case, for which the doctor writes the reason."""
    source = "处方管理办法 第十九条"
    if course.urgent and course.long_term:
        yield Objection("urgent", "急诊处方不能是长期处方。", source)
        return
    if course.long_term:
        return
    for one in items:
        field = f"line-{one.place}-days" if course.category is Category.WESTERN else "doses"
        if course.urgent and one.days > limits.emergency_days:
            yield Objection(field, f"急诊处方不超过 {limits.emergency_days} 天。", source)
        elif one.days > limits.long_days:
            sentence = f"{one.days} 天太长:超过 {limits.long_days} 天的要开长期处方。"
            yield Objection(field, sentence, source)
        elif one.days > limits.general_days and len(course.reason) < SHORTEST_REASON:
            sentence = (
                f"一般处方不超过 {limits.general_days} 天。慢性病、老年病或特殊情况要更久的,"
                "请写明理由,或者开长期处方。"
            )
            yield Objection("reason", sentence, source)
        else:
            continue
        return


def long_term(
    doctor: Doctor, course: Course, items: Sequence[Item], limits: Params
) -> Iterator[Objection]:
    """长处方: for whom, by whom, with which drugs, how long, and what four weeks ask for."""
    source = "长期处方管理规范(试行)"
    if not course.stable:
        sentence = "长期处方要诊断明确、用药方案稳定、依从性好、病情控制平稳。请核对后勾选。"
        yield Objection("stable", sentence, source)
    if course.first_long and rank(doctor.title) < INTERMEDIATE:
        sentence = "首次开长期处方,要由中级以上职称的医师开。"
        yield Objection("long_term", sentence, source)
    yield from _not_for_long(course, items, source)
    longest = max((one.days for one in items), default=0)
    if longest > limits.longest_days:
        sentence = f"长期处方最多 {limits.longest_days} 天(12 周)。"
        yield Objection("long_term", sentence, source)
    elif longest > limits.long_days:
        if len(course.assessment) < SHORTEST_REASON:
            sentence = f"超过 {limits.long_days} 天(4 周)的,要写评估:病情怎么样、为什么可以这么久。"
            yield Objection("assessment", sentence, source)
        if course.confirmed not in set(Agreed):
            sentence = "超过 4 周的,要向居民讲清楚,由居民确认。请选怎么确认。"
            yield Objection("confirmed", sentence, source)


def _not_for_long(course: Course, items: Sequence[Item], source: str) -> Iterator[Objection]:
    chronic_infection = any(one[:3].upper() in TUBERCULOSIS for one in course.diagnoses)
    for one in items:
        field = f"line-{one.place}"
        if one.antimicrobial is not Antimicrobial.NONE and not chronic_infection:
            yield Objection(field, f"{one.name}是抗菌药物,不能开长期处方。", source)
        if one.cold_chain:
            sentence = (
                f"{one.name}要冷藏,不能开长期处方。请单独开一张不超过 7 天(或写明理由)的处方。"
            )
            yield Objection(field, sentence, source)
        if one.controlled is not Controlled.NONE:
            yield Objection(field, f"{one.name}是特殊管理的药品,不能开长期处方。", source)


def validity(days: int) -> Iterator[Objection]:
    """处方办法 art. 18: the day of issue; the doctor may name more, at most three days."""
    if not 1 <= days <= MOST_VALID_DAYS:
        sentence = f"处方有效期是 1 到 {MOST_VALID_DAYS} 天。"
        yield Objection("valid_days", sentence, "处方管理办法 第十八条")


def fee_type(fee: str) -> Iterator[Objection]:
    """处方办法 附件1 (处方标准): 费别 stands in the 前记. It says who bears the cost; what is
    charged here is charged in full."""
    if fee not in FEES:
        yield Objection("fee", "请选费别。", "处方管理办法 附件1")


def asks_agreement(*, long_term: bool, longest: int, limits: Params) -> bool:
    """长处方: beyond four weeks the patient confirms."""
    return long_term and longest > limits.long_days


def valid_until(signed_at: datetime, days: int) -> datetime:
    """处方办法 art. 18: the end of the county's day of issue, or of the second or third day."""
    day: date = signed_at.astimezone(SHANGHAI).date() + timedelta(days=days)
    return datetime.combine(day, time(), SHANGHAI)


def over_label(reason: str, *, signed_twice: bool, field: str) -> Iterator[Objection]:
    """处方办法 art. 6: beyond the label's dose the doctor writes why and signs once more."""
    if not reason:
        return
    if len(reason) < SHORTEST_REASON:
        yield Objection(field, "超说明书用量的理由太短。", "处方管理办法 第六条")
    if not signed_twice:
        sentence = "有药品超说明书用量:请核对后勾选再次签名。"
        yield Objection("signed_twice", sentence, "处方管理办法 第六条")
