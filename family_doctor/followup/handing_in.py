"""A form that cannot count any more, because the plan, the contract or its month is over, is handed
in as a note for the record: what was seen at somebody's home is not lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Subquery

from core import clock, db
from core.audit import audit, refused
from core.errors import Conflict, NotFound
from family_doctor.contracts.models import Contract
from family_doctor.followup.models import FollowUpNote, Mode
from family_doctor.teams.models import TeamMember
from people.actor import Actor
from people.links import same_person

Typed = Mapping[str, list[str]]
"""What was typed, by the form's names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A form as it comes from the device. `id` is the form's own."""

    id: UUID
    met_on: date | None
    mode: Mode | None
    typed: Typed


async def hand_in(actor: Actor, patient_id: UUID, form: Handed) -> FollowUpNote:
    """Put it into the record as it was typed; it plans nothing and counts for nothing.

    For who is or was in a team that has or had signed the resident: they only write, and read
    nothing. The same id twice is one note. Raises NotFound for others, Conflict for a form of
    another resident.
    """
    records = await same_person(patient_id)
    team_id = await _team(actor, records)
    if team_id is None:
        missing = NotFound("resident_not_found", "没有找到这位居民,或者他没有和您的团队签过约。")
        raise refused(missing, actor, "follow_up.note", f"Patient/{patient_id}")
    there = await FollowUpNote.get_or_none(id=form.id)
    if there is None:
        try:
            return await _write(actor, records[0], team_id, form)
        except IntegrityError:
            there = await FollowUpNote.get(id=form.id)
    if there.patient_id not in records:
        raise Conflict("another_patient", "这张随访表已经记在另一位居民名下,请重新填写。")
    return there


async def _team(actor: Actor, records: list[UUID]) -> UUID | None:
    mine = TeamMember.filter(practitioner_id=actor.practitioner_id).values("team_id")
    rows = Contract.filter(patient_id__in=records, team_id__in=Subquery(mine))
    row = await rows.exclude(begun_at=None).order_by("-begun_at", "id").first()
    return row.team_id if row else None


async def _write(actor: Actor, patient_id: UUID, team_id: UUID, form: Handed) -> FollowUpNote:
    async with db.atomic():
        row = await FollowUpNote.create(
            id=form.id,
            patient_id=patient_id,
            team_id=team_id,
            mode=form.mode,
            met_on=form.met_on,
            form=dict(form.typed),
            by_id=actor.practitioner_id,
            by_name=actor.name,
            organization_id=actor.organization_id,
            organization_name=actor.organization_name,
            handed_in_at=clock.now(),
        )
        subject = f"FollowUpNote/{row.id}"
        await audit(actor, "follow_up.note", subject, patient_id=patient_id)
    return row
