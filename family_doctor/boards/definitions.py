"""What each number of the boards means, once: pages, files and tests read it here.

公卫规范 = 国家基本公共卫生服务规范(第三版) 2017, 高血压 and 2型糖尿病患者健康管理, 工作指标. Where
it leaves something open the words say how we read it (docs/adr/0062).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from family_doctor import words
from family_doctor.packages.models import Group


class Kind(StrEnum):
    """How a number is shown."""

    COUNT = "count"
    RATE = "rate"
    MINUTES = "minutes"  # of waits; the numerator names the share of them that lies below


class Room(StrEnum):
    """The part of a board it stands in."""

    CONTRACTS = "contracts"
    FULFILMENT = "fulfilment"
    HYPERTENSION = "hypertension"
    DIABETES = "diabetes"
    FOLLOW_UPS = "follow_ups"
    ALERTS = "alerts"


ROOMS: Final = {
    Room.CONTRACTS: "签约",
    Room.FULFILMENT: "履约",
    Room.HYPERTENSION: "高血压",
    Room.DIABETES: "2 型糖尿病",
    Room.FOLLOW_UPS: "随访",
    Room.ALERTS: "危急值",
}


@dataclass(frozen=True, slots=True)
class Definition:
    """One number. `top` and `bottom` name what `numbers` counts; `numerator` and `denominator`
    say it in words, `source` where it is taken from, `period` when, `basis` who wants it so.
    `people`: the relation behind it, empty where there is no list."""

    code: str
    room: Room
    name: str
    kind: Kind
    unit: str
    top: str
    bottom: str
    numerator: str
    denominator: str
    source: str
    period: str
    basis: str
    people: str = ""

    @property
    def words(self) -> list[tuple[str, str]]:
        """怎么算的, line by line; lines without words are left out."""
        lines = (
            ("分子" if self.denominator else "数的是", self.numerator),
            ("分母", self.denominator),
            ("数据来自", self.source),
            ("时间", self.period),
            ("依据", self.basis),
        )
        return [(label, text) for label, text in lines if text]


AT_END: Final = "期末那一天"
WITHIN: Final = "本期以内"
TWELVE: Final = "期末往前 12 个月;看全年时就是这一年"
LAW: Final = "国家基本公共卫生服务规范(第三版),"
OURS: Final = "国家没有规定公式,这是本县的算法"
CONTRACTS: Final = "家庭医生签约"
SIGNED: Final = "国卫基层发〔2018〕35 号、〔2022〕10 号"


def _count(
    code: str, room: Room, name: str, words: str, source: str, period: str, **more: str
) -> Definition:
    given = {"unit": "人", "top": code, "basis": "", "people": ""} | more
    return Definition(
        code=code, room=room, name=name, kind=Kind.COUNT, bottom="", numerator=words,
        denominator="", source=source, period=period, **given,
    )  # fmt: skip


def _contracts() -> Iterator[Definition]:
    yield _count(
        "signed", Room.CONTRACTS, "签约居民", "签约在有效期内的居民", CONTRACTS, AT_END,
        basis=SIGNED, people="contracts",
    )  # fmt: skip
    yield Definition(
        "paid", Room.CONTRACTS, "有偿签约率", Kind.RATE, "人", "paid", "signed",
        "签约的服务包里有收费的居民", "签约居民", CONTRACTS, AT_END, SIGNED, "contracts",
    )  # fmt: skip
    yield _count(
        "fresh", Room.CONTRACTS, "本期新签", "本期开始生效、不是和同一团队续签、期末仍有效的居民",
        CONTRACTS, WITHIN, people="contracts",
    )  # fmt: skip
    for group in Group:
        name = words.GROUPS[group]
        yield _count(
            f"group_{group}", Room.CONTRACTS, f"{name}服务包",
            f"签约里有{name}服务包的居民;一个人可以有几个包", CONTRACTS, AT_END,
            top=f"group.{group}", people="groups",
        )  # fmt: skip


FULFILMENT: Final = Definition(
    "fulfilment", Room.FULFILMENT, "履约率", Kind.RATE, "次", "done", "due",
    "已经做了的次数;一项多做的不抵别的项,居民说没做过的不算",
    "到期末应做的次数:每项一年的次数,按生效后过去的天数平均分",
    "签约服务项目和履约记录", "生效到期末", OURS, "fulfilment",
)  # fmt: skip


def _disease(code: str, room: Room, name: str, goal: str, chapter: str) -> Iterator[Definition]:
    plans = "慢病管理档案、随访表"
    yield Definition(
        f"{code}_managed", room, f"{name}管理率", Kind.RATE, "人",
        f"{code}.managed", f"{code}.known",
        f"纳入{name}管理、没有结案的人(暂停的也算)",
        "已知的患者:纳入管理的,加上健康档案有诊断、35 岁以上、没有纳入的签约居民",
        "慢病管理档案、健康档案、签约", AT_END,
        "只在签约居民里数,不按患病率估算全县患者", "known",
    )  # fmt: skip
    yield Definition(
        f"{code}_standard", room, f"{name}规范管理率", Kind.RATE, "人",
        f"{code}.standard", f"{code}.managed",
        "12 个月里面对面随访(门诊、上门)满 4 次的人;纳入不满一年的,满 9 个月要 3 次,"
        "满 6 个月要 2 次,其余 1 次。电话和视频不算,年度体检另记",
        f"纳入{name}管理、没有结案的人", plans, TWELVE,
        f"{LAW}{chapter}:规范管理率;纳入不满一年的次数是本县的算法", "care",
    )  # fmt: skip
    yield Definition(
        f"{code}_control", room, f"{name}控制率", Kind.RATE, "人",
        f"{code}.goal", f"{code}.managed",
        f"12 个月里最近一次随访{goal}的人;没有随访的、最近一次没有测的,算没有达标",
        f"纳入{name}管理、没有结案的人", plans, TWELVE,
        f"{LAW}{chapter}:管理人群控制率", "care",
    )  # fmt: skip


def _follow_ups() -> Iterator[Definition]:
    yield Definition(
        "late", Room.FOLLOW_UPS, "随访超期率", Kind.RATE, "人", "late", "in_care",
        "有随访或检查过了最晚日期还没有做的人", "纳入任何一项管理、没有结案的人",
        "随访任务、慢病和体检管理档案", AT_END, OURS, "late",
    )  # fmt: skip
    yield _count(
        "met", Room.FOLLOW_UPS, "完成随访", "本期做的随访,门诊、上门、电话、视频都算",
        "随访表", WITHIN, unit="次", people="follow_ups",
    )  # fmt: skip
    yield Definition(
        "face", Room.FOLLOW_UPS, "面对面随访占比", Kind.RATE, "次", "face", "met",
        "门诊和上门的随访;视频算不算面对面还没有定论,不算在内", "本期做的全部随访",
        "随访表", WITHIN, f"{LAW}每年至少 4 次面对面随访", "follow_ups",
    )  # fmt: skip


def _alerts() -> Iterator[Definition]:
    rows, basis = "危急值提醒", "医疗质量安全核心制度要点(2018):危急值要有人接;分钟数是本县定的"
    yield _count(
        "alerts", Room.ALERTS, "危急值", "本期居民在家测到的危急值", rows, WITHIN,
        unit="次", basis=basis, people="alerts",
    )  # fmt: skip
    yield Definition(
        "in_time", Room.ALERTS, "按时接的", Kind.RATE, "次", "in_time", "alerts",
        "测到以后,在请责任医生之前就有人复述并接下的(默认 10 分钟)", "本期全部危急值,没人接的也算",
        rows, WITHIN, basis, "alerts",
    )  # fmt: skip
    for code, name, share in (("median", "一半在", 50), ("p90", "九成在", 90)):
        yield Definition(
            f"wait_{code}", Room.ALERTS, f"{name}几分钟内接", Kind.MINUTES, "分钟",
            str(share), "answered",
            f"从测到到有人接的分钟数,从小到大排,第 {share} % 的那一个", "本期有人接了的危急值",
            rows, WITHIN, basis, "alerts",
        )  # fmt: skip


DEFINITIONS: Final = (
    *_contracts(),
    FULFILMENT,
    *_disease(
        "hypertension", Room.HYPERTENSION, "高血压",
        "血压低于 140/90(65 岁起低于 150/90,个人目标更低的按个人目标)",
        "高血压患者健康管理",
    ),
    *_disease(
        "diabetes", Room.DIABETES, "糖尿病", "空腹血糖低于 7.0 mmol/L", "2型糖尿病患者健康管理"
    ),
    *_follow_ups(),
    *_alerts(),
)  # fmt: skip
BY_CODE: Final = {one.code: one for one in DEFINITIONS}
