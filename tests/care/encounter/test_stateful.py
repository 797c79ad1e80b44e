"""The table walked at random against the database: queue, room ticket and record agree."""

import asyncio
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.demo import people as demo
from care.encounter import asking, noting, queries, reasons, room, visiting
from care.encounter.access import open_encounter
from care.encounter.models import (
    Encounter,
    EncounterEvidence,
    EvidenceSource,
    EvidenceType,
    Kind,
    OnlineShift,
)
from care.encounter.reasons import NotHappened, Termination
from care.encounter.schemas import NotHappenedIn, TerminationIn, VerdictIn
from care.encounter.states import ENCOUNTER, MEANS, OVER, Status
from care.note import drafts
from care.note.schemas import NoteIn
from core import clock as time
from core.drafts import BaseIn
from core.errors import Conflict, NotFound
from people.access import reachable
from people.models import Patient, RecordGrant
from people.rechecks import IdentityCheck
from people.residents.actor import Resident
from tests.care.encounter.conftest import note
from tests.plumbing.actors import actor

pytestmark = pytest.mark.usefixtures("staff", "clock")

ACTIONS = sorted({action for _, action in ENCOUNTER})


async def new_visit(patient):
    """A visit with evidence, not yet in the waiting room."""
    row = await Encounter.create(
        id=uuid4(),
        kind=Kind.VIDEO,
        patient_id=patient.id,
        practitioner_id=demo.practitioner_id("county1"),
        organization_id=demo.organization_id("YH-H1"),
        account_id=uuid4(),
        fee_fen=1000,
        condition="hypertension",
        consent_version="1",
        consent_sha256="0" * 64,
        consent_relation="self",
        consented_at=time.now(),
        asked_at=time.now(),
    )
    await EncounterEvidence.create(
        id=uuid4(),
        encounter=row,
        type=EvidenceType.OUTPATIENT_RECORD,
        source=EvidenceSource.OWN_HIS,
        institution="云河县人民医院",
        visit_date=time.today(),
        icd10="I10",
        diagnosis_text="高血压",
        reference=f"Condition/{uuid4()}",
        added_at=time.now(),
    )
    return row


async def act(doctor, who, row, action):
    """The verb behind one action of the table."""
    row = await Encounter.get(id=row.id)
    match action:
        case "arrive":
            await asking.arrive(who, row)
        case "step_out":
            await asking.step_out(who, row)
        case "come_back":
            await asking.come_back(who, row)
        case "cancel":
            await asking.cancel(who, row)
        case "call":
            await visiting.call(doctor, row.id)
        case "pass":
            await visiting.pass_over(doctor, row)
        case "begin":
            await visiting.enter(who, row)
        case "change_kind":
            other = Kind.TEXT if row.kind is Kind.VIDEO else Kind.VIDEO
            await visiting.change_kind(doctor, row.id, other)
        case "finish":
            await visiting.finish(doctor, row.id)
        case "terminate":
            entry = TerminationIn(reason=Termination.NEEDS_PHYSICAL_EXAM)
            await visiting.terminate(doctor, row.id, entry)
        case "close":
            entry = NotHappenedIn(cause=NotHappened.TECHNICAL)
            await visiting.did_not_happen(doctor, row.id, entry)


async def signed(doctor, row):
    """The note, once."""
    if await drafts.latest(f"Encounter/{row.id}") is None:
        entry = NoteIn.model_validate(note() | {"diagnosis": [note()["diagnosis"]]})
        check = IdentityCheck("password", time.now(), "")
        await noting.sign(doctor, row.id, entry, BaseIn(), check=check)


async def agrees(doctor, who, row):
    """Queue, room, record, medicine and money say what the state means."""
    row = await Encounter.get(id=row.id)
    means = MEANS[row.status]
    place = await queries.place_of(row)
    assert (place.ahead is not None) is means.queue
    if means.room and row.kind is Kind.VIDEO and row.status is Status.IN_PROGRESS:
        assert (await room.ticket_for_resident(who, row)).part == "patient"
    elif not means.room:
        with pytest.raises(Conflict):
            await room.ticket_for_resident(who, row)
    grants = RecordGrant.filter(subject=f"Encounter/{row.id}", revoked_at=None)
    assert bool(await grants.count()) is means.read
    opened = await Patient.filter(reachable(doctor), id=row.patient_id).exists()
    assert opened is means.read
    if row.status is not Status.PLANNED:
        view = await open_encounter(doctor, row.id)
        assert (await visiting.why_not_prescribe(view) is None) is means.prescribe
    if row.status in OVER:
        assert row.ended_at is not None
        before_arrival = row.arrived_at is None and row.status is Status.CANCELLED
        assert row.refund is (row.status is not Status.FINISHED and not before_arrival)
        assert reasons.ending_of(row.reason) or row.status in (Status.FINISHED, Status.CANCELLED)


async def walk(actions, patient, doctor, who):
    """One walk; what the table does not allow is refused and changes nothing."""
    await RecordGrant.all().delete()  # of the walk before
    row = await new_visit(patient)
    for action in actions:
        before = await Encounter.get(id=row.id)
        if before.status is Status.WAITING:
            entry = VerdictIn(verdict="eligible", why="本院确诊")
            await visiting.judge(doctor, row.id, entry)
        if before.status is Status.IN_PROGRESS:
            await signed(doctor, row)
        refused = False
        try:
            await act(doctor, who, row, action)
        except (Conflict, NotFound):
            refused = True
        after = await Encounter.get(id=row.id)
        assert not refused or after.status is before.status
        if after.status is not before.status:
            assert after.status in {
                then for (at, _), then in ENCOUNTER.items() if at is before.status
            }
        await agrees(doctor, who, row)
    row = await Encounter.get(id=row.id)
    if row.status not in (*OVER, Status.PLANNED):
        await visiting.did_not_happen(doctor, row.id, NotHappenedIn(cause=NotHappened.DECLINED))
        await agrees(doctor, who, row)


@pytest.fixture
async def people(resident):
    """A patient of a village, a doctor on shift at the county, an account."""
    doctor = await actor("county1")
    await OnlineShift.create(
        id=uuid4(),
        practitioner_id=doctor.practitioner_id,
        organization_id=doctor.organization_id,
        live=doctor.practitioner_id,
        method="password",
        checked_at=time.now(),
        opened_at=time.now(),
    )
    return await resident(), doctor, Resident(uuid4(), "openid", uuid4())


async def test_queue_room_and_record_agree_on_every_walk_through_the_table(people):
    patient, doctor, who = people
    loop = asyncio.get_running_loop()
    walks = []

    @settings(max_examples=40, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(st.sampled_from(ACTIONS), min_size=3, max_size=12))
    def collect(actions):
        walks.append(["arrive", *actions])

    await loop.run_in_executor(None, collect)
    for actions in walks:
        await walk(actions, patient, doctor, who)
