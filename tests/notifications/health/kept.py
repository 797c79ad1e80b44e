"""Messages that a mistake of the house's kept back, as the engine leaves them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from core import clock
from notifications.models import Attempt, Channel, Communication, RecipientKind
from notifications.states import Delivery, Stage
from people.models import Patient


async def message(patient_id: UUID, number: int = 1, **more: Any) -> Communication:
    """One for a patient without an account, parked unless `more` says otherwise."""
    moment: datetime = clock.now()
    values: dict[str, Any] = {
        "recipient_kind": RecipientKind.PATIENT,
        "recipient_id": patient_id,
        "patient_id": patient_id,
        "topic": "slot_offer",
        "subject": f"Appointment/{number}",
        "title": "候补到号了",
        "text": "张桂英:11月4日 9:00,县医院 心内科。",
        "words": {"patient": "张**", "place": "县医院", "until": {"at": moment.isoformat()}},
        "created_at": moment,
        "due_at": moment,
        "next_at": moment,
        "status": Stage.PARKED,
        "channel": Channel.SMS,
    }
    return await Communication.create(**values | more)


async def tried(
    row: Communication,
    status: Delivery = Delivery.FAILED,
    code: str = "sms_silent",
    channel: Channel = Channel.SMS,
) -> Attempt:
    """One attempt to bring it."""
    return await Attempt.create(
        id=uuid4(),
        communication_id=row.id,
        channel=channel,
        status=status,
        code=code,
        account_id=row.recipient_id,
        at=clock.now(),
    )


async def some(patient: Patient, count: int, code: str = "sms_silent") -> list[Communication]:
    """So many that one mistake kept back."""
    rows = [await message(patient.id, n) for n in range(count)]
    for row in rows:
        await tried(row, code=code)
    return rows
