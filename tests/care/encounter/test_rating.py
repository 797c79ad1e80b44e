"""Stars and words after a visit: once, changeable for some days, without a name."""

from uuid import uuid4

from app.demo import people as demo
from care.encounter import rating
from care.encounter.models import Encounter, EncounterRating, Kind
from care.encounter.states import Status
from core import clock as time
from tests.care.encounter.conftest import noted
from tests.care.encounter.test_talk import talking


async def test_a_visit_is_rated_once_changed_for_some_days_and_by_nobody_else(phone, desk, clock):
    li, path, visit = await talking(phone, desk)
    early = await li.put(f"{path}/rating", {"stars": 5})
    assert (early.status, early.code) == (409, "not_over")
    await desk.post(f"{visit}/verdict", {"verdict": "eligible", "why": "本院确诊"})
    assert (await noted(desk, visit)).status == 303
    assert (await li.get(path)).body["rate_until"]
    given = await li.put(f"{path}/rating", {"stars": 5, "words": "很耐心"})
    assert (given.status, given.body["rating"]) == (200, {"stars": 5, "words": "很耐心"})
    changed = await li.put(f"{path}/rating", {"stars": 4, "words": "很耐心"})
    assert changed.body["rating"]["stars"] == 4
    assert await EncounterRating.all().count() == 1
    assert (await li.put(f"{path}/rating", {"stars": 6})).fields == {"stars"}
    zhang = await phone("zhang", add="张三")
    assert (await zhang.put(f"{path}/rating", {"stars": 1})).status == 404
    clock.move(days=7, seconds=1)
    late = await li.put(f"{path}/rating", {"stars": 1})
    assert (late.status, late.code) == (409, "too_late")


async def finished(patient_id, stars, words):
    """A visit of county1 that was rated."""
    row = await Encounter.create(
        id=uuid4(),
        status=Status.FINISHED,
        kind=Kind.TEXT,
        patient_id=patient_id,
        practitioner_id=demo.practitioner_id("county1"),
        organization_id=demo.organization_id("YH-H1"),
        account_id=uuid4(),
        condition="hypertension",
        consent_version="1",
        consent_sha256="0" * 64,
        consent_relation="self",
        consented_at=time.now(),
        asked_at=time.now(),
        ended_at=time.now(),
    )
    await EncounterRating.create(
        encounter_id=row.id,
        practitioner_id=row.practitioner_id,
        account_id=row.account_id,
        stars=stars,
        words=words,
        at=time.now(),
    )


async def test_the_doctor_reads_an_average_from_three_on_and_words_without_names(
    phone, desk, clock
):
    li = await phone("li", add="李秀英")
    for stars, words in [(5, "讲得清楚"), (4, ""), (3, "等得久")]:
        assert (await rating.opinion_of(demo.practitioner_id("county1"))).average is None
        await finished(li.patient_id, stars, words)
    found = await rating.opinion_of(demo.practitioner_id("county1"))
    assert (found.count, found.average, set(found.words)) == (3, 4.0, {"讲得清楚", "等得久"})
    assert "平均 4.0 星" in await (await desk.get("/visits/work")).text()
