"""Two pharmacists, a doctor and the clock at random over one prescription, on the database."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock as time
from core.errors import Conflict, Forbidden, NotFound
from core.outbox import OutboxEntry
from people.models import RecordGrant
from people.rechecks import IdentityCheck
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import Status
from pharmacy.review import claims, service
from pharmacy.review.models import Review, ReviewShift
from pharmacy.review.schemas import DecisionIn
from pharmacy.review.states import DECIDED, ReviewStatus
from tests.care.conftest import resident, staff
from tests.pharmacy.review.conftest import ALL_FIT, trained
from tests.plumbing.actors import actor
from tests.plumbing.prescriptions import confirmed, ended, signed

__all__ = ["resident", "staff"]

pytestmark = pytest.mark.usefixtures("staff", "clock")

REFUSED = (Conflict, Forbidden, NotFound)
GOOD = DecisionIn(then="approve", fit=ALL_FIT)
BAD = {"faults": ["fit-dose"], "reason": "剂量偏大,请核对"}
PHARMACISTS = ("pharmacist1", "pharmacist2")
DEEDS = ("claim", "release", "approve", "return", "reject")
MOVES = [
    *((name, deed) for name in PHARMACISTS for deed in DEEDS),
    ("both", "approve"),
    ("both", "claim"),
    ("doctor", "confirm"),
    ("doctor", "cancel"),
    ("clock", "silence"),
]


async def act(name, deed, row):
    """One deed of one pharmacist."""
    person = await actor(name)
    match deed:
        case "claim":
            await service.claim(person, row.id)
        case "release":
            await service.release(person, row.id)
        case "approve":
            check = IdentityCheck("password", time.now(), "")
            await service.approve(person, row.id, GOOD, check=check)
        case "return":
            await service.return_(person, row.id, DecisionIn(then="return", **BAD))
        case "reject":
            await service.reject(person, row.id, DecisionIn(then="reject", **BAD))


async def move(name, deed, row, clock):
    """One move; what is refused changes nothing."""
    try:
        if name == "both":
            deeds = [act(one, deed, row) for one in PHARMACISTS]
            for problem in await asyncio.gather(*deeds, return_exceptions=True):
                assert not isinstance(problem, Exception) or isinstance(problem, REFUSED)
        elif name in PHARMACISTS:
            await act(name, deed, row)
        elif name == "doctor" and deed == "confirm":
            now = await MedicationRequest.get(id=row.id)
            if now.status is Status.RETURNED and not now.confirmed_reason:
                await confirmed(row)
        elif name == "doctor":
            await ended(row, "cancel")
            await claims.void(row.id)
        else:
            clock.move(minutes=16)
            for review in await Review.filter(live__isnull=False):
                await claims.time_out(review.id)
    except REFUSED:
        pass


async def agrees(row):
    """Sittings, prescription, record and events say the same."""
    row = await MedicationRequest.get(id=row.id)
    found = await Review.filter(request_id=row.id).order_by("claimed_at")
    live = [one for one in found if one.live is not None]
    assert len(live) <= 1
    assert all(one.status is ReviewStatus.CLAIMED for one in live)
    assert not live or row.status is Status.ON_HOLD
    grants = await RecordGrant.filter(basis="prescription", revoked_at=None)
    assert {one.subject for one in grants} == {claims.subject(one.id) for one in live}
    passed = [one for one in found if one.status is ReviewStatus.APPROVED]
    assert len(passed) == (row.reviewed_at is not None and row.end_reason == "")
    if row.status is Status.ACTIVE:
        assert len(passed) == 1
        assert passed[0].reviewer_id == row.reviewed_by != row.author_id
        assert passed[0].signature_id == row.review_signature_id
    for name, status in (("Approved", "approved"), ("Returned", "returned")):
        told = OutboxEntry.filter(
            name=f"pharmacy.MedicationRequest{name}", subject=f"MedicationRequest/{row.id}"
        )
        assert await told.count() == sum(one.status.value == status for one in found)
    assert all(one.decided_at for one in found if one.status in DECIDED)


@pytest.fixture
async def on_duty(staff):
    """Both pharmacists are trained and on duty."""
    await trained(*PHARMACISTS)
    for name in PHARMACISTS:
        person = await actor(name)
        await ReviewShift.create(
            practitioner_id=person.practitioner_id,
            organization_id=person.organization_id,
            live=person.practitioner_id,
            method="password",
            checked_at=time.now(),
            opened_at=time.now(),
            acted_at=time.now(),
        )


async def test_one_hand_at_a_time_and_no_approval_twice(on_duty, resident, clock):
    patient = await resident()
    walks = []

    @settings(max_examples=25, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(st.sampled_from(MOVES), min_size=3, max_size=10))
    def collect(moves):
        walks.append(moves)

    await asyncio.get_running_loop().run_in_executor(None, collect)
    for moves in walks:
        row = await signed(patient.id)
        for name, deed in moves:
            await move(name, deed, row, clock)
            await agrees(row)
        await claims.void(row.id)
