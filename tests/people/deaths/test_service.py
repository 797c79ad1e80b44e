"""Recording a death: once, with a proof, by whom the record opens; mended and taken back."""

import asyncio
from datetime import date

import pytest

from core.audit import AuditEvent
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.outbox import OutboxEntry
from people.deaths import queries, service
from people.deaths.models import Death
from people.deaths.schemas import CorrectionIn, DeathIn
from people.deaths.states import Status
from people.events import DeathDisproved, PatientDied
from people.matching import service as matching
from people.models import Patient
from people.queries import patient_header

pytestmark = pytest.mark.usefixtures("clock", "staff")


def proof(**more) -> DeathIn:
    plain = {"died_on": "2026-10-30", "ground": "certificate", "evidence": "编号 4403,儿子带来"}
    return DeathIn.model_validate(plain | more)


def better(**more) -> CorrectionIn:
    return CorrectionIn.model_validate(proof(**more).model_dump() | {"why": "看了原件"})


@pytest.fixture
async def zhang(staff, resident):
    return await resident()


async def told(event) -> int:
    return await OutboxEntry.filter(name=event.name).count()


async def test_a_death_is_recorded_once_however_often_it_is_said(zhang, staff):
    doctor = await staff("village1")
    for _ in range(2):
        await service.record(doctor, zhang.id, proof())
    assert await queries.is_deceased(zhang.id)
    assert await queries.deceased_among([zhang.id]) == {zhang.id}
    assert (await Death.all().count(), await told(PatientDied)) == (1, 1)
    with pytest.raises(Conflict):
        await service.record(doctor, zhang.id, proof(died_on="2026-10-29"))
    header = await patient_header(zhang.id)
    assert (header.deceased, header.age) == ("已故(2026-10-30)", "76岁")
    acts = await AuditEvent.filter(patient_id=zhang.id).values_list("action", flat=True)
    assert "death.record" in acts


async def test_two_at_once_are_one(zhang, staff):
    doctor = await staff("village1")
    both = (service.record(doctor, zhang.id, proof(ground=one)) for one in ("court", "register"))
    found = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["Conflict", "Death"]
    assert await Death.all().count() == await told(PatientDied) == 1


async def test_minfadian_15_the_day_is_possible_and_the_proof_is_named(zhang, staff):
    doctor = await staff("village1")
    for wrong in ("1949-12-30", "2026-11-03"):
        with pytest.raises(Invalid):
            await service.record(doctor, zhang.id, proof(died_on=wrong))
    assert not await queries.is_deceased(zhang.id)


async def test_a_correction_stands_beside_what_it_corrects(zhang, staff):
    doctor, nurse = await staff("village1"), await staff("village1")
    with pytest.raises(Conflict):
        await service.correct(nurse, zhang.id, better())
    first = await service.record(doctor, zhang.id, proof())
    for _ in range(2):
        row = await service.correct(nurse, zhang.id, better(died_on="2026-10-28"))
    assert (row.corrects_id, row.died_on) == (first.id, date(2026, 10, 28))
    assert (await Patient.get(id=zhang.id)).deceased_on == date(2026, 10, 28)
    old = await Death.get(id=first.id)
    assert (old.status, old.end_reason, old.died_on) == (
        Status.CORRECTED,
        "看了原件",
        date(2026, 10, 30),
    )
    assert await told(PatientDied) == 1, "what follows has followed"
    assert [one.id for one in await queries.reports(zhang.id)].count(row.id) == 1


async def test_minfadian_50_who_lives_is_alive_again(zhang, staff):
    doctor = await staff("village1")
    await service.record(doctor, zhang.id, proof())
    await service.undo(doctor, zhang.id, "本人来了卫生室")
    assert not await queries.is_deceased(zhang.id)
    assert await queries.standing(zhang.id) is None
    assert await told(DeathDisproved) == 1
    with pytest.raises(Conflict):
        await service.undo(doctor, zhang.id, "本人来了卫生室")
    await service.record(doctor, zhang.id, proof())
    assert await queries.is_deceased(zhang.id)


async def test_what_was_only_heard_is_proven_or_dismissed(zhang, staff):
    doctor = await staff("village1")
    for _ in range(2):
        await service.propose(doctor, zhang.id, "邻居说的")
    assert (await queries.standing(zhang.id)).status is Status.PROPOSED
    assert not await queries.is_deceased(zhang.id)
    await service.dismiss(doctor, zhang.id, "打通了本人电话")
    await service.propose(doctor, zhang.id, "儿子说的")
    row = await service.record(doctor, zhang.id, proof())
    assert (row.heard, row.status, row.open) == ("儿子说的", Status.RECORDED, zhang.id)
    await service.propose(doctor, zhang.id, "又说了一遍")
    assert await Death.all().count() == 2


async def test_a_stranger_and_the_office_record_nothing(zhang, staff):
    for login, problem in (("township1", NotFound), ("scheduler1", Forbidden)):
        person = await staff(login)
        for verb, said in (
            (service.record, proof()),
            (service.correct, better()),
            (service.undo, "不知道"),
            (service.dismiss, "不知道"),
        ):
            with pytest.raises(problem):
                await verb(person, zhang.id, said)
    assert not await Death.exists()


async def test_joined_records_say_the_same_and_parted_ones_their_own(zhang, staff, resident):
    doctor, admin = await staff("village1"), await staff("admin1")
    other = await resident(number="", clinic="YH-T2-V1")
    await service.record(doctor, zhang.id, proof())
    link = await matching.merge(admin, other.id, zhang.id, "本人带两份病历本来过")
    assert await queries.deceased_among([zhang.id, other.id]) == {zhang.id, other.id}
    assert await told(PatientDied) == 2, "what the other record had ahead ends too"
    await matching.unmerge(admin, link.id, "看错了人")
    assert await queries.deceased_among([zhang.id, other.id]) == {zhang.id}
