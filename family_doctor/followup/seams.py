"""What the record asks of follow-ups: forms that were handed in as notes stand on its timeline."""

from datetime import datetime, time
from uuid import UUID

from care.record.history import Happening, source
from core.clock import SHANGHAI
from family_doctor.followup.models import FollowUpNote
from family_doctor.followup.words import MODES, typed_lines
from people.links import same_person


@source
async def notes_of(patient_id: UUID) -> list[Happening]:
    """The patient's notes, on the day on which they were met."""
    rows = FollowUpNote.filter(patient_id__in=await same_person(patient_id))
    return [_happening(row) for row in await rows.order_by("-handed_in_at", "id")]


def _happening(row: FollowUpNote) -> Happening:
    how = f",{MODES[row.mode]}" if row.mode else ""
    on = row.met_on
    met = datetime.combine(on, time(12), SHANGHAI) if on else row.handed_in_at
    return Happening(
        at=min(met, row.handed_in_at),
        category="follow_up",
        kind="neutral",
        what=f"随访记录(没有计入随访{how})",
        by=f"{row.by_name}({row.organization_name})",
        text=";".join(f"{label} {text}" for label, text in typed_lines(row.form)),
    )
