"""A village doctor fills a record over HTTP, and reads it again."""

import io
import re
import struct
import zlib
from datetime import timedelta

import aiohttp
import pytest

from care.record.models import (
    AllergyIntolerance,
    Condition,
    DocumentReference,
    EntryStatus,
    MedicationStatement,
    Observation,
)
from core import clock as time
from core import csrf
from core.audit import AuditEvent
from core.outbox import OutboxEntry
from tests.care.pictures import jpeg
from tests.plumbing.house import form_token


def now():
    return f"{time.now().astimezone(time.SHANGHAI):%Y-%m-%dT%H:%M}"


async def test_a_record_is_filled_and_read(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    here = f"/patients/{patient.id}"

    page = await doctor.get(here)
    text = await page.text()
    assert page.status == 200
    assert "过敏史没有问过" in text
    assert "还没有测量" in text
    assert "53010219570302011X" not in text

    vitals = {"systolic": "168", "diastolic": "102", "pulse": "88", "measured_at": now()}
    saved = await doctor.post(f"{here}/observations", vitals | {"once": "a"})
    assert (saved.status, saved.headers["Location"]) == (303, here)
    again = await doctor.post(f"{here}/observations", vitals | {"once": "a"})
    assert again.status == 303
    assert await Observation.all().count() == 2

    for path, fields in {
        "allergies": {"category": "medication", "substance": "青霉素", "reaction": "皮疹"},
        "conditions": {"name": "原发性高血压", "icd10": "i10", "onset": "2014 年"},
        "medications": {"name": "硝苯地平缓释片", "dosage": "10 mg,一天两次"},
    }.items():
        answer = await doctor.post(f"{here}/{path}", fields)
        assert answer.status == 303, await answer.text()

    text = await (await doctor.get(here)).text()
    for words in ("168/102", "血压偏高", "过敏:青霉素", "原发性高血压", "硝苯地平缓释片", "高血压"):
        assert words in text
    assert (await Condition.get()).icd10 == "I10"
    done = {event.action for event in await AuditEvent.filter(patient_id=patient.id)}
    assert {"open_patient", "vitals.record", "record.add"} <= done
    told = [entry.name for entry in await OutboxEntry.all()]
    assert told.count("care.record_changed") == 3
    assert told.count("care.vitals_recorded") == 1


async def test_pictures_are_kept_shown_and_fetched(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    here = f"/patients/{patient.id}"
    form = _upload(
        house, [("files", "化验单.jpg", jpeg()), ("files", "二.jpg", jpeg(colour=(9, 9, 9)))]
    )
    answer = await doctor.client.post(f"{here}/attachments", data=form, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    first, second = await DocumentReference.all().order_by("recorded_at")
    page = await doctor.get(f"/attachments/{first.id}")
    assert page.status == 200
    picture = await doctor.get(f"/attachments/{first.id}/file")
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''")
    small = await doctor.get(f"/attachments/{second.id}/thumbnail")
    assert small.headers["Content-Type"] == "image/jpeg"
    assert await AuditEvent.exists(
        action="attachment.read", subject=f"DocumentReference/{first.id}", patient_id=patient.id
    )
    stranger = await house.signed_in("village2")
    for path in ("", "/file", "/thumbnail"):
        assert (await stranger.get(f"/attachments/{first.id}{path}")).status == 404


def _upload(house, files, **fields):
    form = aiohttp.FormData(quote_fields=False)
    for name, value in {
        csrf.FIELD: form_token(),
        "kind": "lab_slip",
        "taken_on": time.today().isoformat(),
        **fields,
    }.items():
        form.add_field(name, value)
    for field, name, raw in files:
        form.add_field(field, io.BytesIO(raw), filename=name)
    return form


BAD = {
    "renamed.jpg": (b"MZ\x90\x00" + b"\x00" * 400, "只能传照片"),
    "cut.jpg": (jpeg()[:-200][:600], "打不开"),
    "empty.jpg": (b"", "空"),
    "large.jpg": (b"\xff\xd8\xff\xe0" + b"\x00" * (20 * 1024 * 1024 + 1), "20 MB"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_is_named_and_the_rest_is_kept(house, resident, name):
    raw, sentence = BAD[name]
    patient = await resident()
    doctor = await house.signed_in("village1")
    path = f"/patients/{patient.id}/attachments"
    files = [("files", "好的.jpg", jpeg()), ("files", name, raw)]
    page = {"Accept": "text/html"}
    answer = await doctor.client.post(
        path, data=_upload(house, files, title="血常规"), allow_redirects=False, headers=page
    )
    text = await answer.text()
    assert answer.status == 422
    assert sentence in text
    assert name in text
    assert 'value="血常规"' in text
    assert not await DocumentReference.exists()

    token = re.search(r'name="kept" value="([^"]+)"', text)[1]
    answer = await doctor.client.post(
        path, data=_upload(house, [], kept=token), allow_redirects=False, headers=page
    )
    assert answer.status == 303
    assert (await DocumentReference.get().prefetch_related("blob")).blob.name == "好的.jpg"


async def test_a_kept_file_is_of_use_to_nobody_else(house, resident):
    patient, other = await resident(), await resident("李建国", clinic="YH-T2-V1", number="x")
    doctor = await house.signed_in("village1")
    bad = [("files", "好的.jpg", jpeg()), ("files", "x.jpg", b"MZ..")]
    answer = await doctor.client.post(
        f"/patients/{patient.id}/attachments", data=_upload(house, bad)
    )
    token = re.search(r'name="kept" value="([^"]+)"', await answer.text())[1]
    stranger = await house.signed_in("village2")
    answer = await stranger.client.post(
        f"/patients/{other.id}/attachments", data=_upload(house, [], kept=token)
    )
    assert answer.status == 422
    assert not await DocumentReference.exists()


async def test_a_decompression_bomb_is_refused(house, resident):
    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0" * 99999))
    )
    patient = await resident()
    doctor = await house.signed_in("village1")
    answer = await doctor.client.post(
        f"/patients/{patient.id}/attachments", data=_upload(house, [("files", "b.png", bomb)])
    )
    assert answer.status == 422
    assert "尺寸太大" in await answer.text()


async def test_what_cannot_be_is_refused_and_what_was_typed_is_kept(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    answer = await doctor.post(
        f"/patients/{patient.id}/observations",
        {"systolic": "1200", "diastolic": "80", "glucose": "6.1", "measured_at": now()},
    )
    text = await answer.text()
    assert answer.status == 422
    assert "高压不可能是 1200" in text
    assert 'value="6.1"' in text
    assert not await Observation.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "至少填一项"),
        ({"systolic": "120"}, "请填低压"),
        ({"diastolic": "80"}, "请填高压"),
        ({"systolic": "80", "diastolic": "120"}, "写反"),
        ({"temperature": "98.6"}, "体温不可能"),
        ({"spo2": "101"}, "血氧不可能"),
        ({"pulse": "abc"}, "请填数字"),
        ({"glucose": "6.123"}, "一位小数"),
        ({"pulse": "80", "measured_at": "2050-01-01T08:00"}, "不能在以后"),
        ({"pulse": "80", "measured_at": "1900-01-01T08:00"}, "出生日期"),
        ({"pulse": "80", "measured_at": "yesterday"}, "日期和时间"),
        ({"pulse": "nan"}, "请"),
    ],
)
async def test_a_wrong_measurement_is_told_in_words(house, resident, fields, sentence):
    patient = await resident()
    doctor = await house.signed_in("village1")
    answer = await doctor.post(
        f"/patients/{patient.id}/observations", {"measured_at": now()} | fields
    )
    assert answer.status == 422
    assert sentence in await answer.text()


async def test_full_width_digits_are_digits(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    answer = await doctor.post(
        f"/patients/{patient.id}/observations", {"temperature": "36。8", "measured_at": now()}
    )
    assert answer.status == 303
    assert str((await Observation.get()).value) == "36.8"


async def test_critical_values_stand_on_the_page_with_their_source(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    await doctor.post(
        f"/patients/{patient.id}/observations",
        {"glucose": "3.2", "meal": "fasting", "measured_at": now()},
    )
    text = await (await doctor.get(f"/patients/{patient.id}")).text()
    assert "低血糖" in text
    assert "公卫规范" in text
    told = await OutboxEntry.get(name="care.vitals_recorded")
    assert told.payload["critical"] is True


async def test_no_known_allergy_and_an_allergy_cannot_both_stand(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    path = f"/patients/{patient.id}/allergies"
    assert (await doctor.post(path, {"category": "none_known"})).status == 303
    text = await (await doctor.get(f"/patients/{patient.id}")).text()
    assert "无已知过敏" in text
    assert (await doctor.post(path, {"category": "food"})).status == 422
    assert (await doctor.post(path, {"category": "food", "substance": "花生"})).status == 303
    statement = await AllergyIntolerance.get(category="none_known")
    assert statement.status is EntryStatus.ENDED
    assert (await doctor.post(path, {"category": "none_known"})).status == 422
    assert (await doctor.post(path, {"category": "food", "substance": "花生 "})).status == 422


async def test_an_entry_ends_resumes_and_is_corrected_but_never_goes(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    await doctor.post(f"/patients/{patient.id}/medications", {"name": "布洛芬"})
    row = await MedicationStatement.get()
    base = f"/record-entries/MedicationStatement/{row.id}"
    assert (await doctor.post(f"{base}/end")).status == 303
    assert (await doctor.post(f"{base}/end")).status == 409
    assert (await doctor.post(f"{base}/resumption")).status == 303
    assert (await doctor.get(f"{base}/error")).status == 200
    assert (await doctor.post(f"{base}/error", {"reason": ""})).status == 422
    assert (await doctor.post(f"{base}/error", {"reason": "记到别人名下了"})).status == 303
    assert (await doctor.post(f"{base}/resumption")).status == 409
    row = await MedicationStatement.get()
    assert (row.status, row.change_reason) == (EntryStatus.ENTERED_IN_ERROR, "记到别人名下了")
    text = await (await doctor.get(f"/patients/{patient.id}")).text()
    assert "在用药:布洛芬(记错)" in text


async def test_the_panel_takes_a_form_and_answers_with_itself(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    here = f"/patients/{patient.id}"
    panel = await (await doctor.get(f"{here}/record-panel")).text()
    assert 'id="record-panel"' in panel
    assert "<html" not in panel
    htmx = {"HX-Request": "true"}
    form = await (await doctor.get(f"{here}/observations/new?panel=1", headers=htmx)).text()
    assert "<html" not in form
    saved = await doctor.post(
        f"{here}/observations?panel=1", {"pulse": "72", "measured_at": now()}, headers=htmx
    )
    text = await saved.text()
    assert saved.status == 200
    assert "测量结果已经记下" in text
    assert "72" in text


async def test_charts_are_drawn_with_the_target_and_the_last_value(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    for days, systolic in ((60, "150"), (30, "146"), (0, "138")):
        at = (time.now() - timedelta(days=days)).astimezone(time.SHANGHAI)
        await doctor.post(
            f"/patients/{patient.id}/observations",
            {"systolic": systolic, "diastolic": "85", "measured_at": f"{at:%Y-%m-%dT%H:%M}"},
        )
    text = await (await doctor.get(f"/patients/{patient.id}")).text()
    assert text.count('class="chart__line"') == 2
    assert "chart__band" in text
    assert "最近一次 138/85 mmHg" in text


PATHS = (
    "",
    "/record-panel",
    "/observations/new",
    "/allergies/new",
    "/conditions/new",
    "/medications/new",
    "/attachments/new",
    "/consents",
)


@pytest.mark.parametrize("username", ["village2", "county1", "scheduler1", "supervisor1", "admin1"])
async def test_strangers_find_no_record(house, resident, username):
    patient = await resident()
    await Observation.all().delete()
    visitor = await house.signed_in(username)
    for path in PATHS:
        answer = await visitor.get(f"/patients/{patient.id}{path}")
        assert answer.status in (403, 404), path
        assert "王秀兰" not in await answer.text()
    answer = await visitor.post(
        f"/patients/{patient.id}/observations", {"pulse": "72", "measured_at": now()}
    )
    assert answer.status in (403, 404)
    assert not await Observation.exists()


async def test_somebody_not_signed_in_is_led_to_the_door(house, resident):
    patient = await resident()
    visitor = await house.visitor()
    answer = await visitor.get(f"/patients/{patient.id}")
    assert (answer.status, answer.headers["Location"][:6]) == (303, "/login")


async def test_anothers_entries_cannot_be_touched(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    await doctor.post(f"/patients/{patient.id}/conditions", {"name": "高血压"})
    row = await Condition.get()
    stranger = await house.signed_in("village2")
    for verb in ("end", "resumption", "error"):
        answer = await stranger.post(
            f"/record-entries/Condition/{row.id}/{verb}", {"reason": "试一试"}
        )
        assert answer.status == 404
    assert (await stranger.post(f"/record-entries/Nothing/{row.id}/end")).status == 404
    assert (await Condition.get()).status is EntryStatus.ACTIVE
