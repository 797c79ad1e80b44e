"""A child's vaccinations as parents read them."""

from datetime import date

from core.http import Schema


class ImmunizationOut(Schema):
    """A dose that was given; `lot` and `place` may be empty."""

    name: str
    given_on: date
    place: str
    lot: str


class ImmunizationDueOut(Schema):
    """A dose that is to be given. `state`: due, late, later, or unrecorded (a later one is on
    record: show the book to the team), which has no days."""

    name: str
    against: str
    state: str
    state_name: str
    opens_on: date | None
    last_on: date | None


class ImmunizationsOut(Schema):
    """`checked_on`: when the team compared the book; null: `due` and `coming` are empty, and `note`
    says what to do. `where` and `asking` go with whatever is due."""

    checked_on: date | None
    due: list[ImmunizationDueOut]
    coming: list[ImmunizationDueOut]
    given: list[ImmunizationOut]
    where: str
    note: str
    asking: str
