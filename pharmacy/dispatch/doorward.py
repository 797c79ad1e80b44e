"""Bags to somebody's door: given to the courier, or to our own driver."""

from typing import Final
from uuid import UUID

from core import db
from core.errors import Conflict, FieldError, Invalid
from people.actor import Actor
from pharmacy.delivery.models import Parcel
from pharmacy.delivery.states import Carrier, Status
from pharmacy.dispatch import bags, batches, rules
from pharmacy.dispatch.readings import note_cold
from pharmacy.shipping import service as shipping

NO_NUMBER: Final = ("no_tracking_number", "快递单号还没有下来,先不要交给快递员。系统会自动再试。")


async def hand_over(
    actor: Actor, parcel: Parcel, driver_id: UUID | None, temperature: str = ""
) -> None:
    """It leaves the house. A repeat changes nothing.

    Raises Invalid without a driver or a reading that is wanted, Conflict with what stands against
    it. A bag for a village goes with a batch.
    """
    if parcel.status is not Status.SEALED and parcel.handed_over_at is not None:
        return
    why = rules.why_not_leave((await bags.held(parcel)).facts)
    if why is not None:
        raise Conflict(why.code, why.sentence)
    if parcel.carrier is Carrier.COURIER:
        if not parcel.tracking_number:
            raise Conflict(*NO_NUMBER)
        await shipping.leave(actor, parcel)
        return
    if parcel.carrier is Carrier.VILLAGE:
        raise Conflict("village_batch", "这一袋送村卫生室,请放到那个卫生室的交接单里。")
    if driver_id is None:
        raise Invalid(
            "invalid_input",
            batches.NO_DRIVER,
            errors=[FieldError("driver_id", batches.NO_DRIVER)],
        )
    driver = await batches.driver_of(actor, driver_id)
    await note_cold(actor, [parcel], temperature)
    async with db.atomic():
        await batches.leave(actor, parcel, driver)
