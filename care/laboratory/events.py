"""What others may react to."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsRecorded(Event):
    """A panel of results was written down, or a new version of one."""

    name: ClassVar[str] = "care.results_recorded"
    patient_id: str
    report_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsInError(Event):
    """A panel never was true."""

    name: ClassVar[str] = "care.results_in_error"
    patient_id: str
    report_id: str
