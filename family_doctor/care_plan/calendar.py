"""The dates of a plan: what its programme asks for next, after what has been done."""

from collections.abc import Iterator
from datetime import date, timedelta

from family_doctor.care_plan.models import CarePlan, Programme
from family_doctor.care_plan.policy import Params
from family_doctor.followup.rules import dates
from family_doctor.followup.rules.dates import DAYS_UNTIL_NEXT, Due, Stability

BY_TABLE = frozenset({Programme.HYPERTENSION, Programme.DIABETES})
"""Their next contact comes from the last follow-up, not from a calendar."""


def next_due(plan: CarePlan, params: Params, today: date, done: frozenset[str]) -> Due | None:
    """The first date that is not over yet and not done; None: nothing is left of the programme.

    `done` holds `code@opens` of what has been completed or refused. What was over before the
    patient came is not caught up: a child of three needs no visit of the newborn.
    """
    for due in _dates(plan, params, today):
        if due.by >= today and stamp(due) not in done:
            return due
    return None


def stamp(due: Due) -> str:
    """Names one date of a calendar."""
    return f"{due.code}@{due.opens.isoformat()}"


def _dates(plan: CarePlan, params: Params, today: date) -> Iterator[Due]:
    start, facts = plan.began_from, plan.facts
    match plan.programme:
        case Programme.ELDERLY:
            years = (today.year, today.year + 1)
            yield from (due for year in years if (due := dates.elderly(start, year)))
        case Programme.PREGNANCY:
            yield from _pregnancy(start, facts, params)
        case Programme.CHILD:
            home = _day(facts, "discharged_on") or start
            yield from dates.child(start, home, params.dates)
        case Programme.TUBERCULOSIS:
            yield from dates.tuberculosis(
                start,
                _day(facts, "ends_on") or dates.months_after(start, 6),
                params.dates,
                supervised_by_staff=facts.get("supervised_by_staff", True),
                intensive_ends=dates.months_after(start, 2),
            )
        case Programme.MENTAL:
            yield _mental(start, facts, today)


def _mental(start: date, facts: dict[str, str], today: date) -> Due:
    """After the last time, which has a date of its own: two visits never share one."""
    times = [day for name in ("seen_on", "refused_on") if (day := _day(facts, name))]
    last = max(times, default=None)
    days = DAYS_UNTIL_NEXT[Stability(facts.get("stability", Stability.BASICALLY_STABLE))]
    opens = last + timedelta(days=1) if last else start
    return Due("mental", opens, max((last or start) + timedelta(days=days), opens, today))


def _pregnancy(start: date, facts: dict[str, str], params: Params) -> Iterator[Due]:
    born = _day(facts, "born_on")
    if born is None:
        yield from dates.pregnancy(start)
        return
    yield from dates.childbed(born, _day(facts, "discharged_on") or born, params.dates)


def _day(facts: dict[str, str], name: str) -> date | None:
    text = facts.get(name)
    return date.fromisoformat(text) if text else None
