"""A referral as the pages show it."""

from typing import Any

from care.referral import queries, words
from care.referral.access import ReferralView
from care.referral.models import ServiceRequest
from core import clock
from people.ages import age_in_words
from people.masking import mask_name
from people.queries import SEX_WORDS


def line(found: queries.Line) -> dict[str, Any]:
    """One in a list."""
    row, patient = found.row, found.row.patient
    kind, word = words.STATUS[row.status]
    return {
        "row": row,
        "name": patient.name if found.view.named else mask_name(patient.name),
        "sex": SEX_WORDS[patient.sex],
        "age": age_in_words(patient.birth_date, clock.today()),
        "kind": "danger" if found.overdue else kind,
        "word": f"超时 · {word}" if found.overdue else word,
        "urgent": row.urgency.value == "urgent",
        **places(row),
    }


def places(row: ServiceRequest) -> dict[str, Any]:
    """From where to where."""
    return {
        "source": f"{row.from_organization.name} {row.requester.name}",
        "target": words.target(row),
        "urgency": words.URGENCY[row.urgency],
        "direction": words.DIRECTION[row.direction],
    }


def of_view(view: ReferralView) -> dict[str, Any]:
    """One referral on its page."""
    return line(queries.Line(view, queries.is_overdue(view.referral)))
