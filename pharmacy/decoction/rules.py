"""How long things soak and boil, how well they are weighed, and how much comes out.

医疗机构中药煎药室管理规范 (国中医药发〔2009〕3号): soak at least 30 minutes. Two boils, after
boiling 20-30 minutes, for exterior, heat-clearing and aromatic ones 15-20, for tonic ones 40-60,
the second a little shorter. What goes in late (后下) 5-10 minutes before the end, what goes in
first (先煎) 10-15 minutes before the rest. 400-600 ml a dose for adults, 100-300 for children, in
two equal bags. 医院中药饮片管理规范 (2007): a dose weighs within ±5 % of the prescription. Pure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from core.errors import FieldError
from pharmacy.decoction.states import Status


class Boil(StrEnum):
    """How a prescription is boiled; the pharmacist says which."""

    ORDINARY = "ordinary"
    LIGHT = "light"  # 解表、清热、芳香
    TONIC = "tonic"  # 滋补


@dataclass(frozen=True, slots=True)
class Params:
    """Minutes, those of the national text unless the house has decided. `again_share`: the second
    boil is at least so many per cent of the first."""

    soak_min: int = 30
    first_min: int = 15
    late_min: int = 5
    again_share: int = 75


BOILS: Final = {Boil.ORDINARY: (20, 30), Boil.LIGHT: (15, 20), Boil.TONIC: (40, 60)}
"""Minutes after boiling, from and to."""
ADULT_ML: Final = (400, 600)
CHILD_ML: Final = (100, 300)
TOLERANCE: Final = Decimal("0.05")
BAGS_A_DOSE: Final = 2
FIRST: Final = "先煎"
LATE: Final = "后下"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What a decoction's clocks stand on. `first` and `late`: whether such pieces are in it."""

    status: Status
    boil: Boil
    first: bool
    late: bool
    soak_began_at: datetime | None = None
    boil_began_at: datetime | None = None
    added_at: datetime | None = None
    again_began_at: datetime | None = None


def not_before(clocks: Clocks, params: Params) -> datetime | None:
    """When the running stage may end at the earliest; None while no clock runs."""
    if clocks.status is Status.SOAKING and clocks.soak_began_at:
        return clocks.soak_began_at + timedelta(minutes=params.soak_min)
    if clocks.status is Status.BOILING and clocks.boil_began_at:
        ends = clocks.boil_began_at + timedelta(minutes=boil_minutes(clocks, params))
        if clocks.added_at is None:
            return ends
        return max(ends, clocks.added_at + timedelta(minutes=params.late_min))
    if clocks.status is Status.BOILING_AGAIN and clocks.again_began_at:
        shortest = -(-BOILS[clocks.boil][0] * params.again_share // 100)
        return clocks.again_began_at + timedelta(minutes=shortest)
    return None


def boil_minutes(clocks: Clocks, params: Params) -> int:
    """The shortest first boil; pieces that go in first come on top."""
    return BOILS[clocks.boil][0] + (params.first_min if clocks.first else 0)


def add_late_at(clocks: Clocks, params: Params) -> datetime | None:
    """When what goes in late is to be added; None when there is none or it is in."""
    if clocks.status is not Status.BOILING or not clocks.late or clocks.added_at:
        return None
    if clocks.boil_began_at is None:
        return None
    minutes = boil_minutes(clocks, params) - params.late_min
    return clocks.boil_began_at + timedelta(minutes=minutes)


def refusal(clocks: Clocks, action: str, now: datetime, params: Params) -> str:
    """Why this step may not be taken yet, in words; empty: it may."""
    if action not in ("boil", "boil_again", "pack"):
        return ""
    if action == "boil_again" and clocks.late and not clocks.added_at:
        return "后下的药还没有下锅。"
    until = not_before(clocks, params)
    if until is None or now >= until:
        return ""
    left = -(-int((until - now).total_seconds()) // 60)
    return f"还差 {left} 分钟,时间到了才能进行下一步。"


def weighed_well(expected_g: Decimal, weighed_g: Decimal) -> bool:
    """医院中药饮片管理规范: a dose is within ±5 %."""
    return abs(weighed_g - expected_g) <= expected_g * TOLERANCE


def findings_of_packing(
    *, doses: int, child: bool, yield_ml: int, bags: int, reason: str
) -> list[FieldError]:
    """What is wrong with what came out; an unusual volume needs a reason."""
    found = []
    if bags != doses * BAGS_A_DOSE:
        found.append(FieldError("bags", f"{doses} 剂应装 {doses * BAGS_A_DOSE} 袋"))
    least, most = CHILD_ML if child else ADULT_ML
    if not least * doses <= yield_ml <= most * doses and len(reason) < 2:
        usual = f"每剂 {least}–{most} 毫升,共 {least * doses}–{most * doses} 毫升"
        found.append(FieldError("yield_ml", f"{usual};确实不同,请写明原因"))
    return found
