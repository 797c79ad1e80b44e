"""Who was measured: what the message says, whom the device is lent to, or who sits before it.

When they say different things, or nobody says anything, a person decides.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tortoise.expressions import Q

from core import crypto
from core.errors import Gone, Problem
from devices import rules
from devices.formats import Reference
from devices.models import Device, Loan, Measuring, Reason
from people.cards import machines
from people.links import survivor
from people.models import IdentifierKind, PatientIdentifier
from people.rules import tidy_number

BY_NUMBER: Final = frozenset(set(IdentifierKind) - {IdentifierKind.HOUSEHOLD_BOOK})
"""A household book's number belongs to a whole family."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The patient, or the reason why it is not clear."""

    patient_id: UUID | None = None
    reason: Reason | None = None


async def whose(device: Device, about: Reference | None, measured_at: datetime) -> Whose:
    """Whose a reading is. `measured_at` is by our clock."""
    lent_to = await borrower(device.id, measured_at)
    if about is not None:
        named = await _named(about, measured_at)
        if named.patient_id and lent_to and named.patient_id != lent_to:
            return Whose(reason=Reason.ANOTHER_PATIENT)
        return named
    if lent_to is not None:
        return Whose(lent_to)
    return await _before_it(device.id, measured_at)


async def borrower(device_id: UUID, at: datetime) -> UUID | None:
    """Who had the device at home then."""
    out = Q(returned_at=None) | Q(returned_at__gte=at)
    loan = await Loan.filter(out, device_id=device_id, lent_at__lte=at).order_by("-lent_at").first()
    return await survivor(loan.patient_id) if loan else None


async def _named(about: Reference, at: datetime) -> Whose:
    if about.kind == "card":
        try:
            return Whose(await machines.holder(about.text, at=at))
        except Gone:
            return Whose(reason=Reason.CARD)
        except Problem:
            return Whose(reason=Reason.UNKNOWN_PATIENT)
    if about.kind not in BY_NUMBER:
        return Whose(reason=Reason.UNKNOWN_PATIENT)
    found = await PatientIdentifier.filter(
        kind=IdentifierKind(about.kind),
        value_index__in=crypto.keyring().indexes(tidy_number(about.text)),
    )
    if not found:
        return Whose(reason=Reason.UNKNOWN_PATIENT)
    return Whose(await survivor(found[0].patient_id))


async def _before_it(device_id: UUID, at: datetime) -> Whose:
    """Who sat before the clinic's device; a late message about a moment of change is nobody's."""
    near = Measuring.filter(
        device_id=device_id, begun_at__lt=at + rules.SECONDS_LOST, until__gte=at
    )
    people = {await survivor(row.patient_id) for row in await near}
    if len(people) == 1:
        return Whose(people.pop())
    return Whose(reason=Reason.TWO_PATIENTS if people else Reason.NO_PATIENT)


async def measuring_now(device_id: UUID, at: datetime) -> Measuring | None:
    """Who sits before it now, the patient loaded."""
    rows = Measuring.filter(device_id=device_id, begun_at__lte=at, until__gt=at)
    return await rows.order_by("-begun_at", "-id").select_related("patient").first()
