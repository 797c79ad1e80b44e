"""Vaccinations of 云河县: the books of the signed children, up to half a year ago."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from app.demo.follow_ups import DOCTORS
from app.demo.teleconsultation import actor
from app.settings import Settings
from core import clock
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from family_doctor.followup.rules.dates import months_after
from family_doctor.immunization import policy, recording, service
from people.models import Patient

GROWN: Final = 18 * 12
COPIED: Final = timedelta(days=180)
AFTER: Final = timedelta(days=6)
"""A dose is given some days after it opens."""


async def create(settings: Settings) -> None:
    """Called once, in the county's transaction, after the residents are followed up."""
    young = months_after(clock.today(), -GROWN)
    for team, login in DOCTORS.items():
        doctor = await actor(login)
        rows = Contract.filter(team__name=team, status=Status.ACTIVE, patient__birth_date__gt=young)
        children = await rows.order_by("begun_at", "id").select_related("patient")
        for number, row in enumerate(children):
            book = dict(sorted(_book(row.patient), key=lambda one: one[1]))
            if number == 0 and book:
                book.popitem()  # one has not come for the last one
            await recording.copy_book(doctor, row.patient_id, book)
            await service.compare(doctor, row.patient_id)


def _book(child: Patient) -> Iterator[tuple[str, date]]:
    for series in policy.calendar().series:
        if series.sex is None:
            for dose in series.way[0].dose:
                on = dose.opens.after(child.birth_date) + AFTER
                if on < clock.today() - COPIED:
                    yield f"{dose.vaccine}:{dose.number}", on
