"""The checker: every slot, appointment, offer and coin must agree with every other.

Run by operators (`python -m app reconcile`) and by the tests after every storm.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from booking.models import Appointment
from booking.states import HOLDS_PLACE, LIVE, Status
from core import clock, db

OVERDUE: Final = timedelta(minutes=10)


@dataclass(slots=True)
class Report:
    """What was looked at, what does not agree, and what waits for a person."""

    slots: int = 0
    appointments: int = 0
    places: int = 0
    used: int = 0
    faults: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)


def _in(states: frozenset[str]) -> str:
    return "(" + ", ".join(f"'{state}'" for state in sorted(states)) + ")"


_USED: Final = _in(frozenset(state.value for state in HOLDS_PLACE))
_LIVE: Final = _in(frozenset(state.value for state in LIVE))

# ruff: noqa: S608  (the queries are made of our own enumerations)
CHECKS: Final[tuple[tuple[str, str], ...]] = (
    (
        "slot {0}: quota {1} is not remaining {2} + used {3}",
        f"""SELECT s.id, s.quota, s.remaining, COUNT(a.id) FROM booking_slot s
        LEFT JOIN booking_appointment a ON a.slot_id = s.id AND a.status IN {_USED}
        GROUP BY s.id, s.quota, s.remaining
        HAVING s.quota <> s.remaining + COUNT(a.id) OR s.remaining < 0""",
    ),
    (
        "patient {0} has {3} live appointments in {1} on {2}",
        f"""SELECT patient_id, "group", day, COUNT(*) FROM booking_appointment
        WHERE status IN {_LIVE} GROUP BY patient_id, "group", day HAVING COUNT(*) > 1""",
    ),
    (
        "appointment {0} is not at the time of its slot",
        """SELECT a.id FROM booking_appointment a JOIN booking_slot s ON s.id = a.slot_id
        WHERE a.starts_at <> s.starts_at OR a.ends_at <> s.ends_at OR a.day <> s.day
        OR a.schedule_id <> s.schedule_id""",
    ),
    (
        "appointment {0} is {1}, but its times say otherwise",
        """SELECT id, status FROM booking_appointment WHERE
        (status = 'held' AND hold_expires_at IS NULL)
        OR (status NOT IN ('held', 'expired', 'cancelled') AND booked_at IS NULL)
        OR (status IN ('checked_in', 'called', 'in_service', 'done') AND queue_number IS NULL)
        OR (status IN ('done', 'cancelled', 'no_show', 'expired') AND ended_at IS NULL)
        OR (status = 'cancelled' AND cancelled_by IS NULL)""",
    ),
    (
        "appointment {0} is {1} but its fee is pending",
        """SELECT id, status FROM booking_appointment WHERE payment = 'pending'
        AND status NOT IN ('held', 'expired', 'cancelled')""",
    ),
    (
        "the offer of wish {0} is {1}, its appointment {2}",
        """SELECT w.id, w.status, a.status FROM booking_waiting_wish w
        LEFT JOIN booking_appointment a ON a.id = w.appointment_id
        WHERE (w.status = 'offered' AND (a.id IS NULL OR a.status <> 'held'))
        OR (w.status = 'taken' AND (a.id IS NULL OR a.status IN ('held', 'expired')))""",
    ),
    (
        "appointment {0} was paid in cash, but no cash entry says so",
        """SELECT a.id FROM booking_appointment a
        LEFT JOIN booking_cash_entry c ON c.appointment_id = a.id AND c.kind = 'fee'
        LEFT JOIN booking_disruption d ON d.moved_to_id = a.id
        WHERE a.payment = 'cash' AND d.id IS NULL
        AND (c.id IS NULL OR c.amount_fen <> a.fee_fen)""",
    ),
    (
        "cash was taken for appointment {0}, which says it is {1}",
        """SELECT a.id, a.payment FROM booking_appointment a
        JOIN booking_cash_entry c ON c.appointment_id = a.id AND c.kind = 'fee'
        WHERE a.payment <> 'cash'""",
    ),
    (
        "appointment {0}: the refund in cash and its entry do not agree",
        """SELECT a.id FROM booking_appointment a
        LEFT JOIN booking_cash_entry c ON c.appointment_id = a.id AND c.kind = 'refund'
        WHERE a.payment = 'cash' AND ((a.refunded_at IS NULL) <> (c.id IS NULL))""",
    ),
    (
        "disruption {0} is {1}, which its appointments do not bear out",
        """SELECT d.id, d.remedy FROM booking_disruption d
        JOIN booking_appointment a ON a.id = d.appointment_id
        LEFT JOIN booking_appointment n ON n.id = d.moved_to_id
        WHERE a.status <> 'cancelled' OR (d.remedy = 'moved') <> (n.id IS NOT NULL)
        OR (d.remedy = 'moved' AND a.refund_fen <> 0)""",
    ),
    (
        "appointment {0} is live while its schedule is stopped",
        """SELECT a.id FROM booking_appointment a
        JOIN booking_schedule s ON s.id = a.schedule_id
        JOIN booking_closure c ON c.lifted_at IS NULL
        AND (c.schedule_id = s.id OR (c.schedule_id IS NULL
        AND c.organization_id = s.organization_id))
        WHERE a.status IN ('held', 'booked', 'checked_in', 'called')
        AND a.starts_at < c.ends_at AND a.ends_at > c.starts_at AND a.ends_at > c.created_at""",
    ),
)


_PERSON: Final = """SELECT a.*, COALESCE(l.survivor_id, a.patient_id) AS person
FROM booking_appointment a
LEFT JOIN people_patient_link l ON l.merged_id = a.patient_id AND l.status = 'active'"""
"""Each appointment with whose it is: records that were joined are one person."""

AFTER_JOINING: Final[tuple[tuple[str, str], ...]] = (
    (
        "appointment {0} was written for record {1}, which had been merged",
        """SELECT a.id, a.patient_id FROM booking_appointment a JOIN people_patient_link l
        ON l.merged_id = a.patient_id AND l.status = 'active' AND l.made_at < a.held_at""",
    ),
)
TWICE: Final[tuple[tuple[str, str], ...]] = (
    (
        "person {0} has {3} live appointments in {1} on {2}, made before the records were joined",
        f"""SELECT person, "group", day, COUNT(*) FROM ({_PERSON}) AS whose
        WHERE status IN {_LIVE} GROUP BY person, "group", day
        HAVING COUNT(*) > 1 AND COUNT(DISTINCT patient_id) > 1""",
    ),
    (
        "person {0} has appointments {1} and {2} at one time, made before the records were joined",
        f"""SELECT a.person, a.id, b.id AS other FROM ({_PERSON}) AS a JOIN ({_PERSON}) AS b
        ON b.person = a.person AND b.day = a.day AND a.id < b.id AND a."group" <> b."group"
        AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
        WHERE a.patient_id <> b.patient_id AND a.status IN {_LIVE} AND b.status IN {_LIVE}""",
    ),
)


async def check() -> Report:
    """Compare everything with everything, in one view of the database."""
    report = Report()
    async with db.one_view():
        connection = db.connection()
        report.faults = await db.findings((*CHECKS, *AFTER_JOINING))
        report.tasks = await db.findings(TWICE)
        await _overdue(report)
        counts = await connection.execute_query_dict(
            "SELECT COUNT(*) AS slots, COALESCE(SUM(quota), 0) AS places,"
            " COALESCE(SUM(quota - remaining), 0) AS used FROM booking_slot"
        )
        made = await connection.execute_query_dict("SELECT COUNT(*) AS n FROM booking_appointment")
    report.slots, report.places, report.used = (int(n) for n in counts[0].values())
    report.appointments = int(made[0]["n"])
    return report


async def _overdue(report: Report) -> None:
    """Holds that should have been given back long ago: no worker is running."""
    late = clock.now() - OVERDUE
    for row in await Appointment.filter(status=Status.HELD, hold_expires_at__lt=late):
        report.faults.append(f"appointment {row.id} is held although its time was over long ago")
