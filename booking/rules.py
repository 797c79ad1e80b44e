"""Who may have which place, until when, and what follows. Pure decisions with their sources.

Sources: 卫医管发〔2009〕95号 (booking by real name); 国卫办医函〔2020〕405号 (time slots,
examinations); 国办发〔2017〕32号 (patients referred from below come first). No national number
exists for windows, limits and missed appointments: those are `Params`, settings of the house.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from booking.models import Channel, Pool
from core.clock import SHANGHAI
from core.quiet import Quiet


@dataclass(frozen=True, slots=True)
class Params:
    """What the outpatient office decides. Defaults: common practice, domain facts §6 and §12."""

    window_days: int = 14  # 7 or 14 days ahead
    release_time: time = time(0, 0)  # when a new day opens
    pay_minutes: int = 15  # a hold without payment
    offer_minutes: int = 30  # an offer to the first in line
    cancel_days_before: int = 1  # free cancellation: working days before,
    cancel_until: time = time(15, 0)  # at this time
    per_day: int = 2  # live appointments of one patient on one day
    ahead: int = 4  # and altogether
    misses: int = 3  # so many missed
    misses_days: int = 90  # within so many days
    block_days: int = 90  # close the public pool for so long
    quota_return_hours: int = 24  # unused kept places go to the public pool, T-24 h
    late_minutes: int = 120  # after the slot's end it counts as missed
    early_minutes: int = 90  # check-in opens before the slot's start
    exam_walk_minutes: int = 10  # from one examination to the next
    exam_bladder_minutes: int = 60  # to drink, after one that forbids it
    exam_contrast_days: int = 1  # between two contrast media
    exam_fasting_until: time = time(11, 0)  # nobody is asked to fast longer
    quiet: Quiet = field(default_factory=Quiet)  # nobody has to answer an offer then


KEPT: Final = frozenset({Pool.GRASSROOTS, Pool.FAMILY_DOCTOR})
"""Pools whose unused places return to the public one (domain facts §4: T-24 h, param)."""

BLOCKABLE: Final = frozenset({Pool.PUBLIC})
"""Missed appointments close only these: never emergency, referral or on-site registration (§6)."""

POOLS: Final[Mapping[Channel, frozenset[Pool]]] = {
    Channel.RESIDENT: frozenset({Pool.PUBLIC}),
    Channel.VILLAGE: frozenset({Pool.PUBLIC, Pool.GRASSROOTS, Pool.FAMILY_DOCTOR}),
    Channel.COUNTER: frozenset({Pool.PUBLIC, Pool.ONSITE}),
    Channel.DOCTOR: frozenset({Pool.FOLLOWUP}),
}
POOL_WORDS: Final[Mapping[Pool, str]] = {
    Pool.PUBLIC: "普通号",
    Pool.GRASSROOTS: "基层转诊号",
    Pool.FAMILY_DOCTOR: "家庭医生号",
    Pool.ONSITE: "现场号(老人优先)",
    Pool.FOLLOWUP: "医生约的复诊号",
}
POOL_SHORT: Final[Mapping[Pool, str]] = {
    Pool.PUBLIC: "普通",
    Pool.GRASSROOTS: "基层",
    Pool.FAMILY_DOCTOR: "家医",
    Pool.ONSITE: "现场",
    Pool.FOLLOWUP: "复诊",
}
PREREQUISITES: Final[Mapping[str, tuple[str, str]]] = {
    "fasting": ("空腹", "检查前一晚 10 点后不要吃东西,早上不吃早饭、不喝水。"),
    "bladder": ("憋尿", "检查前 1 小时喝 3 到 4 杯水,憋住小便。"),
    "contrast_consent": ("造影剂同意书", "要用造影剂,检查前由医生讲清楚并签同意书。"),
    "creatinine": ("肌酐化验", "近 7 天内做过肌酐化验,带上化验单。"),
    "metal": ("体内没有金属", "没有心脏起搏器、金属支架、钢板等;有的话先告诉医生。"),
}
LONGEST_SLOT_MIN: Final = 30
"""Level-2+ hospitals book in slots of at most 30 min (Beijing's rule; nationally encouraged)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a stable code, and what the person can do."""

    code: str
    sentence: str


def released(day: date, params: Params) -> datetime:
    """When the places of a day open for booking."""
    return datetime.combine(day - timedelta(days=params.window_days), params.release_time, SHANGHAI)


def returns_at(pool: Pool, starts_at: datetime, params: Params) -> datetime | None:
    """When unused places of a kept pool go to the public one."""
    return starts_at - timedelta(hours=params.quota_return_hours) if pool in KEPT else None


def cancel_until(starts_at: datetime, params: Params, *, closed: Collection[date] = ()) -> datetime:
    """Until when it is cancelled freely: working days before, at a time (§6, example hospital)."""
    day, left = starts_at.astimezone(SHANGHAI).date(), params.cancel_days_before
    while left:
        day -= timedelta(days=1)
        if day.weekday() < 5 and day not in closed:
            left -= 1
    return datetime.combine(day, params.cancel_until, SHANGHAI)


def offer_until(moment: datetime, starts_at: datetime, params: Params) -> datetime:
    """Until when an offer to the first in line stands; the time counts from when people are up.

    A release at midnight gives unpaid places back a quarter of an hour later: whoever sleeps then
    does not lose their turn. No offer outlives the visit's beginning.
    """
    from_then = params.quiet.until(moment) or moment
    return min(from_then + timedelta(minutes=params.offer_minutes), starts_at)


def blocked_until(misses: Sequence[datetime], params: Params) -> datetime | None:
    """Until when the public pool is closed to somebody with these unexcused misses."""
    ordered = sorted(misses)
    within, found = timedelta(days=params.misses_days), None
    for first, last in zip(ordered, ordered[params.misses - 1 :], strict=False):
        if last - first <= within:
            found = last + timedelta(days=params.block_days)
    return found


@dataclass(frozen=True, slots=True)
class Other:
    """Another live appointment of the same patient."""

    group: str
    day: date
    starts_at: datetime
    ends_at: datetime


ONLINE_BY: Final = frozenset({Channel.RESIDENT, Channel.DOCTOR})
"""Who may take a place of an online clinic. The resident is informed and agrees before each visit,
and shows the diagnosis, in person and by their own account (医院办法 art. 18, 监管细则)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for."""

    channel: Channel
    pool: Pool
    group: str
    day: date
    starts_at: datetime
    ends_at: datetime
    release_at: datetime
    online: bool = False
    needs: Sequence[str] = ()
    confirmed: Collection[str] = ()


def why_not_slot(asked: Asked, now: datetime) -> Refusal | None:
    """Why this slot is not for booking now, whoever asks."""
    if asked.pool not in POOLS[asked.channel]:
        return Refusal("pool_closed", "这类号源不能从这里预约,请选别的号。")
    if asked.channel is not Channel.COUNTER and asked.starts_at <= now:
        return Refusal("slot_past", "这个时间已经过了,请选后面的时间。")
    if asked.ends_at <= now:
        return Refusal("slot_past", "这个时间已经过了,请选后面的时间。")
    if asked.release_at > now:
        return Refusal("not_released", "这一天的号还没有放出来,请到放号时间再约。")
    missing = [need for need in asked.needs if need not in asked.confirmed]
    if missing:
        names = "、".join(PREREQUISITES[need][0] for need in missing)
        return Refusal("prerequisites", f"请先确认检查要求:{names}。")
    return None


def why_not_channel(asked: Asked) -> Refusal | None:
    """Why nobody can take it there for somebody else. Moving what was taken is no new taking."""
    if asked.online and asked.channel not in ONLINE_BY:
        return Refusal("own_phone", "在线复诊要本人用手机约,也在手机上看。在这里请约门诊号。")
    return None


def why_not_patient(
    asked: Asked, others: Sequence[Other], misses: Sequence[datetime], now: datetime, params: Params
) -> Refusal | None:
    """Why this patient may not have it: one of a kind a day, no overlap, limits, missed ones."""
    if any(o.group == asked.group and o.day == asked.day for o in others):
        return Refusal("already_booked", "这位居民当天在这个科室已经有预约,不用重复约。")
    if any(o.starts_at < asked.ends_at and asked.starts_at < o.ends_at for o in others):
        return Refusal("overlaps", "这位居民在这个时间已经有别的预约,请换一个时间。")
    if asked.channel is Channel.COUNTER:
        return None
    if sum(o.day == asked.day for o in others) >= params.per_day:
        return Refusal("day_limit", f"一个人一天最多约 {params.per_day} 个号。")
    if len(others) >= params.ahead:
        return Refusal("limit", f"一个人最多同时约 {params.ahead} 个号,看完或取消后再约。")
    until = blocked_until(misses, params) if asked.pool in BLOCKABLE else None
    if until and until > now:
        day = until.astimezone(SHANGHAI)
        return Refusal(
            "blocked",
            f"因为约了没有来满 {params.misses} 次,{day.month}月{day.day}日前不能预约普通号。"
            "有特殊原因可以申诉;急诊、转诊和现场挂号不受影响。",
        )
    return None


def why_not_cancel(
    starts_at: datetime, free_until: datetime, now: datetime, *, staff: bool, office: bool
) -> Refusal | None:
    """Patients cancel until the free time ends, clinics until it begins, the office always."""
    if office or now <= free_until:
        return None
    if now >= starts_at:
        return Refusal("too_late", "已经到就诊时间,请联系门诊办处理。")
    if not staff:
        return Refusal("too_late", "已经过了自行取消的时间,请打电话给村医或门诊办取消。")
    return None


def why_not_check_in(starts_at: datetime, now: datetime, params: Params) -> Refusal | None:
    """Too early at the door."""
    opens = starts_at - timedelta(minutes=params.early_minutes)
    if now < opens:
        local = opens.astimezone(SHANGHAI)
        return Refusal(
            "too_early", f"还没到签到时间,请在 {local.month}月{local.day}日 {local:%H:%M} 后签到。"
        )
    return None


def place_in_queue(starts_at: datetime, ends_at: datetime, arrived: datetime) -> datetime:
    """The queue is by booked time; who comes after it ended is sorted in at arrival."""
    return arrived if arrived > ends_at else starts_at


def pools_fit(places: Mapping[str, int]) -> bool:
    """Whether a template's places make sense: known pools, none negative, at least one."""
    known = {pool.value for pool in Pool}
    return (
        set(places) <= known and all(n >= 0 for n in places.values()) and sum(places.values()) > 0
    )
