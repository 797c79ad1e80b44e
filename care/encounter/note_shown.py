"""What the pages show of a visit's note: the form, the signed versions, and what helps to write."""

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from care.encounter import noting
from care.encounter.access import DoctorView
from care.encounter.states import SIGNING, Status
from care.note import drafts, signing, templates
from care.note.icd10 import expanded
from care.note.models import Composition
from care.note.shown import entries, paper
from care.note.words import WAYS
from core.clock import SHANGHAI
from core.forms import Form
from people.policy import policy
from people.proof import has_recent_proof

ROWS = 2


async def shown(
    view: DoctorView,
    form: Form[Any] | None = None,
    *,
    adding: bool = False,
    other: Composition | None = None,
) -> dict[str, Any] | None:
    """The note beside the conversation, None where this visit has none.

    `form` holds what was typed and could not be kept or signed; `other` is what another window
    kept meanwhile; `adding` begins an addendum.
    """
    if not view.reads:
        return None
    row = view.encounter
    signed = await drafts.versions(noting.about(row).subject)
    draft = await drafts.draft_of(noting.about(row))
    latest = signed[0] if signed else None
    source = draft or (latest if adding else None)
    written = dict(form.values) if form else signing.typed_of(source.content) if source else {}
    return {
        "form": Form(written, form.errors if form else {}, None),
        "lines": _rows(expanded(written.get("diagnosis") or [])),
        "revision": draft.revision if draft else drafts.nothing_yet(latest),
        "tab": secrets.token_hex(8),
        "saved": f"草稿已保存 {draft.saved_at.astimezone(SHANGHAI):%H:%M}" if draft else "",
        "writing": bool(draft or form or adding or not signed),
        "signed": [await paper(one) for one in signed],
        "other": entries(signing.typed_of(other.content)) if other else None,
        "orders": _orders(view, written),
        "last": await noting.last_note(row) is not None,
        "templates": await templates.SHELF.of(view.actor),
        "ways": list(WAYS.items()),
        "proof": has_recent_proof(view.actor),
        "asks_code": policy().second_factor,
        "may_sign": row.status in SIGNING,
        "may_finish": row.status is Status.IN_PROGRESS,
        "appointment": _appointment(row.subject),
    }


def _rows(lines: list[str]) -> list[str]:
    return [*lines, *[""] * max(1, ROWS - len(lines))]


def _orders(view: DoctorView, written: Mapping[str, Any]) -> dict[str, Any]:
    found = noting.order_set(view.encounter, written)
    usual = [one.line for one in found.items]
    ticked = list(written.get("orders") or [])
    extra = [line for line in ticked if line not in usual]
    return {"set": found, "lines": [*usual, *extra], "ticked": ticked}


def _appointment(subject: str | None) -> UUID | None:
    kind, _, id = (subject or "").partition("/")
    return UUID(id) if kind == "Appointment" else None
