"""Whose record was opened without asking hears of it, and of what the review found; wired in
`app.reactions`. 个人信息保护法 art. 44: to know of the handling; art. 13 (4) lets it happen first.
"""

from uuid import UUID

from core import clock
from notifications.service import Message, tell
from people.events import EmergencyAccessOpened, EmergencyAccessReviewed
from people.masking import mask_name
from people.models import Patient, RecordGrant, ReviewVerdict
from people.queries import PractitionerCard, practitioner

WHERE = "点“谁看过病历”可以看到。"


async def tell_opened(event: EmergencyAccessOpened) -> None:
    """Who opened it, and with which reason."""
    grant, doctor = await _read(event.grant_id)
    text = f"{_who(doctor)}因紧急情况打开了病历,理由:{grant.reason[:100]}。会有人核查。{WHERE}"
    await _tell(grant, doctor, "record_opened", "病历被紧急打开", text)


async def tell_reviewed(event: EmergencyAccessReviewed) -> None:
    """Only when the reason did not hold: then they may want to ask."""
    if event.verdict != ReviewVerdict.UNJUSTIFIED:
        return
    grant, doctor = await _read(event.grant_id)
    text = f"{_who(doctor)}那次紧急打开病历,核查认为理由不成立。{WHERE}有疑问可以打机构的电话。"
    await _tell(grant, doctor, "record_opening_reviewed", "紧急打开病历的核查结果", text)


def _who(doctor: PractitionerCard) -> str:
    return f"{doctor.organization_name} {doctor.name}"


async def _read(grant_id: str) -> tuple[RecordGrant, PractitionerCard]:
    grant = await RecordGrant.get(id=UUID(grant_id))
    if grant.practitioner_id is None:
        raise LookupError("an emergency opening is somebody's own")
    return grant, await practitioner(grant.practitioner_id)


async def _tell(
    grant: RecordGrant, doctor: PractitionerCard, topic: str, title: str, text: str
) -> None:
    patient = await Patient.get(id=grant.patient_id)
    message = Message(
        topic=topic,
        title=title,
        text=f"{patient.name}:{text}",
        words={
            "patient": mask_name(patient.name),
            "place": doctor.organization_name,
            "at": clock.now(),
        },
        page=f"pages/openings/index?id={patient.id}",
    )
    await tell(patient.id, f"RecordGrant/{grant.id}", message)
