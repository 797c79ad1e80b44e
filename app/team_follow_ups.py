"""Visits and referrals × the family doctor: what happened elsewhere comes back to the team.

A signed note may ask the team for something by a day. Whoever was referred is asked after within
two weeks (公卫规范, 高血压 and 2 型糖尿病: 转诊后 2 周内主动随访转诊情况).
"""

from datetime import date, timedelta

from care.encounter.events import NoteSigned
from care.encounter.models import Encounter
from care.encounter.steps import subject
from care.note import drafts
from care.referral import words as referral_words
from care.referral.events import ReferralMoved
from care.referral.models import ServiceRequest
from care.referral.states import Status
from core import clock
from family_doctor.care_plan import asked
from family_doctor.care_plan.policy import params


async def ask_team(event: NoteSigned) -> None:
    """The newest version of the note says what the team is asked for, and until when."""
    visit = await Encounter.get(id=event.encounter_id).select_related(
        "practitioner", "organization"
    )
    note = await drafts.latest(subject(visit.id))
    by = note.content.get("follow_by") if note else None
    if note is None or not by:
        await asked.withdraw(visit.patient_id, visit.id)
        return
    who = f"{visit.practitioner.name}({visit.organization.name})"
    words = f"{who}复诊后交代:{note.content['follow_up']}"
    await asked.ask(visit.patient_id, visit.id, by=date.fromisoformat(by), words=words)


async def ask_after(event: ReferralMoved) -> None:
    """The department takes the patient, or tells what came of it: within two weeks the team asks
    how it went. An end without a visit takes that back."""
    row = await ServiceRequest.get(id=event.referral_id).select_related("to_organization")
    place = referral_words.target(row)
    match Status(event.status):
        case Status.ACCEPTED:
            words = f"转到{place}了,问问去了没有、怎么样:{row.reason}"
        case Status.CLOSED:
            words = f"在{place}看完了,接着照看:{row.outcome}"
        case Status.CANCELLED | Status.EXPIRED:
            await asked.withdraw(row.patient_id, row.id)
            return
        case _:
            return
    by = clock.today() + timedelta(days=params().table.soon)
    await asked.ask(row.patient_id, row.id, by=by, words=words)
