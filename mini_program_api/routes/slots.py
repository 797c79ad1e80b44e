"""When: the days and times of a practitioner."""

from aiohttp import web

from booking import residents as booking
from core.doors import residents
from core.etags import revalidated
from core.http import endpoint
from core.shared import same_for_all
from mini_program_api.border import BASE
from mini_program_api.schemas.booking import (
    DayOut,
    Days,
    DaysQuery,
    NeedOut,
    SlotOut,
    Slots,
    SlotsQuery,
)

routes = web.RouteTableDef()


@routes.get(f"{BASE}/schedule-days", name="mp_days")
@residents
@revalidated
@same_for_all
@endpoint
async def days(request: web.Request, *, query: DaysQuery) -> Days:
    """The days of the booking window on which there is service."""
    found = await booking.days(query.practitioner_id, schedule_id=query.schedule_id)
    if not found and query.schedule_id is None:  # a room or device is its schedule
        found = await booking.days(schedule_id=query.practitioner_id)
    return Days(
        items=[
            DayOut(day=d.day, state=d.state, remaining=d.remaining, releases_at=d.releases_at)
            for d in found
        ]
    )


@routes.get(f"{BASE}/slots", name="mp_slots")
@residents
@revalidated
@same_for_all
@endpoint
async def slots(request: web.Request, *, query: SlotsQuery) -> Slots:
    """The times of one day, the full and the coming ones too."""
    found = await booking.slots(query.practitioner_id, query.date, schedule_id=query.schedule_id)
    if not found and query.schedule_id is None:
        found = await booking.slots(None, query.date, schedule_id=query.practitioner_id)
    return Slots(items=[shown(offer) for offer in found])


def shown(offer: booking.Offer) -> SlotOut:
    """One time as the contract names it."""
    return SlotOut(
        id=offer.id,
        schedule_id=offer.schedule_id,
        start=offer.starts_at,
        end=offer.ends_at,
        service_type=offer.service_type,
        pool=offer.pool,
        remaining=offer.remaining,
        fee_fen=offer.fee_fen,
        state=offer.state,
        releases_at=offer.releases_at,
        place=offer.place,
        cancel_until=offer.cancel_until,
        needs=[NeedOut(key=need.key, name=need.name, how=need.how) for need in offer.needs],
    )
