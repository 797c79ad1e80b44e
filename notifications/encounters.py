"""What residents are told because something happened to an online visit; wired in `app.reactions`.

The text is for the inbox, behind the sign-in; what shows on a locked screen names the house and
the masked name, never the condition.
"""

from datetime import datetime

from booking.events import PlaceKept
from booking.models import Appointment
from care.encounter.events import EncounterCalled, EncounterEnded, NoteSigned
from care.encounter.models import Encounter
from care.encounter.states import Status
from core import clock
from core.clock import in_words
from notifications.service import Message, tell
from people.masking import mask_name

ENDED = {
    Status.FINISHED: ("visit_finished", "在线复诊看完了", "医生写了嘱咐,请打开看。"),
    Status.TERMINATED: ("visit_terminated", "请到医院看", ""),
    Status.DID_NOT_HAPPEN: ("visit_not_happened", "这次没有看成", ""),
}


async def tell_called(event: EncounterCalled) -> None:
    """Their turn; a second call is told again."""
    row = await _read(event.encounter_id)
    text = f"{row.practitioner.name}医生叫您了,请马上打开“在线复诊”进去。"
    await _tell(row, f"{event.encounter_id}/{event.call}", "visit_called", "医生叫您了", text)


async def tell_ended(event: EncounterEnded) -> None:
    """How it ended and what comes next; what one has cancelled oneself one knows."""
    row = await _read(event.encounter_id)
    if row.status not in ENDED:
        return
    topic, title, text = ENDED[row.status]
    refund = "费用会原路退回,一般 1 到 3 天到账。" if row.refund else ""
    where = f"建议去:{row.guided_to}。" if row.guided_to else ""
    await _tell(row, event.encounter_id, topic, title, f"{row.guidance or text}{where}{refund}")


async def tell_note(event: NoteSigned) -> None:
    """The doctor has added to the note or corrected it; the first one comes with the end."""
    if event.version == 1:
        return
    row = await _read(event.encounter_id)
    text = f"{row.practitioner.name}医生补充或更正了病历,请打开再看一遍。"
    key = f"{event.encounter_id}/note/{event.version}"
    await _tell(row, key, "visit_note_changed", "医生补充了病历", text)


async def tell_kept(event: PlaceKept) -> None:
    """A place is kept for them, because the visit could not help or the note names a day."""
    kind, _, id = event.about.partition("/")
    if kind not in ("Encounter", "NextVisit"):
        return
    row = await _read(id)
    place = await Appointment.get(id=event.appointment_id).select_related("schedule__organization")
    until = in_words(datetime.fromisoformat(event.until))
    house, name = place.schedule.organization.short_name, place.schedule.name
    text = f"{house}{name},{in_words(place.starts_at)}。留到 {until},请打开点“要这个号”。"
    title = "给您留了下次复诊的号" if kind == "NextVisit" else "给您留了一个号"
    await _tell(row, f"{id}/{kind}/kept", "visit_place_kept", title, text)


async def _read(encounter_id: str) -> Encounter:
    row: Encounter = await Encounter.get(id=encounter_id).select_related(
        "patient", "practitioner", "organization"
    )
    return row


async def _tell(row: Encounter, key: str, topic: str, title: str, text: str) -> None:
    message = Message(
        topic=topic,
        title=title,
        text=f"{row.patient.name}:{text}",
        words={
            "patient": mask_name(row.patient.name),
            "place": row.organization.short_name,
            "at": clock.now(),
        },
        page=f"pages/visit/index?id={row.id}",
    )
    await tell(row.patient_id, f"Encounter/{key}", message)
