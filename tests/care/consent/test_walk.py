"""A consent is signed, found valid, and withdrawn, over HTTP."""

import base64
import io
from datetime import date
from uuid import uuid4

import aiohttp
import pytest

from care.consent import queries, subjects
from care.consent.models import Consent
from care.consent.subjects import ConsentSubject
from core import csrf
from core.audit import AuditEvent
from core.outbox import OutboxEntry
from people.access import open_patient
from tests.care.pictures import jpeg, png
from tests.plumbing.house import PAGE, form_token

DRAWN = "data:image/png;base64," + base64.b64encode(png()).decode()


@pytest.fixture
async def subject(house, resident, monkeypatch):
    """`await subject(fee_fen=...)`: something to agree to, and its page."""

    async def make(*, fee_fen=6000, **who):
        patient = await resident(**who)
        subject_id = uuid4()

        async def read(actor, asked):
            assert asked == subject_id
            await open_patient(actor, patient.id, purpose="test")
            return ConsentSubject(
                subject=f"Trial/{subject_id}",
                patient_id=patient.id,
                fee_fen=fee_fen,
                what="心内科 即时远程会诊",
                back=f"/patients/{patient.id}",
            )

        monkeypatch.setitem(subjects._readers, "teleconsultation", read)
        return patient, f"/consents/teleconsultation/{subject_id}", f"Trial/{subject_id}"

    return make


def filled(**more):
    return {
        "signer": "self",
        "signer_name": "王秀兰",
        "method": "drawn",
        "drawing": DRAWN,
        "explained": "1",
        "text_version": "1",
        "fee_fen": "6000",
    } | more


async def test_the_patient_draws_her_name(house, subject):
    patient, path, about = await subject()
    doctor = await house.signed_in("village1")
    page = await (await doctor.get(path)).text()
    assert "60.00 元" in page
    assert "录像要另外问" in page
    for _ in range(2):
        answer = await doctor.post(path, filled(once="k"))
        assert (answer.status, answer.headers["Location"]) == (303, f"/patients/{patient.id}")
    row = await Consent.get()
    assert await queries.valid(patient.id, "teleconsultation", subject=about, fee_fen=6000)
    assert not await queries.valid(patient.id, "teleconsultation", subject=about, fee_fen=6001)
    assert not await queries.valid(patient.id, "teleconsultation", subject="x/y", fee_fen=6000)
    picture = await doctor.get(f"/consents/{row.id}/signature")
    assert picture.headers["Content-Type"] == "image/png"
    assert await AuditEvent.exists(action="consent.sign", patient_id=patient.id)
    assert await OutboxEntry.exists(name="care.consent_signed")
    listed = await (await doctor.get(f"/patients/{patient.id}/consents")).text()
    assert f"/consents/{row.id}" in listed

    answer = await doctor.post(f"/consents/{row.id}/withdrawal", {"reason": "想去医院看"})
    assert answer.status == 303
    assert (await doctor.post(f"/consents/{row.id}/withdrawal")).status == 409
    assert not await queries.valid(patient.id, "teleconsultation", subject=about, fee_fen=6000)
    page = await (await doctor.get(f"/consents/{row.id}")).text()
    assert "想去医院看" in page
    assert "签署时不一致" not in page


async def test_an_edited_row_is_shown_as_such(house, subject):
    _, path, _ = await subject()
    doctor = await house.signed_in("village1")
    await doctor.post(path, filled())
    row = await Consent.get()
    await Consent.filter(id=row.id).update(fee_fen=1)
    assert "签署时不一致" in await (await doctor.get(f"/consents/{row.id}")).text()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"explained": ""}, "请先把内容和费用讲清楚"),
        ({"drawing": ""}, "请在框里写下姓名"),
        ({"drawing": "data:image/png;base64,AAAA"}, "只能传照片"),
        ({"drawing": "javascript:x"}, "签名没有传好"),
        ({"fee_fen": "1"}, "费用有变化"),
        ({"text_version": "0"}, "新版本"),
        ({"signer_name": "李建国"}, "姓名要和患者一致"),
        ({"signer": "near_relative", "signer_name": "李建国"}, "请选择和患者的关系"),
        ({"method": "typed", "typed_name": "王秀"}, "完整输入"),
        ({"method": "thumbprint"}, "按了手印的纸"),
        ({"signer": "neighbour"}, "请从列表里选一项"),
    ],
)
async def test_what_is_missing_is_named_and_nothing_is_kept(house, subject, changes, sentence):
    _, path, _ = await subject()
    doctor = await house.signed_in("village1")
    answer = await doctor.post(path, filled(**changes))
    assert answer.status == 422
    assert sentence in await answer.text()
    assert not await Consent.exists()


async def test_a_childs_guardian_signs_by_name(house, subject):
    _, path, _ = await subject(birth_date=date(2020, 5, 1), name="王小宝")
    doctor = await house.signed_in("village1")
    assert "不满 14 岁" in await (await doctor.get(path)).text()
    assert (await doctor.post(path, filled(signer_name="王小宝"))).status == 422
    guardian = {"signer": "guardian", "signer_name": "李梅", "relation": "母亲"}
    typed = {"method": "typed", "typed_name": "李梅", "drawing": ""}
    assert (await doctor.post(path, filled(**guardian, **typed))).status == 303
    row = await Consent.get()
    assert (row.signer_name, row.relation, row.picture_id) == ("李梅", "母亲", None)


@pytest.mark.parametrize(("raw", "status"), [(jpeg(), 303), (b"MZ..", 422), (b"%PDF-1.7", 422)])
async def test_a_thumbprint_is_a_photograph(house, subject, raw, status):
    _, path, _ = await subject()
    doctor = await house.signed_in("village1")
    form = aiohttp.FormData(quote_fields=False)
    for name, value in ({csrf.FIELD: form_token()} | filled(method="thumbprint")).items():
        form.add_field(name, value)
    form.add_field("thumbprint", io.BytesIO(raw), filename="手印.jpg")
    answer = await doctor.client.post(path, data=form, headers=PAGE, allow_redirects=False)
    assert answer.status == status
    assert await Consent.exists() is (status == 303)


async def test_strangers_neither_sign_nor_look(house, subject):
    _, path, _ = await subject()
    doctor = await house.signed_in("village1")
    await doctor.post(path, filled())
    row = await Consent.get()
    stranger = await house.signed_in("village2")
    for place in (path, f"/consents/{row.id}", f"/consents/{row.id}/signature"):
        assert (await stranger.get(place)).status == 404
    assert (await stranger.post(path, filled())).status == 404
    assert (await stranger.post(f"/consents/{row.id}/withdrawal")).status == 404
    assert (await doctor.get(f"/consents/nothing/{uuid4()}")).status == 404
