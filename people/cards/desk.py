"""A card at a desk whose form has a second step: a code opens once, so its reading is remembered.

The receipt is signed, names no person, is for one colleague and lives for a quarter of an hour.
"""

import hmac
import re
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from core import clock, crypto
from core.audit import write_refusal
from core.errors import Conflict, FieldError, Forbidden, Gone, Invalid, Problem, TooMany
from core.forms import Form
from people.actor import Actor
from people.cards import rules, service

LIFETIME: Final = timedelta(minutes=15)
REFUSALS: Final = (Invalid, Conflict, Gone, Forbidden, TooMany)
"""What a card may be refused with; everything else is no matter of the card."""


async def holder(actor: Actor, text: str, *, place: str, document: str = "") -> UUID | None:
    """Whose card this is; None when the text is no card at all, such as a name or a number.

    Raises CardRefused, after writing down what has to be.
    """
    if rules.read(text) is None:
        return None
    try:
        return await service.resolve(actor, text, place=place, document=document)
    except REFUSALS as problem:
        await write_refusal(problem)
        raise CardRefused(problem, text) from problem


class CardRefused(Problem):
    """A card that does not open, with what the form shows about it."""

    def __init__(self, problem: Problem, text: str) -> None:
        super().__init__(problem.code, problem.detail, errors=problem.errors)
        self.status, self.title = problem.status, problem.title
        printed = rules.read(text)
        self.kept = printed.card_no if isinstance(printed, rules.PrintedCard) else ""
        """What stays in the field: a printed number; a phone's code is good for nothing now."""

    @property
    def wants_document(self) -> bool:
        """Whether the end of the document would open it."""
        return self.code in ("document_needed", "document_differs")

    def form(self, field: str) -> Form[Any]:
        """What the form shows again, when its scan field has this name.

        That a printed card wants the document is the next step and no mistake: `asked`.
        """
        values = {field: self.kept, "asked": "1" if self.wants_document else ""}
        if self.code == "document_needed":
            return Form(values, {}, None, self)
        found = {e.field if e.field == "document" else field: e.message for e in self.errors}
        return Form(values, found or {field: self.detail}, None, self)


def receipt(actor: Actor, patient_id: UUID) -> str:
    """Proof that this colleague has just read this person's card."""
    expires = int((clock.now() + LIFETIME).timestamp())
    return f"{patient_id}.{expires}.{_mac(actor, str(patient_id), expires)}"


def read_receipt(actor: Actor, text: str) -> UUID:
    """Whose card was read. Raises Invalid when it is too long ago, or somebody else's."""
    patient_id, _, rest = text.partition(".")
    expires, _, mac = rest.partition(".")
    until = int(expires) if re.fullmatch(r"\d{10}", expires, re.ASCII) else 0
    signed = hmac.compare_digest(_mac(actor, patient_id, until).encode(), mac.encode())
    if signed and until > clock.now().timestamp():
        return UUID(patient_id)
    sentence = "时间太久了,请重新扫健康卡。"
    raise Invalid("card_again", sentence, errors=[FieldError("number", sentence)])


def _mac(actor: Actor, patient_id: str, expires: int) -> str:
    message = f"{actor.account_id}|{patient_id}|{expires}"
    return crypto.keyring().mac("health-card-read", message.encode())
