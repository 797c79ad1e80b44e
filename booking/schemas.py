"""What staff write down for booking, and the shapes of the resident's API (contract)."""

import re
from datetime import date, datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from booking.models import ActorKind, Pool, ServiceType
from booking.rules import LONGEST_SLOT_MIN, PREREQUISITES
from core.clock import SHANGHAI
from core.http import Schema
from people.specialties import SPECIALTIES

MOST_PLACES: Final = 200


def _clock(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError("请填时间,例如 08:30")
    return text


def _department(text: str) -> str:
    if text not in SPECIALTIES:
        raise ValueError("请从列表里选科室")
    return text


def _local(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _fen(value: object) -> object:
    """Yuan as typed (15 or 15.50) to fen."""
    if isinstance(value, str):
        if not re.fullmatch(r"\d{1,5}(\.\d{1,2})?", value):
            raise ValueError("请填金额,例如 15 或 15.50")
        whole, _, part = value.partition(".")
        return int(whole) * 100 + int(part.ljust(2, "0") or 0)
    return value


Clock = Annotated[str, AfterValidator(_clock)]
Department = Annotated[str, AfterValidator(_department)]
Local = Annotated[datetime, AfterValidator(_local)]
Fen = Annotated[int, BeforeValidator(_fen), Field(ge=0, le=1_000_000)]
Places = Annotated[int, Field(ge=0, le=MOST_PLACES)]


class ScheduleIn(Schema):
    """A new schedule. A doctor's takes the doctor's name."""

    kind: ActorKind
    practitioner: UUID | None = None
    name: str = Field("", max_length=40)
    department: Department
    service_type: ServiceType = ServiceType.VISIT
    place: str = Field("", max_length=60)
    fee: Fen = 0
    needs: list[str] = []

    @property
    def fee_fen(self) -> int:
        """The fee in fen."""
        return self.fee

    @model_validator(mode="after")
    def _known_needs(self) -> Self:
        if not set(self.needs) <= set(PREREQUISITES):
            raise ValueError("请从列表里选检查要求")
        return self


class HoursIn(Schema):
    """A block of the week with places by pool for each slot."""

    weekday: int = Field(ge=0, le=6)
    opens: Clock
    closes: Clock
    slot_minutes: int = Field(LONGEST_SLOT_MIN, ge=5, le=LONGEST_SLOT_MIN)
    public: Places = 0
    grassroots: Places = 0
    family_doctor: Places = 0
    onsite: Places = 0
    followup: Places = 0

    @property
    def minutes(self) -> tuple[int, int]:
        """Opening and closing as minutes since midnight."""
        return _minutes(self.opens), _minutes(self.closes)

    @property
    def places(self) -> dict[str, int]:
        """Places by pool, without empty ones."""
        found = {pool.value: getattr(self, pool.value) for pool in Pool}
        return {pool: count for pool, count in found.items() if count}


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


class ClosureIn(Schema):
    """When there is no service, and why, in words for patients.

    `elsewhere`: the doctor's other clinics in this house stop too.
    """

    starts_at: Local
    ends_at: Local
    reason: str = Field(min_length=2, max_length=100)
    elsewhere: bool = False


class HolidayIn(Schema):
    """Days on which the whole house is closed."""

    first: date
    last: date
    reason: str = Field(min_length=2, max_length=100)


class AppointmentIn(Schema):
    """Which slot for whom (contract)."""

    slot_id: UUID
    patient_id: UUID
    confirmed: list[str] = []


class AppointmentOut(Schema):
    """An appointment as the resident sees it (contract)."""

    id: UUID
    status: str
    slot_id: UUID
    patient_id: UUID
    start: datetime
    end: datetime
    hold_expires_at: datetime | None
    fee_fen: int
    payment: str
    code: str
    queue_number: int | None
