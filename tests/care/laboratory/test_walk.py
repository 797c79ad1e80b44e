"""A nurse types what a slip says, a doctor mends it, and the resident reads it."""

import asyncio
import re
from datetime import timedelta
from uuid import uuid4

from care.laboratory.models import DiagnosticReport, LaboratoryObservation
from care.laboratory.states import Status
from care.record.models import AttachmentKind, DocumentReference, Interpretation
from core import clock as time
from core.audit import AuditEvent
from core.blobs import STORE
from core.outbox import OutboxEntry
from tests.care.fhir.conftest import by
from tests.care.pictures import jpeg

HEAD = {"laboratory": "云河县人民医院检验科"}


def panel(**results):
    """A form of today."""
    return {"taken_on": time.today().isoformat(), **HEAD, **results}


async def slip_of(house, patient, *, kind=AttachmentKind.LAB_SLIP):
    """A picture in the record."""
    blob = await house.app[STORE].receive(jpeg(), name="化验单.jpg")
    return await DocumentReference.create(
        id=uuid4(),
        patient=patient,
        kind=kind,
        title="肾功能",
        taken_on=time.today() - timedelta(days=3),
        blob_id=blob.id,
        recorded_at=time.now(),
        **by(),
    )


async def test_typed_from_a_slip_asked_for_the_unit_corrected_and_read(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    here = f"/patients/{patient.id}"
    slip = await slip_of(house, patient)
    shown = await (await doctor.get(f"/attachments/{slip.id}")).text()
    assert f"{here}/laboratory-reports/new?slip={slip.id}" in shown
    page = await (await doctor.get(f"{here}/laboratory-reports/new?slip={slip.id}")).text()
    assert f'src="/attachments/{slip.id}/file"' in page
    assert f'value="{(time.today() - timedelta(days=3)).isoformat()}"' in page
    assert "我们默认 41–81" in page, "a woman of 69"

    typed = panel(slip=str(slip.id), creatinine="1.1", potassium="5.6 ↑", potassium_low="3.5")
    typed |= {"potassium_high": "5.5", "urine_protein": "1+", "urea": "45x"}
    answer = await doctor.post(f"{here}/laboratory-reports", typed)
    page = await answer.text()
    assert answer.status == 422
    assert "是不是 1.1 mg/dL(= 97.2 μmol/L)" in page
    assert "尿素要写数字" in page
    assert re.search(r'<option value="mg/dL" selected>', page), "the guess is chosen already"
    assert not await DiagnosticReport.exists()

    typed |= {"creatinine_unit": "mg/dL", "urea": "5.2", "once": "a"}
    saved = await doctor.post(f"{here}/laboratory-reports", typed)
    assert saved.status == 303, await saved.text()
    again = await doctor.post(f"{here}/laboratory-reports", typed)
    assert again.headers["Location"] == saved.headers["Location"]
    report = await DiagnosticReport.get()
    rows = {row.code: row for row in await LaboratoryObservation.filter(report_id=report.id)}
    assert float(rows["creatinine"].value) == 97.24
    assert (rows["creatinine"].given_value, rows["creatinine"].given_unit) == ("1.1", "mg/dL")
    assert rows["potassium"].interpretation is Interpretation.HIGH, "the slip's own range wins"
    assert rows["potassium"].range_source == ""
    assert "WS/T 404.5" in rows["creatinine"].range_source

    twice = await doctor.post(f"{here}/laboratory-reports", typed | {"once": "b"})
    assert twice.status == 422
    assert "的肌酐已经录过" in await twice.text()

    one = f"/laboratory-reports/{report.id}"
    page = await (await doctor.get(f"{one}/correction")).text()
    assert 'value="1.1"' in page
    mended = typed | {"creatinine": "1.0", "once": "c"}
    assert (await doctor.post(f"{one}/correction", mended)).status == 422, "no reason"
    done = await doctor.post(f"{one}/correction", mended | {"reason": "小数点看错"})
    assert done.status == 303, await done.text()
    late = await doctor.post(f"{one}/correction", mended | {"reason": "又改一次", "once": "d"})
    assert late.status == 409
    new = await DiagnosticReport.get(version=2)
    await report.refresh_from_db()
    assert (report.status, new.status, new.corrects_id) == (
        Status.REPLACED,
        Status.CORRECTED,
        report.id,
    )
    changed = await LaboratoryObservation.filter(report_id=new.id, corrects_id__isnull=False)
    assert [row.code for row in changed] == ["creatinine"]

    old = await (await doctor.get(one)).text()
    assert "这一版已被更正" in old
    text = await (await doctor.get(here)).text()
    for words in ("88.4 μmol/L", "偏高", "eGFR", "化验:肾功能、电解质、尿液", "小数点看错"):
        assert words in text, words
    every = await (await doctor.get(f"{here}/laboratory")).text()
    assert "已被更正" in every
    panel_ = await (await doctor.get(f"{here}/record-panel")).text()
    assert "88.4 μmol/L" in panel_

    gone = await doctor.post(f"/laboratory-reports/{new.id}/error", {"reason": "记到别人名下了"})
    assert gone.status == 303
    text = await (await doctor.get(here)).text()
    assert "记到别人名下了" in text
    assert "还没有录入化验结果" in text
    acts = {event.action for event in await AuditEvent.filter(patient_id=patient.id)}
    assert acts >= {
        "laboratory.record",
        "laboratory.correct",
        "laboratory.mark_in_error",
        "laboratory.read",
    }
    told = [entry.name for entry in await OutboxEntry.all()]
    assert told.count("care.results_recorded") == 2
    assert told.count("care.results_in_error") == 1


async def test_in_the_panel_of_a_room_it_comes_and_goes_as_a_fragment(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    path = f"/patients/{patient.id}/laboratory-reports"
    htmx = {"HX-Request": "true"}
    form = await (await doctor.get(f"{path}/new?panel=1", headers=htmx)).text()
    assert "<html" not in form
    assert "hx-post" in form
    days = [time.today() - timedelta(days=each) for each in (400, 200, 0)]
    for number, day in enumerate(days):
        fields = panel(hba1c=f"{8 - number / 2}") | {"taken_on": day.isoformat()}
        answer = await doctor.post(f"{path}?panel=1", fields, headers=htmx)
        assert answer.status == 200
    text = await answer.text()
    assert 'id="record-panel"' in text
    assert "化验结果已经记下" in text
    assert "以前 2 次" in text
    assert "糖化血红蛋白变化" in text


async def test_what_nobody_can_have_is_refused_and_kept(house, resident):
    patient, other = await resident(), await resident("李建国", number="x")
    doctor = await house.signed_in("village1")
    path = f"/patients/{patient.id}/laboratory-reports"
    ecg = await slip_of(house, patient, kind=AttachmentKind.ECG)
    foreign = await slip_of(house, other)
    tomorrow = (time.today() + timedelta(days=1)).isoformat()
    for fields, sentence in (
        (panel(), "请至少填一项结果"),
        (panel(potassium="45"), "血钾不可能是 45"),
        (panel(alt="20", alt_low="50", alt_high="9"), "下限比上限大"),
        (panel(alt_low="9"), "还没有写结果"),
        (panel(alt="20", alt_unit="kg"), "要写数字"),
        (panel(alt="20") | {"taken_on": tomorrow}, "不能在今天以后"),
        (panel(alt="20") | {"taken_on": "1950-01-01"}, "不能早于出生日期"),
        (panel(alt="20", slip=str(ecg.id)), "不是化验单"),
        (panel(alt="20", slip=str(foreign.id)), "不在这位居民的病历里"),
        (panel(alt="20", slip="x"), ""),
        (panel(alt="9" * 21), ""),
    ):
        answer = await doctor.post(path, fields)
        text = await answer.text()
        assert answer.status == 422, fields
        assert sentence in text
    assert not await LaboratoryObservation.exists()


async def test_a_stranger_finds_nothing_and_a_pharmacist_writes_nothing(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    path = f"/patients/{patient.id}/laboratory-reports"
    await doctor.post(path, panel(creatinine="80"))
    report = await DiagnosticReport.get()
    stranger = await house.signed_in("village2")
    for each in (
        f"/patients/{patient.id}/laboratory",
        f"{path}/new",
        f"/laboratory-reports/{report.id}",
        f"/laboratory-reports/{report.id}/correction",
        f"/laboratory-reports/{report.id}/error",
    ):
        assert (await stranger.get(each)).status == 404, each
    for each, fields in (
        (path, panel(creatinine="80")),
        (f"/laboratory-reports/{report.id}/correction", panel(creatinine="90", reason="错了")),
        (f"/laboratory-reports/{report.id}/error", {"reason": "错了"}),
    ):
        assert (await stranger.post(each, fields)).status == 404, each
    pharmacist = await house.signed_in("pharmacist1")
    assert (await pharmacist.post(path, panel(creatinine="80"))).status == 403
    assert await DiagnosticReport.all().count() == 1


async def test_two_people_at_one_slip_type_it_once(house, resident):
    patient = await resident()
    slip = await slip_of(house, patient)
    path = f"/patients/{patient.id}/laboratory-reports"
    doctors = [await house.signed_in("village1") for _ in range(3)]
    typed = panel(slip=str(slip.id), creatinine="80")
    answers = await asyncio.gather(*(one.post(path, typed) for one in doctors))
    assert sorted(one.status for one in answers) == [303, 422, 422]
    report = await DiagnosticReport.get()
    once = f"/laboratory-reports/{report.id}/correction"
    mended = typed | {"creatinine": "82", "reason": "看错"}
    answers = await asyncio.gather(*(one.post(once, mended) for one in doctors))
    assert sorted(one.status for one in answers) == [303, 409, 409]
    assert await DiagnosticReport.all().count() == 2
