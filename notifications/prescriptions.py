"""What residents are told of a prescription: to confirm it, how it was decided (`app.reactions`).

No drug and no diagnosis anywhere: the text is for the inbox, the words show on a locked screen.
A prescription that went back to the doctor is the doctor's to mend, and nothing to worry about.
"""

from core import clock
from notifications.service import Message, tell
from people.masking import mask_name
from people.models import Organization
from pharmacy.orders.words import until_words
from pharmacy.prescribing import agreement
from pharmacy.prescribing.events import (
    MedicationRequestApproved,
    MedicationRequestRejected,
    MedicationRequestSigned,
)
from pharmacy.prescribing.models import MedicationRequest


async def tell_signed(event: MedicationRequestSigned) -> None:
    """More than four weeks: the resident reads and confirms."""
    row = await _read(event.request_id)
    if agreement.awaited(row):
        text = "医生开了超过 4 周的药。请打开看说明,看懂了点同意,才能取药。"
        await _tell(row, "prescription_agreement", "请确认长期用药", text)


async def tell_approved(event: MedicationRequestApproved) -> None:
    """They may order now, and until when."""
    row = await _read(event.request_id)
    until = f",{until_words(row.valid_until)} 前有效" if row.valid_until else ""
    text = f"药师审核通过了{until}。请打开看处方,选怎么取药。"
    await _tell(row, "prescription_approved", "处方审核通过", text)


async def tell_rejected(event: MedicationRequestRejected) -> None:
    """It cannot be used, and what to do."""
    row = await _read(event.request_id)
    text = (
        "药师审核后,这张处方不能用,不会收费。医生已经知道,请联系医生或到医院看;原来的药不要自己停。"
    )
    await _tell(row, "prescription_rejected", "处方没有通过审核", text)


async def _read(request_id: str) -> MedicationRequest:
    return await MedicationRequest.get(id=request_id).select_related("patient")


async def _tell(row: MedicationRequest, topic: str, title: str, text: str) -> None:
    house = await Organization.get(id=row.organization_id)
    message = Message(
        topic=topic,
        title=title,
        text=f"{row.patient.name}:{text}",
        words={
            "patient": mask_name(row.patient.name),
            "place": house.short_name,
            "at": clock.now(),
        },
        page=f"pages/prescription/index?id={row.id}",
    )
    await tell(row.patient_id, f"MedicationRequest/{row.id}", message)
