"""Results as the record shows them beside everything else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from care.laboratory import queries
from care.laboratory.chart import chart
from care.laboratory.words import day
from care.record.plot import Chart
from people.links import survivor
from people.models import Patient


@dataclass(frozen=True, slots=True)
class Shown:
    """The newest of each analyte, what lies outside its range first; charts by analyte."""

    courses: Sequence[queries.Course]
    charts: Mapping[str, Chart]
    kidneys: queries.Filtration | None
    day: Callable[[date], str] = day


async def shown(patient_id: UUID) -> Shown:
    """For a patient whose door has been opened."""
    courses = queries.courses(await queries.results(patient_id))
    drawn = {one.analyte.code: chart(one) for one in courses}
    patient = await Patient.get(id=await survivor(patient_id))
    return Shown(
        courses=sorted(courses, key=lambda one: not one.latest.flag),
        charts={code: each for code, each in drawn.items() if each is not None},
        kidneys=await queries.filtration(patient) if courses else None,
    )
