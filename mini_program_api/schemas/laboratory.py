"""Laboratory results as residents read them."""

from datetime import date
from uuid import UUID

from core.http import Schema
from mini_program_api.schemas.common import Items


class LaboratoryResultOut(Schema):
    """One result. `flag`: normal, high, low, abnormal (a word instead of a number) or unknown
    (no range to compare with); show `flag_name`, which is empty for what is in its range."""

    name: str
    value: str
    reference_range: str
    flag: str
    flag_name: str


class LaboratoryReportOut(Schema):
    """What one laboratory found in one sample. `note` says what to make of it."""

    id: UUID
    taken_on: date
    laboratory_name: str
    recorded_by: str
    corrected: bool
    results: list[LaboratoryResultOut]
    note: str


class LaboratoryReports(Items[LaboratoryReportOut]):
    """The newest first; `asking` is said once for all of them."""

    asking: str
