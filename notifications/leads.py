"""What residents are told because their team offers them a video visit; wired in `app.reactions`.
What shows on a locked screen names the house and the masked name, never the reason."""

from datetime import datetime
from uuid import UUID

from booking.events import PlaceKept
from booking.models import Appointment
from core import clock
from core.clock import in_words
from family_doctor.leads.events import VisitOffered
from family_doctor.leads.models import Lead
from notifications.service import Message, tell_accounts
from people.masking import mask_name
from people.models import Practitioner
from people.residents.access import accounts_of
from people.residents.models import Scope


async def tell_offered(event: VisitOffered) -> None:
    """The doctor sees people at this moment."""
    if not event.at_once:
        return
    doctor = await _doctor(UUID(event.practitioner_id))
    text = f"{doctor.name}医生请您现在视频复诊,点“去看看”进候诊室。急症请打 120。"
    page = f"pages/askvisit/index?id={doctor.id}&patient={event.patient_id}"
    await _tell(event.lead_id, doctor, text, page=page)


async def tell_kept(event: PlaceKept) -> None:
    """A time is kept for them."""
    kind, _, lead_id = event.about.partition("/")
    if kind != "Lead":
        return
    row = await Appointment.get(id=event.appointment_id).select_related("schedule")
    until = in_words(datetime.fromisoformat(event.until))
    doctor = await _doctor(row.schedule.practitioner_id)
    when = f"{in_words(row.starts_at)}。号留到 {until}"
    text = f"{doctor.name}医生请您视频复诊,{when},请打开点“要这个号”。"
    await _tell(lead_id, doctor, text, page=f"pages/appointment/index?id={row.id}")


async def _doctor(practitioner_id: UUID) -> Practitioner:
    rows = Practitioner.get(id=practitioner_id)
    return await rows.select_related("organization")


async def _tell(lead_id: str, doctor: Practitioner, text: str, *, page: str) -> None:
    lead = await Lead.get(id=lead_id).select_related("patient")
    message = Message(
        topic="team_visit",
        title="家庭医生团队请您视频复诊",
        text=f"{lead.patient.name}:{text}",
        words={
            "patient": mask_name(lead.patient.name),
            "place": doctor.organization.short_name,
            "at": clock.now(),
        },
        page=page,
    )
    accounts = await accounts_of(lead.patient_id, Scope.CHAT)
    await tell_accounts(accounts, lead.patient_id, f"Lead/{lead.id}", message)
