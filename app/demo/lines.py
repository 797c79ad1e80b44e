"""Twelve weeks of calls from the clinics' lines: fibre, weak 4G, a firewall, a satellite.

What browsers would have said goes through the same scoring and summing up as in a call. The same
dice fall in every demo.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from app.demo.places import demo_id, organization_id
from app.settings import Settings
from core import clock
from rtc.quality.ledger import sample_of
from rtc.quality.models import CallQuality, QualitySample
from rtc.quality.rules import summed_up
from rtc.quality.schemas import Quality

SEED: Final = 20261121
WEEKS: Final = 12
MINUTES_KEPT: Final = timedelta(days=21)
OTHER: Final = demo_id("seat", "the other side")


@dataclass(frozen=True, slots=True)
class Access:
    """How a place is connected: percent lost each way, ms, kbit/s up.

    `rough` is the share of minutes in which it is at its worst. `since` and `until` bound the
    weeks of the demo in which this holds.
    """

    up: float = 0.1
    down: float = 0.1
    rtt: float = 24
    jitter: float = 3
    kbps: int = 760
    rough: float = 0.01
    relayed: bool = False
    protocol: str = "udp"
    since: int = 0
    until: int = WEEKS


FIBRE: Final = Access()
WEAK_4G: Final = Access(up=3, down=1.5, rtt=95, jitter=28, kbps=260, rough=0.3)
FULL_4G: Final = Access(up=0.8, down=0.5, rtt=62, jitter=14, kbps=480, rough=0.07)
ADSL: Final = Access(up=0.6, down=0.2, rtt=48, jitter=8, kbps=380, rough=0.04)
WALLED: Final = Access(rtt=118, jitter=12, kbps=420, rough=0.05, relayed=True, protocol="tcp")
SATELLITE: Final = Access(up=0.4, down=0.4, rtt=460, jitter=14, kbps=300, rough=0.08)
WORSE: Final = tuple(
    Access(
        up=0.2 + week / 4,
        rtt=40 + 6 * week,
        kbps=620 - 25 * week,
        rough=week / 70,
        since=week,
        until=week + 1,
    )
    for week in range(WEEKS)
)
ACCESSES: Final[dict[str, tuple[Access, ...]]] = {
    "YH-H1": (FIBRE,),
    "YH-T1": (FIBRE,),
    "YH-T2": (FIBRE,),
    "YH-T3": (ADSL,),
    "YH-T1-V1": (ADSL,),
    "YH-T1-V2": (FIBRE,),
    "YH-T1-V3": (WEAK_4G,),
    "YH-T1-V4": (FULL_4G,),
    "YH-T2-V1": (FIBRE,),
    "YH-T2-V3": (FULL_4G,),
    "YH-T2-V4": (WALLED,),
    "YH-T3-V1": (FIBRE,),
    "YH-T3-V2": (
        Access(up=4, down=3, rtt=110, jitter=30, kbps=220, rough=0.35, until=8),
        Access(since=8),
    ),
    "YH-T3-V3": (SATELLITE,),
    "YH-T3-V4": WORSE,
}


async def create(settings: Settings) -> None:
    """Remember the calls. Called once, in the county's transaction."""
    dice = random.Random(SEED)  # noqa: S311  (a demo's dice)
    calls: list[CallQuality] = []
    kept: list[QualitySample] = []
    for code, accesses in ACCESSES.items():
        for number, (began, access) in enumerate(_calls(dice, accesses)):
            minutes = _minutes(dice, access, began, demo_id("call", f"{code}/{number}"))
            house = organization_id(code)
            calls.append(_summed(minutes, house))
            if began > clock.now() - MINUTES_KEPT:
                kept.extend(minutes)
    await CallQuality.bulk_create(calls)
    await QualitySample.bulk_create(kept)


def _calls(dice: random.Random, accesses: tuple[Access, ...]) -> Iterator[tuple[datetime, Access]]:
    """One to four a week, in working hours; none in the future."""
    monday = clock.today() - timedelta(days=clock.today().weekday())
    for week in range(WEEKS):
        (access,) = [one for one in accesses if one.since <= week < one.until]
        for _ in range(dice.randint(1, 4)):
            day = monday - timedelta(weeks=WEEKS - 1 - week) + timedelta(days=dice.randint(0, 4))
            at = time(dice.randint(8, 16), dice.randint(0, 59))
            began = datetime.combine(day, at, clock.SHANGHAI)
            if began < clock.now() - timedelta(hours=1):
                yield began, access


def _minutes(
    dice: random.Random, access: Access, began: datetime, room: UUID
) -> list[QualitySample]:
    samples = []
    for minute in range(1, dice.randint(6, 16)):
        sample = sample_of(_report(dice, access), {})
        sample.room_id, sample.seat = room, uuid5(room, "clinic")
        sample.at = began + timedelta(minutes=minute)
        samples.append(sample)
    return samples


def _report(dice: random.Random, access: Access) -> Quality:
    """What a browser says of a minute."""
    rough = dice.random() < access.rough
    loss = dice.uniform(4, 9) if rough else dice.uniform(0.4, 1.6)
    up, down = (min(0.4, share * loss / 100) for share in (access.up, access.down))
    if rough:
        up, down = up + 0.06, down + 0.05
    rtt = access.rtt * dice.uniform(0.85, 1.3) * (1.6 if rough else 1)
    kbps = round(access.kbps * dice.uniform(0.8, 1.1) * (0.5 if rough else 1))
    frozen = round(dice.uniform(3, 14), 1) if rough else 0.0
    width = 640 if kbps > 350 else 320
    return Quality(
        seconds=60,
        cut_s=dice.choice((0, 0, 0, 9)) if rough else 0,
        path="relayed" if access.relayed else "direct",
        protocol=access.protocol,
        rtt_ms=rtt,
        sent=_sent(up, kbps, access, width),
        heard=[_heard(down, kbps, access, width, frozen)],
        down_kbps=round(kbps * 1.1),
    )


def _sent(up: float, kbps: int, access: Access, width: int) -> Any:
    return {
        "packets": round(5000 * (1 - up)),
        "lost": round(5000 * up),
        "kbps": kbps,
        "jitter_ms": access.jitter,
        "width": width,
        "height": width * 9 // 16,
        "fps": 24 if width == 640 else 15,
        "codec": "VP8",
    }


def _heard(down: float, kbps: int, access: Access, width: int, frozen: float) -> Any:
    return {
        "seat": OTHER,
        "voice": {
            "packets": round(3000 * (1 - down)),
            "lost": round(3000 * down),
            "jitter_ms": access.jitter,
            "buffer_ms": 30 + 2 * access.jitter,
            "concealed": min(1.0, down * 0.6),
        },
        "picture": {
            "packets": 4000,
            "lost": round(4000 * down * 0.2),
            "kbps": kbps,
            "fps": (24 if width == 640 else 15) * (1 - frozen / 60),
            "width": width,
            "height": width * 9 // 16,
            "codec": "VP8",
            "freezes": round(frozen / 3),
            "frozen_s": frozen,
        },
    }


def _summed(minutes: list[QualitySample], house: UUID) -> CallQuality:
    return CallQuality(
        room_id=minutes[0].room_id,
        seat=minutes[0].seat,
        organization_id=house,
        part="doctor",
        **summed_up(minutes),
    )
