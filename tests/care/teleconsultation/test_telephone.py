"""Telephone calls: written down once, by those who take part, with the number under seal."""

import io
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from pypdf import PdfReader

from app.demo import people as demo
from care.documents.models import ArchivedDocument
from care.documents.service import content
from care.teleconsultation.models import Step
from care.teleconsultation.telephone import rules
from care.teleconsultation.telephone.models import Outcome, PhoneCall
from chat.models import Message
from core import clock
from core.audit import AuditEvent
from core.blobs import STORE
from core.outbox import OutboxEntry
from people.models import Patient
from tests.care.teleconsultation.conftest import DECISION, OPINION, words_of

NUMBER = "13812345678"


def call(**changes):
    now = clock.now().astimezone(clock.SHANGHAI)
    return {
        "whom": "other",
        "callee": "病人的儿子",
        "number": "138-1234 5678",
        "called_at": f"{now:%Y-%m-%dT%H:%M}",
        "outcome": "answered",
        "minutes": "5",
        "call_note": "同意今天转院。",
        **changes,
    }


async def on_record(patient):
    """The patient has left a number with the clinic."""
    row = await Patient.get(id=patient.id)
    row.phone = "13905391234"
    await row.save(update_fields=["phone"])
    return row.phone


@pytest.fixture
async def accepted(story):
    consultation_id = await story.ask()
    await story.do("county1", f"/consultations/{consultation_id}/acceptance")
    await story.drain()
    return consultation_id


async def test_a_call_is_seen_by_both_sides_with_its_number_masked(story, accepted):
    here = f"/consultations/{accepted}"
    assert await story.do("village1", f"{here}/phone-calls", call()) == here
    await story.drain()
    for person in ("village1", "county1"):
        page = await story.read(person, here)
        assert "病人的儿子 138****5678 接通,通话 5 分钟" in words_of(page)
        assert "同意今天转院。" in page
        assert NUMBER not in page
    (line,) = await Message.filter(kind="system")
    name = (await PhoneCall.get()).caller_name
    assert line.text == (
        f"电话联系:{name} 09:00 打给病人的儿子 138****5678,接通,通话 5 分钟。同意今天转院。"
    )
    step = await Step.filter(consultation_id=accepted, action="phone_call").get()
    assert (step.sentence, step.note) == (
        "电话联系:打给病人的儿子 138****5678,接通,通话 5 分钟",
        "",
    )
    overseen = await story.read("supervisor1", here)
    assert "同意今天转院" not in overseen


async def test_the_number_is_sealed_and_leaves_no_trace_elsewhere(story, accepted, database_url):
    await story.do("village1", f"/consultations/{accepted}/phone-calls", call())
    await story.drain()
    row = (await PhoneCall.all().values())[0]
    assert row["number"] == NUMBER
    [raw] = await PhoneCall.raw("SELECT id, number AS note FROM care_phone_call")
    assert raw.note.startswith("sealed1.")
    traces = [
        *[json.dumps(e.payload) for e in await OutboxEntry.all()],
        *[f"{e.action} {e.subject} {e.reason}" for e in await AuditEvent.all()],
        *[m.text for m in await Message.all()],
    ]
    assert not [trace for trace in traces if NUMBER in trace or "13812" in trace]
    audited = await AuditEvent.filter(action="consultation.phone_call").get()
    assert audited.patient_id == story.patient.id


async def test_a_repeated_form_is_one_call(story, accepted):
    fields = call(once=uuid4().hex)
    for _ in range(2):
        await story.do("village1", f"/consultations/{accepted}/phone-calls", fields)
    await story.drain()
    assert await PhoneCall.all().count() == 1
    assert await Message.filter(kind="system").count() == 1


async def test_known_numbers_are_offered_and_count_without_typing(story, accepted):
    here = f"/consultations/{accepted}"
    phone = await on_record(story.patient)
    form = await story.read("village1", f"{here}/phone-calls/new")
    assert phone not in form
    assert f"{phone[:3]}****{phone[-4:]}" in form
    assert "0539-5550100" in form  # the hospital's switchboard is nobody's own number
    doctor = str(demo.practitioner_id("county1"))
    for whom in ("patient", doctor):
        await story.do("village1", f"{here}/phone-calls", call(whom=whom, number="", callee=""))
    calls = await PhoneCall.all().order_by("logged_at", "callee")
    assert {c.number for c in calls} == {phone, "05395550100"}
    page = await story.read("village1", here)
    assert phone not in page


async def test_the_patients_number_is_shown_for_dialling_and_the_look_is_audited(story, accepted):
    phone = await on_record(story.patient)
    shown = await story.post("county1", f"/consultations/{accepted}/phone-number")
    assert phone in await shown.text()
    assert "no-store" in shown.headers["Cache-Control"]
    look = await AuditEvent.filter(action="disclose_phone").get()
    assert (look.patient_id, look.reason) == (story.patient.id, "会诊中电话联系")
    for stranger, status in (("county2", 404), ("supervisor1", 403), ("village2", 404)):
        refused = await story.post(stranger, f"/consultations/{accepted}/phone-number")
        assert refused.status == status, stranger


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"whom": ""}, "打给谁"),
        ({"whom": str(uuid4())}, "请从列表里选一位"),
        ({"callee": ""}, "请写明打给了谁"),
        ({"number": ""}, "没有登记号码"),
        ({"number": "13812x"}, "号码只能有数字"),
        ({"number": "1" * 30}, "号码只能有数字"),
        ({"minutes": ""}, "请填通话几分钟"),
        ({"minutes": "0"}, "通话时长"),
        ({"outcome": "great"}, "结果"),
        ({"called_at": "soon"}, "打电话的时间"),
        ({"called_at": "2099-01-01T09:00"}, "这个时间还没有到"),
        ({"called_at": "2020-01-01T09:00"}, "7 天以内"),
        ({"call_note": "很" * 501}, "最多写 500 个字"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(story, accepted, changes, words):
    answer = await story.post("village1", f"/consultations/{accepted}/phone-calls", call(**changes))
    text = words_of(await answer.text())
    assert answer.status == 422
    assert words in text
    assert await PhoneCall.all().count() == 0


async def test_an_unanswered_call_needs_no_length(story, accepted):
    fields = call(outcome="no_answer", minutes="7", call_note="")
    await story.do("county1", f"/consultations/{accepted}/phone-calls", fields)
    logged = await PhoneCall.get()
    assert (logged.outcome, logged.minutes) == (Outcome.NO_ANSWER, None)
    assert rules.line(logged).endswith("138****5678,没人接")


async def test_only_those_who_take_part_write_calls_down(story, accepted):
    path = f"/consultations/{accepted}/phone-calls"
    for stranger, status in (("county2", 404), ("village2", 404), ("supervisor1", 403)):
        assert (await story.post(stranger, path, call())).status == status, stranger
        assert (await story.get(stranger, f"{path}/new")).status == status, stranger
    fresh = await story.ask(patient=None)
    refused = await story.post("village1", f"/consultations/{fresh}/phone-calls", call())
    assert refused.status == 409
    assert await PhoneCall.all().count() == 0


async def test_in_the_room_the_form_and_its_answer_are_parts_of_a_dialog(story, accepted):
    visitor = await story.person("village1")
    path, part = f"/consultations/{accepted}/phone-calls", {"HX-Request": "true"}
    form = await (await visitor.get(f"{path}/new", headers=part)).text()
    assert "<html" not in form
    assert re.search(r'name="called_at"[^>]*value="2\d{3}-\d\d-\d\dT09:00"', form)
    wrong = await visitor.post(path, call(number="x"), headers=part)
    text = await wrong.text()
    assert (wrong.status, "<html" in text, "同意今天转院。" in text) == (422, False, True)
    saved = await visitor.post(path, call(), headers=part)
    assert (saved.status, "电话已记下" in await saved.text()) == (200, True)


async def test_the_report_of_both_archives_names_the_calls(story, accepted):
    here = f"/consultations/{accepted}"
    await story.meet(accepted, "village1", "county1")
    await story.do("village1", f"{here}/phone-calls", call())
    await story.do("county1", f"{here}/closure")
    await story.do("county1", f"{here}/opinion", OPINION)
    await story.do("village1", f"{here}/decision", DECISION)
    await story.drain()
    document = await ArchivedDocument.filter(subject_id=accepted).first().prefetch_related("blob")
    pdf = await content(document, story.house.app[STORE])

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    bare = re.sub(r"\s+", "", text)
    assert "电话联系" in bare
    assert "打给病人的儿子138****5678,接通,通话5分钟。同意今天转院。" in bare
    assert NUMBER not in bare


def test_numbers_are_tidied_as_they_are_dialled():
    typed = ["120", "0539-5550100", " 138 1234 5678 ", "(0539)5550100", "+86 13812345678"]
    assert [rules.tidy_number(number) for number in typed] == [
        "120",
        "05395550100",
        "13812345678",
        "05395550100",
        "+8613812345678",
    ]
    for wrong in ("", "12", "abc", "138x", "1" * 21, "tel:120"):
        with pytest.raises(ValueError, match="号码只能有数字"):
            rules.tidy_number(wrong)


def test_a_time_must_be_past_and_not_long_past():
    moment = clock.now()
    assert rules.wrong_time(moment, moment) == ""
    assert rules.wrong_time(moment + timedelta(minutes=4), moment) == ""
    assert "还没有到" in rules.wrong_time(moment + timedelta(minutes=6), moment)
    assert "7 天" in rules.wrong_time(moment - timedelta(days=8), moment)
