"""A small outpatient office: one doctor's clinic with slots, residents, and people at work."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from app.demo import people as demo
from booking import reconcile, schedules
from booking.models import ActorKind, Pool, Schedule, ServiceType, Slot, WeeklyHours
from core import clock as time
from people.models import Patient, Sex
from tests.plumbing.actors import actor

__all__ = ["actor"]


@pytest.fixture
async def staff(database):
    """The county's organizations and staff, without the application around them."""
    await demo.found_organizations()
    await demo.hire_staff()


async def new_patients(count, *, clinic="YH-T1-V1"):
    """Residents of village1's clinic, nobody in particular."""
    rows = [
        Patient(
            id=uuid4(),
            name="王秀兰",
            sex=Sex.FEMALE,
            birth_date=date(1957, 3, 2),
            village="大槐树村",
            managing_organization_id=demo.organization_id(clinic),
            created_at=time.now(),
            created_by=demo.practitioner_id("village1"),
        )
        for _ in range(count)
    ]
    await Patient.bulk_create(rows)
    return rows


async def new_schedule(doctor="county1", *, fee_fen=0, department="cardiology", **changes):
    """A doctor's clinic, without hours."""
    person = demo.practitioner_id(doctor)
    values = {
        "organization_id": demo.organization_id("YH-H1"),
        "kind": ActorKind.DOCTOR,
        "practitioner_id": person,
        "name": doctor,
        "department": department,
        "service_type": ServiceType.VISIT,
        "place": "门诊楼 2 层 203",
        "fee_fen": fee_fen,
        "created_at": time.now(),
    }
    return await Schedule.create(**(values | changes))


async def new_slot(schedule, starts_at, *, places=1, pool=Pool.PUBLIC, minutes=30, **changes):
    """One slot, released."""
    values = {
        "schedule_id": schedule.id,
        "pool": pool,
        "day": starts_at.astimezone(time.SHANGHAI).date(),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes),
        "quota": places,
        "remaining": places,
        "release_at": starts_at - timedelta(days=14),
    }
    return await Slot.create(**(values | changes))


async def weekly(schedule, *, weekdays=range(5), opens=480, closes=720, minutes=30, **places):
    """Hours on these days, and their slots."""
    for weekday in weekdays:
        await WeeklyHours.create(
            schedule_id=schedule.id,
            weekday=weekday,
            opens=opens,
            closes=closes,
            slot_minutes=minutes,
            places=places or {"public": 2},
        )
    await schedules.build(schedule)


def at(day, hour, minute=0):
    """A moment in November 2026, in the county."""
    return datetime(2026, 11, day, hour, minute, tzinfo=time.SHANGHAI)


async def sound():
    """Fail with whatever the checker finds."""
    report = await reconcile.check()
    assert report.faults == []
    return report
