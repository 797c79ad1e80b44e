"""What becomes of a complaint, for the account that filed it and nobody else; wired in
`app.reactions`."""

from typing import Final

from care.complaint.events import ComplaintMoved
from care.complaint.models import Complaint
from core import clock
from notifications.service import Message, tell_accounts
from people.masking import mask_name

TITLES: Final = {
    "accept": ("complaint_accepted", "投诉已受理", "医院已经受理您的投诉,会在规定时间内答复。"),
    "answer": ("complaint_answered", "投诉有答复了", "请打开看答复。不满意可以要求再办。"),
}


async def tell_moved(event: ComplaintMoved) -> None:
    """Accepted and answered; what the resident did themselves they know."""
    if event.action not in TITLES:
        return
    row = await Complaint.get(id=event.complaint_id).select_related("patient", "organization")
    topic, title, text = TITLES[event.action]
    message = Message(
        topic=topic,
        title=title,
        text=text,
        words={
            "patient": mask_name(row.patient.name),
            "place": row.organization.short_name,
            "at": clock.now(),
        },
        page=f"pages/complaint/index?id={row.id}",
    )
    subject = f"Complaint/{row.id}/{event.step}"
    await tell_accounts([row.account_id], row.patient_id, subject, message)
