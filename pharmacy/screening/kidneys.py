"""How well the kidneys filter; the formulas are the record's (`care.laboratory.kidneys`)."""

from datetime import date
from decimal import Decimal

from care.laboratory import kidneys
from people.ages import years
from pharmacy.screening.case import Person


def egfr(person: Person, on: date) -> Decimal | None:
    """The value that was given, else from creatinine (ml/min/1.73 m²); else None.

    One that is too old to judge by is none.
    """
    if person.egfr is not None:
        return None if person.egfr_stale else person.egfr
    if person.creatinine is None or person.birth_date is None:
        return None
    age = years(person.birth_date, on)
    return kidneys.filtration(person.creatinine, sex=person.sex.value, age_years=age)
