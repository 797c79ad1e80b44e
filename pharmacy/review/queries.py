"""Reads of review for pages, the doctor's form and the resident's. None of these is a door, except
that `queue` shows only what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from care.signatures.models import Signature
from core import clock
from people.actor import Actor
from people.links import same_person
from people.models import Organization
from pharmacy.prescribing.models import MedicationRequest, PrescribedLine
from pharmacy.prescribing.states import SIGNED, Status
from pharmacy.review import rules
from pharmacy.review.models import Review, ReviewShift
from pharmacy.review.policy import params
from pharmacy.review.states import DECIDED, DutyStatus, ReviewStatus

MOST = 300
EARLIER = 12
SEVERE = frozenset({"severe", "blocking"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """One prescription in the queue; `since` is when it came to the pharmacists, this time.

    `severe` counts what screening found severe; `confirmed`: the doctor kept it after a return.
    """

    request: MedicationRequest
    house: str
    since: datetime
    waited: timedelta
    age: rules.Age
    drugs: int
    severe: int
    confirmed: bool
    holder: Review | None


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Whether somebody reviews now. `sentence` says so to people; empty when somebody does."""

    reviewers: int
    opens_at: datetime | None
    sentence: str


async def queue(organization_id: UUID | None = None) -> list[Waiting]:
    """What waits in the county or for one house, who has waited longest first."""
    rows = MedicationRequest.filter(status=Status.ON_HOLD, valid_until__gt=clock.now())
    if organization_id is not None:
        rows = rows.filter(organization_id=organization_id)
    found = await rows.order_by("signed_at").limit(MOST).select_related("patient")
    ids = [row.id for row in found]
    held = {review.live: review for review in await Review.filter(live__in=ids)}
    houses = {house.id: house.short_name for house in await Organization.all()}
    drugs = await lines_of(ids)
    again = await _signed_again(found)
    shown = []
    for row in found:
        since = again.get(row.second_signature_id) or row.signed_at or row.saved_at
        shown.append(
            Waiting(
                request=row,
                house=houses.get(row.organization_id, ""),
                since=since,
                waited=clock.now() - since,
                age=rules.age_of(clock.now() - since, params()),
                drugs=len(drugs.get(row.id, ())),
                severe=_severe(row),
                confirmed=bool(row.confirmed_reason),
                holder=held.get(row.id),
            )
        )
    return sorted(shown, key=lambda one: one.since)


def _severe(row: MedicationRequest) -> int:
    findings = (row.screening or {}).get("findings", ())
    return sum(one["severity"] in SEVERE for one in findings)


async def _signed_again(rows: Sequence[MedicationRequest]) -> dict[UUID | None, datetime]:
    """When the doctor stood by it; a second signature alone may be about a dose (art. 6)."""
    ids = [row.second_signature_id for row in rows if row.confirmed_reason]
    return {one.id: one.signed_at for one in await Signature.filter(id__in=ids)}


async def waiting(actor: Actor) -> int:
    """For the navigation: how many wait and lie on nobody's desk, and how many lie on mine."""
    rows = MedicationRequest.filter(status=Status.ON_HOLD, valid_until__gt=clock.now())
    taken = await Review.filter(live__isnull=False).values_list("live", "reviewer_id")
    others = [live for live, reviewer in taken if reviewer != actor.practitioner_id]
    return await rows.exclude(id__in=others).count() if others else await rows.count()


async def decided_by(actor: Actor, *, limit: int = 30) -> list[Review]:
    """One's own decisions, the latest first."""
    rows = Review.filter(reviewer_id=actor.practitioner_id, status__in=list(DECIDED))
    return await rows.order_by("-decided_at").limit(limit).select_related("request")


async def of_request(request_id: UUID) -> list[Review]:
    """All sittings that decided something about one version, in order."""
    rows = Review.filter(request_id=request_id, status__in=list(DECIDED))
    return await rows.order_by("decided_at")


async def last_return(request_id: UUID) -> Review | None:
    """What the pharmacist wants of the doctor: the last return of this version."""
    rows = Review.filter(request_id=request_id, status=ReviewStatus.RETURNED)
    return await rows.order_by("-decided_at").first()


@dataclass(frozen=True, slots=True)
class BackWithDoctor:
    """A prescription that waits for its doctor; the patient is loaded."""

    request: MedicationRequest
    review: Review | None


async def returned_to(author_id: UUID) -> list[BackWithDoctor]:
    """Returned and not yet answered, still valid, the oldest first: for the doctor's day."""
    rows = MedicationRequest.filter(
        author_id=author_id, status=Status.RETURNED, valid_until__gt=clock.now()
    )
    found = await rows.order_by("signed_at").select_related("patient")
    return [BackWithDoctor(row, await last_return(row.id)) for row in found]


async def asked_of(actor: Actor) -> list[MedicationRequest]:
    """Prescriptions of this doctor about which a pharmacist is asking now."""
    asked = await Review.filter(live__isnull=False, asked_at__isnull=False).values_list("live")
    rows = MedicationRequest.filter(
        id__in=[live for (live,) in asked], author_id=actor.practitioner_id
    )
    return await rows.order_by("signed_at").select_related("patient")


async def earlier(row: MedicationRequest) -> list[MedicationRequest]:
    """Other signed prescriptions of the same person, the latest first."""
    rows = MedicationRequest.filter(
        patient_id__in=await same_person(row.patient_id), status__in=list(SIGNED)
    ).exclude(id=row.id)
    return await rows.order_by("-signed_at").limit(EARLIER)


async def lines_of(ids: Sequence[UUID]) -> dict[UUID, list[PrescribedLine]]:
    """The drugs of some prescriptions, each in its order."""
    found: dict[UUID, list[PrescribedLine]] = {}
    for line in await PrescribedLine.filter(request_id__in=list(ids)).order_by("rank"):
        found.setdefault(line.request_id, []).append(line)
    return found


async def shifts() -> list[ReviewShift]:
    """Who is on duty in the county, pausing or not."""
    rows = ReviewShift.filter(live__isnull=False).order_by("opened_at")
    return await rows.select_related("practitioner__organization")


async def on_duty(organization_id: UUID | None = None) -> OnDuty:
    """Whether anybody in the county (or of one house) reviews now; else since when somebody will.

    医院办法 附录: at least one pharmacist reviews during business hours. Asked before a doctor
    writes and before a resident asks for a visit.
    """
    rows = ReviewShift.filter(status=DutyStatus.OPEN, live__isnull=False)
    if organization_id is not None:
        rows = rows.filter(organization_id=organization_id)
    count = await rows.count()
    if count:
        return OnDuty(count, None, "")
    opens = rules.next_duty(clock.now(), params())
    when = f"{clock.in_words(opens)} 以后" if opens else "药师上岗后"
    return OnDuty(0, opens, f"现在没有药师在岗,处方要到{when}才能审核。")
