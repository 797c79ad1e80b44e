"""The checker of links: one step deep, no ring, each as its state says.

Run by operators (`python -m app reconcile`) and by the tests.
"""

from dataclasses import dataclass, field
from typing import Final

from core import db
from people.matching.models import PatientLink
from people.matching.states import LinkStatus


@dataclass(slots=True)
class Report:
    """How many links there are now, and what does not agree."""

    links: int = 0
    faults: list[str] = field(default_factory=list)


CHECKS: Final[tuple[tuple[str, str], ...]] = (
    (
        "link {0} joins a record with itself",
        "SELECT id FROM people_patient_link WHERE survivor_id = merged_id",
    ),
    (
        "link {0}: the survivor is itself merged by link {1}, a chain or a ring",
        """SELECT a.id, b.id AS other FROM people_patient_link a JOIN people_patient_link b
        ON b.merged_id = a.survivor_id AND b.id <> a.id
        WHERE a.status = 'active' AND b.status = 'active'""",
    ),
    (
        "record {0} is merged by {1} live links",
        """SELECT merged_id, COUNT(*) FROM people_patient_link WHERE status = 'active'
        GROUP BY merged_id HAVING COUNT(*) > 1""",
    ),
    (
        "link {0} is {1}, but when it was undone says otherwise",
        """SELECT id, status FROM people_patient_link
        WHERE (status = 'undone') <> (undone_at IS NOT NULL)""",
    ),
)


async def check() -> Report:
    """Compare every link with every other, in one view of the database."""
    async with db.one_view():
        found = await db.findings(CHECKS)
        return Report(await PatientLink.filter(status=LinkStatus.ACTIVE).count(), found)
