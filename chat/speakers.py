"""Who talks: all that conversations know of a person.

A speaker is built from a session by the package that knows it, never from the client's word.
Whether this person may open a conversation is decided by membership alone (`chat.access`).
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.audit import SYSTEM, Who
from people.actor import Actor
from people.residents.actor import Resident


class PersonKind(StrEnum):
    """Staff by their practitioner, residents by their patient, guests by their one-time link."""

    STAFF = "staff"
    RESIDENT = "resident"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person at a screen. `who` is how the audit trail names them.

    An empty `name` means: as the conversation's list of members calls this person.
    """

    person_id: UUID
    name: str = ""
    organization: str = ""
    kind: PersonKind = PersonKind.STAFF
    who: Who = SYSTEM


def staff(actor: Actor) -> Speaker:
    """A member of staff speaks for themselves."""
    return Speaker(
        actor.practitioner_id, actor.name, actor.organization_name, PersonKind.STAFF, actor
    )


def resident(who: Resident, *, patient_id: UUID, name: str = "") -> Speaker:
    """A resident's account speaks for a patient it may act for; the caller has checked the bond.

    The member is the patient, so a parent and a grandparent of one child share one place. Which
    account wrote is kept with every message.
    """
    return Speaker(patient_id, name, "", PersonKind.RESIDENT, who)


def guest(who: Who) -> Speaker:
    """Somebody who came by a one-time link; the caller has checked their key. The member is the
    guest's own id."""
    return Speaker(who.account_id, who.name, "", PersonKind.GUEST, who)
