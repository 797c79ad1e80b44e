"""Sealing a checked bag, and opening it again.

The seal's number is the bag's name from here on: it is what is scanned when the bag changes hands.
"""

from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import audit
from core.blobs import Blob
from core.errors import Conflict, FieldError, Invalid
from people.actor import Actor
from pharmacy.delivery.models import Parcel
from pharmacy.dispensing.access import DISPENSERS
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.dispensing.states import DispenseStatus as Status
from pharmacy.dispensing.steps import require, subject_of
from pharmacy.orders.models import Way
from pharmacy.sealing import rules
from pharmacy.sealing.models import Seal
from pharmacy.sealing.policy import params
from pharmacy.shipping import service as shipping

NO_NUMBER = "封签号是 6 到 24 位的字母和数字,请扫封签上的条码,或者照着输入。"
NO_PHOTO = "请拍一张封好的袋子,照片里要看得清封签号。"
USED = "这个封签号已经用过了!请换一张新的封签,旧的收好查明来路。"
SEALED = "这一袋已经封好了,封签号 {number}。要换封签,请先退回重拣。"


async def seal(actor: Actor, row: MedicationDispense, number: str, photo: Blob | None) -> Seal:
    """Put a seal on what was checked; a parcel carries its number. A repeat changes nothing.

    Raises Invalid for what is no number, or a photo that is missing; Conflict `seal_used`,
    `sealed_already`.
    """
    actor.require(*DISPENSERS)
    require(row, Status.READY)
    found = rules.read_number(number)
    if found is None:
        raise _wrong("number", NO_NUMBER)
    carried = row.order.way is not Way.PICK_UP
    if photo is None and rules.wants_photo(carried=carried, params=params()):
        same = await whole_of(row.id)
        if same is None or same.number != found:
            raise _wrong("photo", NO_PHOTO)
    try:
        async with db.atomic():
            parcel = await shipping.pack(actor, row.order_id)
            made = await _put_on(actor, row, found, photo, parcel)
            if parcel is not None:
                await Parcel.filter(id=parcel.id).update(seal_number=made.number)
    except IntegrityError:  # another click, or another bag with this seal, at this very moment
        raise Conflict("changed_meanwhile", "刚才有人先封了,请刷新页面看看。") from None
    return made


async def _put_on(
    actor: Actor,
    row: MedicationDispense,
    number: str,
    photo: Blob | None,
    parcel: Parcel | None,
) -> Seal:
    before = await whole_of(row.id)
    if before is not None and before.number == number:
        return before
    if await Seal.exists(number=number):
        raise Conflict("seal_used", USED)
    if before is not None:
        picked_anew = row.checked_at is not None and before.sealed_at < row.checked_at
        if not picked_anew and (parcel is None or parcel.seal_number):
            raise Conflict("sealed_already", SEALED.format(number=before.number))
        await Seal.filter(id=before.id).update(whole=None, opened_at=clock.now())
    made = await Seal.create(
        id=uuid4(),
        number=number,
        dispense_id=row.id,
        whole=str(row.id),
        photo_id=photo.id if photo else None,
        sealed_by=actor.practitioner_id,
        sealed_by_name=actor.name,
        sealed_at=clock.now(),
    )
    about = subject_of(row)
    await audit(actor, "dispense.seal", about, patient_id=row.patient_id, reason=number)
    return made


async def whole_of(dispense_id: UUID) -> Seal | None:
    """The seal that is on the bag now."""
    return await Seal.get_or_none(whole=str(dispense_id))


async def last_of(dispense_id: UUID) -> Seal | None:
    """The seal under which it left, whole or opened since."""
    return await Seal.filter(dispense_id=dispense_id).order_by("-sealed_at").first()


async def break_seal(dispense_id: UUID) -> None:
    """It was found open, or the bag was taken apart: nobody is given it under this seal."""
    await Seal.filter(whole=str(dispense_id)).update(whole=None, opened_at=clock.now())


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", sentence, errors=[FieldError(field, sentence)])
