"""The outpatient clinics of 云河县: schedules for the next 14 days, and a day under way."""

from typing import Any, Final

from app.demo.places import demo_id, organization_id
from app.demo.residents import patient_id
from app.demo.staff import practitioner_id
from app.demo.teleconsultation import actor
from app.settings import Settings
from booking import schedules, service
from booking.models import ActorKind, Channel, Payment, Pool, Schedule, ServiceType, Slot
from booking.models import WeeklyHours as Hours
from core import clock
from core.errors import Conflict

MORNING: Final = (8 * 60, 12 * 60)
AFTERNOON: Final = (14 * 60, 17 * 60)
DOCTORS: Final = (
    ("county1", "刘明华", "cardiology", "门诊楼 2 层 203", 1500),
    ("county2", "孙雅琴", "endocrinology", "门诊楼 2 层 207", 2000),
    ("county4", "钱文博", "cardiology", "门诊楼 2 层 205", 800),
)
PLACES: Final = {"public": 3, "grassroots": 1, "family_doctor": 1, "onsite": 1, "followup": 1}
EXAMS: Final = (
    ("pelvic", "盆腔彩超", "医技楼 1 层 103", 11000, ["bladder"]),
    ("ct", "增强 CT", "医技楼 1 层 108", 45000, ["contrast_consent", "creatinine"]),
)
BOOKED: Final = (0, 3, 5, 8, 11, 14)


async def create(settings: Settings) -> None:
    """Called once, in the county's transaction."""
    for username, name, department, place, fee in DOCTORS:
        await clinic(
            username,
            name,
            department,
            kind=ActorKind.DOCTOR,
            practitioner_id=practitioner_id(username),
            place=place,
            fee_fen=fee,
        )
    await clinic(
        "township1",
        "陈志远",
        "general_practice",
        house="YH-T1",
        kind=ActorKind.DOCTOR,
        practitioner_id=practitioner_id("township1"),
        place="卫生院 1 楼全科诊室",
    )
    await clinic(
        "ultrasound",
        "彩超 1 室",
        "radiology",
        kind=ActorKind.DEVICE,
        service_type=ServiceType.EXAM,
        place="医技楼 1 层 102",
        fee_fen=12000,
        needs=["fasting"],
        places={"public": 2, "grassroots": 1},
    )
    for code, name, place, fee, needs in EXAMS:
        await clinic(
            code,
            name,
            "radiology",
            kind=ActorKind.DEVICE,
            service_type=ServiceType.EXAM,
            place=place,
            fee_fen=fee,
            needs=needs,
            places={"public": 2, "grassroots": 1},
        )
    await _neighbours()


async def clinic(
    code: str,
    name: str,
    department: str,
    *,
    house: str = "YH-H1",
    hours: tuple[tuple[int, int], ...] = (MORNING, AFTERNOON),
    places: dict[str, int] | None = None,
    **more: Any,
) -> None:
    """A schedule with the same hours every day, and its places of the next 14 days."""
    row = await Schedule.create(
        id=demo_id("schedule", code),
        organization_id=organization_id(house),
        name=name,
        department=department,
        created_at=clock.now(),
        **({"service_type": ServiceType.VISIT} | more),
    )
    for weekday in range(7):
        for opens, closes in hours:
            await Hours.create(
                schedule_id=row.id,
                weekday=weekday,
                opens=opens,
                closes=closes,
                slot_minutes=30,
                places=places or PLACES,
            )
    await schedules.build(row)


async def _neighbours() -> None:
    """Some residents of 大槐树村 whom their village doctor has booked."""
    who, day = await actor("village1"), clock.today()
    schedule = demo_id("schedule", "county1")
    slots = await (
        Slot.filter(schedule_id=schedule, pool=Pool.PUBLIC, day__gt=day)
        .order_by("starts_at")
        .limit(len(BOOKED))
    )
    for number, slot in zip(BOOKED, slots, strict=False):
        try:
            await service.hold(
                who,
                slot_id=slot.id,
                patient_id=patient_id("YH-T1-V1", number),
                channel=Channel.VILLAGE,
                payment=Payment.AT_VISIT,
            )
        except Conflict:
            continue
