"""Who an article goes to: signed residents of these teams who fit everything that is asked."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from tortoise.expressions import Q, Subquery

from core import clock
from family_doctor.care_plan.models import CarePlan
from family_doctor.care_plan.states import PlanStatus
from family_doctor.queries import signed_with
from notifications.education.schemas import AudienceIn
from people.models import Patient


async def fitting(asked: AudienceIn, team_ids: Sequence[UUID]) -> list[UUID]:
    """The patients' ids, each once."""
    living = Patient.filter(deceased_on=None)
    rows = living.filter(signed_with(team_ids)).filter(_born(asked))
    if asked.village:
        rows = rows.filter(village=asked.village)
    if asked.programme is not None:
        plans = CarePlan.filter(programme=asked.programme, status=PlanStatus.ACTIVE)
        rows = rows.filter(id__in=Subquery(plans.values("patient_id")))
    found = await rows.values_list("id", flat=True)
    return sorted({UUID(str(one)) for one in found})


def _born(asked: AudienceIn) -> Q:
    """Ages are completed years."""
    today, wanted = clock.today(), Q()
    if asked.age_from is not None:
        wanted &= Q(birth_date__lte=_years_ago(today, asked.age_from))
    if asked.age_to is not None:
        wanted &= Q(birth_date__gt=_years_ago(today, asked.age_to + 1))
    return wanted


def _years_ago(today: date, years: int) -> date:
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)
