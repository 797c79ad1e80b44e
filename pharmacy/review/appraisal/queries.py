"""Reads of appraisals: the list, what a doctor has to hear, a month in numbers.

The numbers are of doctors and classes, never of drugs: 统方 for commerce is forbidden (监管细则).
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from core import clock
from people.queries import practitioner
from pharmacy.review.appraisal.service import month_of
from pharmacy.review.models import Appraisal, AppraisalMonth, Outcome
from pharmacy.review.states import AppraisalStatus

MOST: Final = 300
HEARD: Final = timedelta(days=14)
MONTHS: Final = 12


async def listed(month: str = "") -> list[Appraisal]:
    """To judge first, then what is judged, the latest months first."""
    rows = Appraisal.filter(month=month) if month else Appraisal.all()
    found = await rows.order_by("-month", "drawn_at", "id").limit(MOST).select_related("request")
    return sorted(found, key=lambda row: row.status is not AppraisalStatus.DRAWN)


async def months() -> list[AppraisalMonth]:
    """What was drawn, the latest first."""
    return await AppraisalMonth.all().order_by("-month").limit(MONTHS)


def past_months() -> list[str]:
    """The last twelve months that are over, the latest first."""
    first = clock.today().replace(day=1)
    found = []
    for _ in range(MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(f"{first:%Y-%m}")
    return found


async def of_request(request_id: UUID) -> Appraisal | None:
    """The appraisal of one prescription, if there is one."""
    return await Appraisal.get_or_none(request_id=request_id)


async def to_hear(author_id: UUID) -> list[Appraisal]:
    """What was found about this doctor's prescriptions lately and is not answered."""
    rows = Appraisal.filter(
        author_id=author_id,
        status=AppraisalStatus.JUDGED,
        judged_at__gt=clock.now() - HEARD,
    ).exclude(outcome=Outcome.REASONABLE)
    return await rows.order_by("judged_at").select_related("request__patient")


@dataclass(slots=True)
class Counted:
    """One doctor's month."""

    name: str
    organization: str
    judged: int = 0
    waiting: int = 0
    by_outcome: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))

    @property
    def rate(self) -> str:
        """Reasonable among the judged, in percent."""
        good = self.by_outcome[Outcome.REASONABLE]
        return f"{100 * good / self.judged:.1f}%" if self.judged else "–"


async def table(month: str = "") -> list[Counted]:
    """A month by doctor, by name."""
    found: dict[UUID, Counted] = {}
    for row in await Appraisal.filter(month=month or month_of(clock.now())):
        if row.author_id not in found:
            person = await practitioner(row.author_id)
            found[row.author_id] = Counted(person.name, person.organization_name)
        one = found[row.author_id]
        if row.status is AppraisalStatus.DRAWN:
            one.waiting += 1
        else:
            one.judged += 1
            one.by_outcome[row.outcome] += 1
    return sorted(found.values(), key=lambda one: (one.organization, one.name))
