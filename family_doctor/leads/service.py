"""The verbs: note where a step led, offer a visit. Call `note` inside a transaction."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from care.encounter import rules as visits
from core import clock, db
from core.audit import audit
from core.errors import FieldError, Invalid
from core.outbox import record
from family_doctor.leads.access import OriginView
from family_doctor.leads.events import VisitOffered
from family_doctor.leads.models import Lead, LeadKind
from family_doctor.leads.schemas import OfferIn
from family_doctor.queries import members_of
from family_doctor.talks import service as talks
from family_doctor.talks.access import subject as talk_name
from family_doctor.talks.models import TeamTalk
from people.actor import Actor
from people.models import Practitioner

SAME_OFFER: Final = timedelta(minutes=10)


async def note(actor: Actor, view: OriginView, kind: LeadKind, ref: str, **more: Any) -> Lead:
    """This came of that; safe to repeat."""
    return (await _noted(actor, view, kind, ref, **more))[0]


async def _noted(
    actor: Actor, view: OriginView, kind: LeadKind, ref: str, **more: Any
) -> tuple[Lead, bool]:
    row, created = await Lead.get_or_create(
        origin=view.name,
        kind=kind,
        ref=ref,
        defaults={
            "patient_id": view.resident.patient.id,
            "by_id": actor.practitioner_id,
            "by_name": actor.name,
            "at": clock.now(),
            **more,
        },
    )
    if created:
        await audit(actor, "team.lead", view.name, patient_id=row.patient_id, reason=kind.value)
    return row, created


async def talk(actor: Actor, view: OriginView) -> TeamTalk:
    """Into the conversation."""
    found = await talks.open_for_team(actor, view.resident.patient.id)
    async with db.atomic():
        await note(actor, view, LeadKind.TALK, talk_name(found.id))
    return found


async def doctors_of(team_id: UUID) -> list[Practitioner]:
    """The members who may see residents online (诊疗办法 art. 25)."""
    people = [one.practitioner for one in await members_of(team_id)]
    today = clock.today()
    return [
        one for one in people if not visits.doctor_may(one.licence, one.practising_since, today)
    ]


async def offer_visit(actor: Actor, view: OriginView, entry: OfferIn) -> Lead:
    """Ask the resident to come; the asking for a visit, its evidence and consent stay theirs.

    The same again within `SAME_OFFER` is the same offer: the page was opened again, or in two tabs.
    Raises Invalid for somebody who is no doctor of the team.
    """
    able = {one.id for one in await doctors_of(view.resident.contract.team_id)}
    if entry.practitioner_id not in able:
        sentence = "请从列表里选一位医生。"
        raise Invalid("visit", sentence, errors=[FieldError("visit", sentence)])
    told = {"practitioner_id": entry.practitioner_id, "at_once": entry.when == "now"}
    before = Lead.filter(origin=view.name, kind=LeadKind.VISIT, **told)
    last = await before.order_by("-at", "id").first()
    if last is not None and clock.now() - last.at < SAME_OFFER:
        return last
    which = uuid5(entry.practitioner_id, f"{view.name}.{entry.when}.{await before.count()}")
    async with db.atomic():
        lead, created = await _noted(actor, view, LeadKind.VISIT, f"VisitOffer/{which}", **told)
        if created:
            offered = VisitOffered(
                lead_id=str(lead.id),
                patient_id=str(lead.patient_id),
                practitioner_id=str(entry.practitioner_id),
                at_once=lead.at_once,
            )
            await record(offered, subject=f"Lead/{lead.id}")
    return lead
