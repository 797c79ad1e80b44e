"""What happened to services that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRecorded(Event):
    """A service was written down, confirmed, disputed or withdrawn (`action`: record, …)."""

    name: ClassVar[str] = "family_doctor.ServiceRecorded"
    record_id: str
    contract_id: str
    patient_id: str
    action: str
