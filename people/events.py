"""What happened among people that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccessOpened(Event):
    """Somebody opened a record without an invitation, for a reason that will be looked at."""

    name: ClassVar[str] = "people.EmergencyAccessOpened"
    grant_id: str
    patient_id: str
    practitioner_id: str
    managing_organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccessReviewed(Event):
    """Somebody else has looked back at it."""

    name: ClassVar[str] = "people.EmergencyAccessReviewed"
    grant_id: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAlertRaised(Event):
    """A code that this house never made was held out at a desk."""

    name: ClassVar[str] = "people.CardAlertRaised"
    alert_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAlertSeen(Event):
    """An administrator has looked at it."""

    name: ClassVar[str] = "people.CardAlertSeen"
    alert_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountClosed(Event):
    """A colleague may no longer sign in."""

    name: ClassVar[str] = "people.AccountClosed"
    practitioner_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BondProven(Event):
    """A resident's account may act for a patient from now on."""

    name: ClassVar[str] = "people.BondProven"
    bond_id: str
    patient_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDied(Event):
    """A death is on record, with its proof. `died_on` is an ISO day."""

    name: ClassVar[str] = "people.PatientDied"
    patient_id: str
    died_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathDisproved(Event):
    """The resident lives. `was`: proposed (only heard of) or recorded."""

    name: ClassVar[str] = "people.DeathDisproved"
    patient_id: str
    was: str
