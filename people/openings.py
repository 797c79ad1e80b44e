"""Who has opened a person's record, told to that person: the audit trail read as sittings.

个人信息保护法 art. 44 (to know of the handling of one's data), art. 51 (access of staff is bounded
and checked). Whatever staff and partner systems did on any record of the person counts; what
residents' own accounts did does not: `residents.proxies` tells who they are. Acts of one account
with short breaks are one sitting; midnight ends it, so that a page can begin anywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from core import clock
from core.audit import NOBODY, AuditEvent
from people.access import basis_in
from people.links import same_person
from people.models import Account, EmergencyReview, Organization, ReviewVerdict
from people.staff import ROLE_WORDS

BREAK: Final = timedelta(minutes=30)
BATCH: Final = 100
BROKEN_GLASS: Final = "emergency_access"
MACHINE: Final = "机构的信息系统"

Place = tuple[datetime, UUID]
"""Where a page ends: the last act of a sitting, and whose it was."""


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the trail. `basis` is why the door opened, where it was a door."""

    at: datetime
    action: str
    subject: str
    basis: str
    reason: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """A broken glass: why, and what those who looked back found; None: nobody has yet."""

    reason: str
    verdict: ReviewVerdict | None


@dataclass(slots=True)
class Opening:
    """One sitting of one account. `role` is the title or the post in words; `phone` is the
    institution's, or of the one above a clinic without any."""

    account_id: UUID
    name: str
    organization_id: UUID
    acts: list[Act]
    role: str = ""
    organization: str = ""
    phone: str = ""
    emergencies: list[Emergency] = field(default_factory=list)

    @property
    def began_at(self) -> datetime:
        """The first act."""
        return self.acts[-1].at

    @property
    def ended_at(self) -> datetime:
        """The last act."""
        return self.acts[0].at

    @property
    def place(self) -> Place:
        """What the next page begins after."""
        return self.ended_at, self.account_id


async def openings(patient_id: UUID, *, before: Place | None, limit: int) -> list[Opening]:
    """The sittings of all records of this person, the newest first. No door: see `access`."""
    records = await same_person(patient_id)
    found: list[Opening] = []
    until = _midnight(before[0]) + timedelta(days=1) if before else None
    while len(found) < limit and (events := await _days(records, until)):
        sittings = _sittings(events)
        found += [one for one in sittings if before is None or one.place < before]
        until = _midnight(events[-1].at)
    page = found[:limit]
    await _name(page)
    await _judge(page)
    return page


async def _days(records: Sequence[UUID], until: datetime | None) -> list[AuditEvent]:
    """The latest whole days before `until` on which something happened, newest act first."""
    acts = AuditEvent.filter(patient_id__in=records, outcome="success")
    acts = acts.exclude(organization_id=NOBODY).order_by("-at", "-id")
    if until is not None:
        acts = acts.filter(at__lt=until)
    found = await acts.limit(BATCH)
    if len(found) < BATCH:
        return found
    cut = _midnight(found[-1].at)  # of this day there may be more
    whole = [act for act in found if act.at >= cut + timedelta(days=1)]
    return whole or await acts.filter(at__gte=cut)


def _midnight(moment: datetime) -> datetime:
    """When the county's day of this moment began."""
    day = moment.astimezone(clock.SHANGHAI).date()
    return datetime.combine(day, time(), clock.SHANGHAI)


def _sittings(events: Iterable[AuditEvent]) -> list[Opening]:
    """Whole days of acts, newest first, as sittings, newest first."""
    running: dict[UUID, Opening] = {}
    found: list[Opening] = []
    for event in events:
        act = Act(event.at, event.action, event.subject, basis_in(event.reason), event.reason)
        sitting = running.get(event.account_id)
        if sitting is None or not _goes_on(sitting, act):
            sitting = Opening(event.account_id, event.account_name, event.organization_id, [])
            running[event.account_id] = sitting
            found.append(sitting)
        sitting.acts.append(act)
    return sorted(found, key=lambda one: one.place, reverse=True)


def _goes_on(sitting: Opening, earlier: Act) -> bool:
    first = sitting.began_at
    return first - earlier.at <= BREAK and _midnight(first) == _midnight(earlier.at)


async def _name(found: Sequence[Opening]) -> None:
    accounts = await Account.filter(id__in={one.account_id for one in found}).select_related(
        "practitioner"
    )
    roles = {account.id: _role(account) for account in accounts}
    houses = await Organization.filter(
        id__in={one.organization_id for one in found}
    ).select_related("parent")
    known = {house.id: house for house in houses}
    for one in found:
        one.role = roles.get(one.account_id, MACHINE)
        if house := known.get(one.organization_id):
            above = house.parent.phone if house.parent else ""
            one.organization, one.phone = house.name, house.phone or above


def _role(account: Account) -> str:
    title: str = account.practitioner.title
    return title or "、".join(words for role, words in ROLE_WORDS.items() if role in account.roles)


async def _judge(found: Sequence[Opening]) -> None:
    """What became of broken glass."""
    broken = [(one, act) for one in found for act in one.acts if act.action == BROKEN_GLASS]
    grants = {grant_id for _, act in broken if (grant_id := _grant_of(act))}
    reviews = {
        row.grant_id: row.verdict for row in await EmergencyReview.filter(grant_id__in=grants)
    }
    for one, act in broken:
        grant_id = _grant_of(act)
        one.emergencies.append(Emergency(act.reason, reviews.get(grant_id) if grant_id else None))


def _grant_of(act: Act) -> UUID | None:
    kind, _, id = act.subject.partition("/")
    return UUID(id) if kind == "RecordGrant" else None
