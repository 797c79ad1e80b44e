"""From tasks and alerts × booking, visits and conversations: times to offer, places kept, and what
became of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.visit_offers import SOON, Asker
from booking import offering
from booking.models import Appointment, ServiceType
from booking.offering import Wanted
from booking.states import Status as Booked
from care.encounter import words as visit_words
from care.encounter.models import Encounter
from care.encounter.policy import params
from care.referral import words as referral_words
from care.referral.models import ServiceRequest
from chat import standing
from core import clock
from core.clock import in_words
from core.outbox import outside
from family_doctor.leads.events import VisitOffered
from family_doctor.leads.models import Lead, LeadKind
from family_doctor.leads.seams import Outcome
from people.links import same_person
from people.models import Practitioner

FOUND_WITHIN: Final = timedelta(minutes=5)
LOST: Final = frozenset({Booked.EXPIRED, Booked.CANCELLED})


def _wanted(doctor: Practitioner) -> Wanted:
    return Wanted(
        service_type=ServiceType.ONLINE,
        department=doctor.specialty,
        practitioner_id=doctor.id,
        after=clock.now() + SOON,
        same_doctor=True,
    )


async def times(doctors: Collection[Practitioner]) -> dict[UUID, datetime]:
    """The next free time of each doctor's online visits."""
    found = {one.id: await offering.first_free(_wanted(one)) for one in doctors}
    return {id: slot.starts_at for id, slot in found.items() if slot is not None}


def about(lead_id: UUID | str) -> str:
    """The name under which a place is kept."""
    return f"Lead/{lead_id}"


@outside
async def keep_place(event: VisitOffered) -> None:
    """A time with this doctor waits for the resident's yes."""
    if event.at_once:
        return
    lead = await Lead.get(id=event.lead_id)
    doctor = await Practitioner.get(id=event.practitioner_id)
    who = Asker(lead.by_id, doctor.organization_id, "系统(家庭医生团队留号)")
    wanted = _wanted(doctor)
    hold = params().next_offer
    await offering.keep(who, lead.patient_id, wanted, about=about(lead.id), hold=hold)


async def outcomes(leads: Sequence[Lead]) -> Mapping[UUID, Outcome]:
    """What became of each."""
    return {lead.id: await OF[lead.kind](lead) for lead in leads}


async def _talk(lead: Lead) -> Outcome:
    href = f"/talks/{lead.ref.partition('/')[2]}"
    last = await standing.last_of(lead.ref)
    if last is None:
        return Outcome("neutral", "还没有人说话", href=href)
    kind, word = ("waiting", "居民等回复") if last.by_resident else ("done", "回过了")
    return Outcome(kind, word, f"{last.by}:{last.words[:40]}", href)


async def _visit(lead: Lead) -> Outcome:
    visit = await _came(lead)
    if visit is not None:
        kind, word = visit_words.AT_DESK[visit.status]
        mine = f"/visits/{visit.id}" if visit.arrived_at else ""
        return Outcome(kind, word, f"{visit.practitioner.name}医生", mine)
    doctor = await Practitioner.get(id=lead.practitioner_id)
    if lead.at_once:
        return Outcome("waiting", "居民还没来", f"{doctor.name}医生,现在")
    row = await offering.kept_for(about(lead.id))
    if row is None:
        fresh = clock.now() - lead.at < FOUND_WITHIN
        return Outcome("waiting", "正在找号") if fresh else Outcome("returned", "没有号可留")
    where = f"{doctor.name}医生,{in_words(row.starts_at)}"
    if row.status is Booked.HELD:
        return Outcome("waiting", "等居民要号", where)
    return Outcome("returned", "居民没有要", where) if row.status in LOST else _booked(row, where)


def _booked(row: Appointment, where: str) -> Outcome:
    return Outcome("progress" if row.status is Booked.BOOKED else "done", "约好了", where)


async def _came(lead: Lead) -> Encounter | None:
    """The visit that the resident asked for because of it."""
    rows = Encounter.filter(patient_id__in=await same_person(lead.patient_id))
    if lead.at_once:
        mine = rows.filter(practitioner_id=lead.practitioner_id, asked_at__gte=lead.at)
        return await mine.order_by("asked_at").select_related("practitioner").first()
    row = await offering.kept_for(about(lead.id))
    if row is None:
        return None
    return await rows.filter(subject=f"Appointment/{row.id}").select_related("practitioner").first()


async def _referral(lead: Lead) -> Outcome:
    row = await ServiceRequest.get(id=lead.ref.partition("/")[2]).select_related("to_organization")
    kind, word = referral_words.STATUS[row.status]
    said = row.outcome or row.answer
    words = f"{referral_words.target(row)}{':' if said else ''}{said[:40]}"
    return Outcome(kind, word, words, f"/referrals/{row.id}")


OF: Final = {LeadKind.TALK: _talk, LeadKind.VISIT: _visit, LeadKind.REFERRAL: _referral}
