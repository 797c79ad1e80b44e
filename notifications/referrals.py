"""What residents are told because something happened to a referral; wired in `app.reactions`.

What shows on a locked screen names the house and the masked name, never department or disease.
"""

from typing import Final

from care.referral.access import subject
from care.referral.events import ReferralMoved
from care.referral.models import ServiceRequest
from core import clock
from notifications.service import Message, tell
from people.masking import mask_name

TITLES: Final = {
    "refer": ("referral_proposed", "医生建议您转诊", "请打开看转到哪里、为什么,同意了才会发过去。"),
    "accept": ("referral_accepted", "转诊的医院收下了", "请打开看什么时候、到哪里去。"),
    "decline": ("referral_declined", "转诊没有被接收", "请打开看为什么。医生会再帮您安排。"),
    "close": ("referral_closed", "转诊看完了", "那边的医生写了回复,请打开看。"),
    "cancel": ("referral_cancelled", "转诊取消了", "医生取消了这次转诊,请打开看。"),
    "expire": ("referral_expired", "转诊过期了", "还需要的话,请再问医生,或者自己约号。"),
}


async def tell_moved(event: ReferralMoved) -> None:
    """Every step but those the resident took."""
    if event.by == "resident" or event.action not in TITLES:
        return
    row = await ServiceRequest.get(id=event.referral_id).select_related(
        "patient", "to_organization"
    )
    topic, title, text = TITLES[event.action]
    message = Message(
        topic=topic,
        title=title,
        text=f"{row.patient.name}:{text}",
        words={
            "patient": mask_name(row.patient.name),
            "place": row.to_organization.short_name,
            "at": clock.now(),
        },
        page=f"pages/referral/index?id={row.id}",
    )
    await tell(row.patient_id, f"{subject(row.id)}/{event.status}", message)
