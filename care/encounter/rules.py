"""What the law allows in an online follow-up visit; no I/O.

Sources: 诊疗办法 = 互联网诊疗管理办法(试行), 医院办法 = 互联网医院管理办法(试行), both 国卫医发
〔2018〕25号; 监管细则 = 互联网诊疗监管细则(试行) 国卫办医发〔2022〕2号. Numbers without a national
rule are parameters (`policy`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from care.encounter.models import Verdict
from care.encounter.states import MEANS, Status
from core import clock
from people.ages import years
from people.models import Licence

INDEPENDENT_YEARS: Final = 3
CHILD_YEARS: Final = 6
PEDIATRICS: Final = "pediatrics"
SHORTEST_REASON: Final = 4
KEEP_PROCESS_YEARS: Final = 3


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a stable code, the sentence for the person, and the article it rests on."""

    code: str
    sentence: str
    source: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One piece of evidence as the rule sees it; `icd10` is empty where nobody coded it."""

    visit_date: date
    icd10: str = ""
    has_file: bool = False
    of_the_county: bool = False


def doctor_may(licence: Licence, practising_since: date | None, today: date) -> Refusal | None:
    """诊疗办法 art. 25: a lawful licence and three years of independent clinical work; a 乡村医生
    alone may not (domain facts §1.2)."""
    source = "互联网诊疗管理办法(试行) 第二十五条"
    if licence is Licence.VILLAGE_DOCTOR:
        sentence = "乡村医生不能单独开在线复诊,可以陪同居民向上级医生求助。"
        return Refusal("village_doctor", sentence, source)
    if licence is not Licence.PHYSICIAN:
        return Refusal("no_licence", "在线复诊由执业医师进行。", source)
    if practising_since is None or years(practising_since, today) < INDEPENDENT_YEARS:
        sentence = "开在线复诊要独立从事临床工作满 3 年(看登记的执业起始日期)。"
        return Refusal("too_short", sentence, source)
    return None


def category(icd10: str) -> str:
    """I10 of I10.x00: the three signs that name the disease."""
    return icd10[:3].upper()


def same_diagnosis(wanted: Sequence[str], found: str) -> bool:
    """诊疗办法 art. 16: only the same diagnosis. Without a code on either side a person judges."""
    return not wanted or not found or category(found) in {category(one) for one in wanted}


def counts(proof: Proof, wanted: Sequence[str], today: date, days: int) -> bool:
    """Whether this can carry a follow-up: in time, same diagnosis, and a paper behind it."""
    in_time = timedelta(0) <= today - proof.visit_date <= timedelta(days=days)
    return (
        in_time and (proof.has_file or proof.of_the_county) and same_diagnosis(wanted, proof.icd10)
    )


def why_no_follow_up(
    proofs: Iterable[Proof], wanted: Sequence[str], today: date, days: int
) -> Refusal | None:
    """诊疗办法 art. 16 and 监管细则: no first visits; the patient brings a record with a clear
    diagnosis. A tick in a box is none. How old it may be is a parameter."""
    if any(counts(proof, wanted, today, days) for proof in proofs):
        return None
    return Refusal(
        "no_evidence",
        f"在线只能复诊。请先添加最近 {days} 天内医院确诊这个病的病历、出院小结或诊断证明(拍照)。"
        "没有的话,请先到医院看。",
        "互联网诊疗管理办法(试行) 第十六条",
    )


def needs_guardian(birth_date: date, today: date) -> bool:
    """诊疗办法 art. 19: under six full years, by birth date."""
    return years(birth_date, today) < CHILD_YEARS


def why_no_guardian(birth_date: date, today: date, *, by: str, present: bool) -> Refusal | None:
    """诊疗办法 art. 19: a child under six comes with a guardian. `by` is the account's relation."""
    if not needs_guardian(birth_date, today):
        return None
    source = "互联网诊疗管理办法(试行) 第十九条"
    if by not in ("child", "ward"):
        return Refusal("guardian_only", "不满 6 岁的孩子,要由监护人来申请。", source)
    if not present:
        sentence = "不满 6 岁的孩子看病,监护人要全程陪着。请确认您会一直陪着孩子。"
        return Refusal("guardian_absent", sentence, source)
    return None


def specialty_fits(specialty: str, *, child: bool, accompanied_by: str = "") -> bool:
    """诊疗办法 art. 19: for a child under six a doctor of the relevant specialty is there: the one
    who sees the child, or one who accompanies."""
    return not child or specialty == PEDIATRICS or bool(accompanied_by)


def why_not_verdict(verdict: Verdict, evidence: Refusal | None) -> Refusal | None:
    """监管细则: the doctor judges on evidence; without any nobody can find a follow-up."""
    return evidence if verdict is Verdict.ELIGIBLE else None


def why_not_finish(verdict: Verdict | None) -> Refusal | None:
    """监管细则: whether it is a follow-up is judged in every visit; what is not one is stopped."""
    source = "互联网诊疗监管细则(试行) 第三章"
    if verdict is None:
        return Refusal("no_verdict", "请先判断是否符合复诊,再结束。", source)
    if verdict is not Verdict.ELIGIBLE:
        return Refusal("not_eligible", "判断为不符合复诊,请用“终止,转到医院看”。", source)
    return None


def why_not_end(*, noted: bool) -> Refusal | None:
    """监管细则: every visit leaves a note in the form of the house's own, signed by its doctor."""
    if noted:
        return None
    sentence = "请先写好病历并签名,再结束。"
    return Refusal("no_note", sentence, "互联网诊疗监管细则(试行) 第三章")


def why_no_note(
    status: Status,
    main: Sequence[Mapping[str, str]],
    proven: Sequence[tuple[str, str]],
    same_why: str,
) -> Refusal | None:
    """诊疗办法 art. 16: the main diagnosis is the one that was proven (code or name), or the doctor
    says in words why it is the same. A terminated visit may find another one: that is why it ended.
    """
    if status is Status.TERMINATED or not main or len(same_why) >= SHORTEST_REASON:
        return None
    code, name = main[0]["icd10"], main[0]["name"]
    for known, text in proven:
        if (code and known and category(code) == category(known)) or name == text:
            return None
    return Refusal(
        "another_diagnosis",
        "主要诊断和确诊资料上的不一样。是同一个病,请写明为什么;不是同一个病或者病情变了,"
        "不能在网上看,请用“不适合在网上看,终止”。",
        "互联网诊疗管理办法(试行) 第十六条",
    )


def why_not_prescribe(
    status: Status,
    verdict: Verdict | None,
    *,
    child: bool,
    guardian_confirmed: bool,
    specialty: str,
    accompanied_by: str = "",
    rewriting: bool = False,
) -> Refusal | None:
    """Whether anything may be prescribed in this visit, asked before every draft and signature.

    诊疗办法 art. 16 (a terminated visit carries none; same diagnosis), art. 19 (under six);
    监管细则 (the verdict comes first, and nothing before or after the visit). What a pharmacist
    returned is rewritten by its doctor also when the visit is over (审核规范): `rewriting`.
    """
    if status is Status.TERMINATED:
        sentence = "这次复诊已经终止,不能开处方。请居民到医院就诊。"
        return Refusal("terminated", sentence, "互联网诊疗管理办法(试行) 第十六条")
    if not MEANS[status].prescribe and not (rewriting and status is Status.FINISHED):
        sentence = "只有接诊中可以开处方。"
        return Refusal("not_in_progress", sentence, "互联网诊疗监管细则(试行) 第三章")
    if refused := why_not_finish(verdict):
        return refused
    if child and not guardian_confirmed:
        sentence = "孩子不满 6 岁:请先确认监护人在场。"
        return Refusal("guardian_absent", sentence, "互联网诊疗管理办法(试行) 第十九条")
    if not specialty_fits(specialty, child=child, accompanied_by=accompanied_by):
        sentence = "孩子不满 6 岁:要有儿科医生接诊或陪同。"
        return Refusal("no_specialist", sentence, "互联网诊疗管理办法(试行) 第十九条")
    return None


def keep_process_until(ended: datetime) -> datetime:
    """监管细则: text, pictures, sound and picture of the process three years."""
    return clock.years_later(ended, KEEP_PROCESS_YEARS)
