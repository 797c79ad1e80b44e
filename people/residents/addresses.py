"""The address book of an account: where drugs are to be brought, patient by patient.

An address is found through its account and a bond that still lives; anything else is not there.
"""

from typing import Final
from uuid import UUID, uuid4

from core import clock, db
from core.audit import audit, refused
from core.errors import Conflict, FieldError, Invalid, NotFound
from people import regions
from people.residents import access
from people.residents.actor import Resident
from people.residents.models import ResidentAccount, ResidentAddress, Scope
from people.residents.schemas import AddressEntry

MOST: Final = 10
FULL: Final = ("too_many_addresses", f"最多存 {MOST} 个地址,请先删掉不用的。")


async def of_account(resident: Resident, patient_id: UUID | None = None) -> list[ResidentAddress]:
    """Those of the patients the account may still pay for, the default first; of one patient
    with `patient_id`."""
    ids = await access.own_patient_ids(resident, Scope.PAY)
    rows = ResidentAddress.filter(account_id=resident.account_id, patient_id__in=list(ids))
    if patient_id is not None:
        rows = rows.filter(patient_id=patient_id)
    return await rows.order_by("-is_default", "-updated_at")


async def open_own(resident: Resident, address_id: UUID) -> ResidentAddress:
    """One of the account's. Raises NotFound for strangers' and unknown alike."""
    ids = await access.own_patient_ids(resident, Scope.PAY)
    row = await ResidentAddress.get_or_none(
        id=address_id, account_id=resident.account_id, patient_id__in=list(ids)
    )
    if row is None:
        missing = NotFound("address_not_found", "没有找到这个地址。")
        raise refused(missing, resident, "resident.open_address", f"ResidentAddress/{address_id}")
    return row


async def add(resident: Resident, entry: AddressEntry) -> ResidentAddress:
    """One more; a patient's first is their default. Raises Conflict when the book is full."""
    await access.open_own(resident, entry.patient_id, Scope.PAY, purpose="address")
    _check(entry)
    moment = clock.now()
    async with db.atomic():
        await ResidentAccount.select_for_update().get(id=resident.account_id)
        mine = ResidentAddress.filter(account_id=resident.account_id)
        if await mine.count() >= MOST:
            raise Conflict(*FULL)
        first = not await mine.filter(patient_id=entry.patient_id).exists()
        row = await ResidentAddress.create(
            id=uuid4(),
            account_id=resident.account_id,
            created_at=moment,
            updated_at=moment,
            **entry.model_dump(exclude={"is_default"}),
            is_default=False,
        )
        await _settle(resident, row, "add", default=first or entry.is_default)
    return row


async def change(resident: Resident, row: ResidentAddress, entry: AddressEntry) -> ResidentAddress:
    """Write it anew; orders keep the address they were made with."""
    await access.open_own(resident, entry.patient_id, Scope.PAY, purpose="address")
    _check(entry)
    async with db.atomic():
        row.update_from_dict(entry.model_dump(exclude={"is_default"}))
        row.updated_at = clock.now()
        await row.save()
        await _settle(resident, row, "change", default=entry.is_default or row.is_default)
    return row


async def forget(resident: Resident, row: ResidentAddress) -> None:
    """Away with it. Orders keep what was written when they were made."""
    async with db.atomic():
        await ResidentAddress.filter(id=row.id).delete()
        about = f"ResidentAddress/{row.id}"
        await audit(resident, "resident.forget_address", about, patient_id=row.patient_id)


async def _settle(resident: Resident, row: ResidentAddress, act: str, *, default: bool) -> None:
    """One default for each patient."""
    if default:
        others = ResidentAddress.filter(
            account_id=row.account_id, patient_id=row.patient_id, is_default=True
        )
        await others.exclude(id=row.id).update(is_default=False)
    if default != row.is_default:
        await ResidentAddress.filter(id=row.id).update(is_default=default)
        row.is_default = default
    about = f"ResidentAddress/{row.id}"
    await audit(resident, f"resident.{act}_address", about, patient_id=row.patient_id)


def _check(entry: AddressEntry) -> None:
    field, sentence = regions.objection(entry.township, entry.village)
    if field:
        raise Invalid("invalid_input", sentence, errors=[FieldError(field, sentence)])


def in_words(row: ResidentAddress) -> str:
    """青石镇 大槐树村 东头第三家."""
    return f"{row.township} {row.village} {row.detail}"
