"""What a request takes from the patient's record, and how the gate sees the record."""

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

from care.record.queries import RecordSummary
from care.teleconsultation.gate import Facts
from core.clock import SHANGHAI


def facts(summary: RecordSummary) -> Facts:
    """How the quality gate sees the record. A picture counts until the end of its day."""
    attachments: dict[str, datetime] = {}
    for item in summary.attachments:
        at = datetime.combine(item.taken_on, time.max, SHANGHAI)
        attachments[item.kind.value] = max(at, attachments.get(item.kind.value, at))
    return Facts(
        allergies_asked=summary.allergies is not None,
        medicines_asked=any(medicine.active for medicine in summary.medicines),
        vitals={code.value: found.measured_at for code, found in summary.latest.items()},
        attachments=attachments,
    )


def vitals_snapshot(summary: RecordSummary) -> list[dict[str, str]]:
    """The latest vital signs as they are sent with the request, in words that will not change."""
    return [
        {
            "name": found.name,
            "words": found.words,
            "level": found.level.value,
            "measured_at": found.measured_at.isoformat(),
        }
        for found in summary.latest.values()
    ]


def own_attachments(summary: RecordSummary, wanted: Sequence[UUID]) -> list[str]:
    """Those of these ids that are in the patient's record, as text."""
    mine = {item.id for item in summary.attachments}
    return [str(wanted_id) for wanted_id in wanted if wanted_id in mine]
