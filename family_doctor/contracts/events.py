"""What happened to contracts that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractActivated(Event):
    """From now on the team looks after the resident. `follows_id` is the contract before this
    one, empty for a new resident; `starts_on` and `ends_on` are ISO days."""

    name: ClassVar[str] = "family_doctor.ContractActivated"
    contract_id: str
    patient_id: str
    team_id: str
    doctor_id: str
    follows_id: str
    starts_on: str
    ends_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractEnded(Event):
    """The team no longer looks after the resident under this contract. `status` says how:
    renewed and changed_team are followed by ContractActivated of the next one in the same
    transaction; `by` is resident, team or house."""

    name: ClassVar[str] = "family_doctor.ContractEnded"
    contract_id: str
    patient_id: str
    team_id: str
    status: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractMoved(Event):
    """A step on the way to a contract, or a signature; `by` is resident, team or house."""

    name: ClassVar[str] = "family_doctor.ContractMoved"
    contract_id: str
    patient_id: str
    team_id: str
    action: str
    status: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractDue(Event):
    """A clock of a contract: lapse, begin, renewal, expire. Counts only where it still fits."""

    name: ClassVar[str] = "family_doctor.ContractDue"
    contract_id: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalDue(Event):
    """The contract ends soon, and nothing follows it yet."""

    name: ClassVar[str] = "family_doctor.RenewalDue"
    contract_id: str
    patient_id: str
    team_id: str
    ends_on: str


KINDS = (ContractActivated, ContractEnded, ContractMoved)
