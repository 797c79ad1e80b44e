"""The note of a visit over HTTP: kept, filled, signed, added to, read."""

import asyncio
import json
import re
from datetime import timedelta

import pytest

from app.demo import people as demo
from care.documents.models import ArchivedDocument
from care.encounter.models import Encounter
from care.note.models import Composition, NoteDiagnosis, NoteTemplate
from care.note.signing import proof
from care.signatures.models import Signature
from core import clock as time
from core.audit import AuditEvent
from tests.care.encounter.conftest import note, noted, request_for, standing
from tests.care.encounter.test_walk import waiting
from tests.mini_program_api.phones import heard

NOBODY = "00000000-0000-4000-8000-000000000000"
AUTOSAVE = {"X-Requested-With": "autosave"}


@pytest.fixture
async def visit(phone, desk, clock):
    """A visit in progress, judged to be a follow-up: (phone, its path, the doctor's path)."""
    li, path = await waiting(phone, "li", "李秀英")
    here = (await desk.post("/visits/next")).headers["Location"]
    await li.post(f"{path}/entry")
    await desk.post(f"{here}/verdict", {"verdict": "eligible", "why": "本院确诊"})
    return li, path, here


async def kept(desk, here, revision=0, *, tab="", seq="", **words):
    """What the page's script sends while somebody types."""
    fields = {"revision": str(revision), "tab": tab, "seq": str(seq), **words}
    return await desk.post(f"{here}/note/draft", fields, headers=AUTOSAVE)


async def test_a_note_is_signed_and_the_resident_reads_it_in_plain_words(visit, desk, house):
    li, path, here = visit
    assert (await li.get(path)).body["note"] is None
    await kept(desk, here, complaint="草稿")
    assert (await li.get(path)).body["note"] is None, "a draft is the doctor's alone"
    done = await noted(
        desk,
        here,
        orders="检查:心电图(每年 1 次)",
        next_on="2026-12-20",
        next_way="online",
        follow_up="两周后村医量血压",
    )
    assert done.status == 303, await done.text()
    told = (await li.get(path)).body
    assert told["status"] == "finished"
    found = told["note"]
    assert (found["diagnoses"], found["advice"]) == (
        ["原发性高血压"],
        "继续吃氨氯地平,一个月后再来",
    )
    assert (found["next_on"], found["next_way"]) == ("2026-12-20", "online")
    assert found["orders"] == ["检查:心电图(每年 1 次)"]
    assert "120" in found["alarm"]
    assert (found["signed_by"], found["version"]) == ("刘明华", 1)
    row = await Composition.get()
    assert (row.check_method, bool(row.checked_at), row.open) == ("password", True, None)
    assert (await proof(row)).genuine
    main = await NoteDiagnosis.get()
    assert (main.rank, main.icd10) == (1, "I10")
    page = await (await desk.get(here)).text()
    assert "已签名" in page
    assert "note-form" not in page
    acts = await AuditEvent.filter(subject=f"Encounter/{told['id']}").values_list(
        "action", flat=True
    )
    assert {"encounter.note", "encounter.finish"} <= set(acts)


async def test_two_windows_never_overwrite_each_other(visit, desk):
    _, _, here = visit
    first = await kept(desk, here, complaint="从第一个窗口", tab="one", seq=1)
    assert (first.status, first.headers["Draft-Revision"]) == (204, "1")
    late = await kept(desk, here, complaint="从第二个窗口", tab="two", seq=1)
    assert late.status == 409
    assert (await Composition.get()).content == {"complaint": "从第一个窗口"}
    again = await kept(desk, here, complaint="还是第一个", tab="one", seq=2)
    assert again.status == 204, "one's own words need not wait for the answer before"
    older = await kept(desk, here, complaint="从第一个窗口", tab="one", seq=1)
    assert older.status == 204
    assert (await Composition.get()).content == {"complaint": "还是第一个"}, "late words stay late"

    fields = {"revision": "0", "tab": "two", "complaint": "从第二个窗口"}
    shown = await desk.post(f"{here}/note/draft", fields)
    page = await shown.text()
    assert shown.status == 422
    assert "另一个窗口保存的是这样" in page
    assert "还是第一个" in page
    assert "从第二个窗口" in page
    both = await desk.post(f"{here}/note/fill", fields | standing(page) | {"source": "kept"})
    assert both.status == 303
    assert (await Composition.get()).content == {"complaint": "从第二个窗口\n还是第一个"}
    page = await (await desk.get(here)).text()
    saved = await desk.post(f"{here}/note/draft", fields | standing(page))
    assert saved.status == 303, "having seen both, the doctor decides"
    assert (await Composition.get()).content == {"complaint": "从第二个窗口"}


async def test_five_clicks_on_sign_are_one_signature(visit, desk):
    _, _, here = visit
    await kept(desk, here, **note())
    fields = note(then="sign", revision="1")
    answers = await asyncio.gather(*(desk.post(f"{here}/note", fields) for _ in range(5)))
    assert sorted(one.status for one in answers) == [303, 422, 422, 422, 422]
    assert await Composition.all().count() == await Signature.all().count() == 1
    assert await NoteDiagnosis.all().count() == 1


async def test_a_note_signed_in_mid_visit_lets_the_visit_end_by_itself(visit, desk):
    li, path, here = visit
    assert (await noted(desk, here, then="sign")).status == 303
    assert (await li.get(path)).body["status"] == "in_progress"
    page = await (await desk.get(here)).text()
    assert f'action="{here}/closure"' in page
    assert (await desk.post(f"{here}/closure")).status == 303
    assert (await li.get(path)).body["ending"]["advice"] == note()["advice"]


async def test_late_words_of_a_window_that_has_signed_begin_nothing_new(visit, desk):
    _, _, here = visit
    assert (await noted(desk, here, then="sign")).status == 303
    late = await kept(desk, here, 0, complaint="晚到的", tab="one", seq=9)
    assert late.status == 409
    assert await Composition.all().count() == 1


async def test_a_note_fills_from_answers_and_from_the_last_one_and_keeps_what_is_written(
    visit, desk, phone, clock
):
    li, _, here = visit
    typed = {"complaint": "我自己写的", "source": "answers", "revision": "0"}
    assert (await desk.post(f"{here}/note/fill", typed)).status == 303
    row = await Composition.get()
    assert row.content["complaint"] == "我自己写的\n药快吃完了"
    assert "138/86" in row.content["history"]
    assert "云河县人民医院确诊" in row.content["history"]
    assert row.content["diagnosis"] == ["I10.x00 原发性高血压"]
    assert "填入上次病历" not in await (await desk.get(here)).text()
    assert (await noted(desk, here)).status == 303

    asked = await li.post("/encounters", await request_for(li, li.patient_id))
    assert asked.status == 201, asked.body
    await li.post(f"/encounters/{asked.body['id']}/arrival")
    again = f"/visits/{asked.body['id']}"
    assert "填入上次病历" in await (await desk.get(again)).text()
    await desk.post(f"{again}/note/fill", {"source": "last", "revision": "0"})
    draft = await Composition.get(open__isnull=False)
    assert draft.content["plan"] == note()["plan"]
    assert draft.content["diagnosis"] == ["I10 原发性高血压"]


async def test_templates_are_ones_own_or_the_departments_and_are_inserted_below(visit, desk, house):
    _, _, here = visit
    typed = {"plan": "低盐饮食", "next_on": "2026-12-20", "revision": "0"}
    short = await desk.post(f"{here}/note/template", typed | {"template_title": "高"})
    assert short.status == 422
    assert "低盐饮食" in await short.text()
    for title, shared in (("高血压常规", ""), ("科室高血压", "1")):
        page = await (await desk.get(here)).text()
        more = {"template_title": title, "template_shared": shared, **standing(page)}
        assert (await desk.post(f"{here}/note/template", typed | more)).status == 303
    own = await NoteTemplate.get(title="高血压常规")
    assert own.content == {"plan": "低盐饮食"}, "a date is no template"
    page = await (await desk.get(here)).text()
    fields = {"plan": "继续服药", "source": f"template:{own.id}", **standing(page)}
    assert (await desk.post(f"{here}/note/fill", fields)).status == 303
    assert (await Composition.get()).content["plan"] == "继续服药\n低盐饮食"

    colleague = await house.signed_in("county2")
    theirs = await (await colleague.get("/note-templates")).text()
    assert "高血压" not in theirs, "another department"
    assert (await colleague.post(f"/note-templates/{own.id}/removal")).status == 404
    assert (await desk.post(f"/note-templates/{own.id}/removal")).status == 303
    assert await NoteTemplate.all().count() == 1


async def test_jianguan_xize_the_person_is_checked_again_before_signing(visit, desk, clock):
    _, _, here = visit
    clock.move(minutes=16)
    refused = await noted(desk, here)
    assert refused.status == 422
    page = await refused.text()
    assert "签名前请再输入一次密码" in page
    assert "服药规律" in page, "nothing typed is lost"
    assert (await Composition.get()).signed_at is None
    wrong = await noted(desk, here, password="not-the-password-1")
    assert wrong.status == 422
    assert "密码不对" in await wrong.text()
    done = await noted(desk, here, password=demo.PASSWORD)
    assert done.status == 303, await done.text()
    row = await Composition.get()
    assert row.check_method == "password"
    assert time.now() - row.checked_at < timedelta(minutes=1)
    assert demo.PASSWORD not in json.dumps(row.content)


async def test_zhenliao_banfa_16_another_disease_needs_a_reason_or_the_visit_stops(visit, desk):
    _, _, here = visit
    refused = await noted(desk, here, diagnosis="E11.9 2型糖尿病")
    assert refused.status == 422
    assert "不适合在网上看" in await refused.text()
    assert (await Composition.get()).signed_at is None
    done = await noted(
        desk, here, diagnosis="I11.9 高血压性心脏病", same_why="同一高血压病的并发症"
    )
    assert done.status == 303, await done.text()


async def test_initials_alone_are_shown_with_code_and_name_before_they_are_signed(visit, desk):
    _, _, here = visit
    first = await noted(desk, here, diagnosis="gxy")
    assert first.status == 422
    page = await first.text()
    assert "请核对诊断" in page
    assert 'value="I10 原发性高血压"' in page
    assert (await noted(desk, here)).status == 303


async def test_a_terminated_visit_may_carry_a_note_and_still_no_medicine(visit, desk):
    li, path, here = visit
    await desk.post(f"{here}/termination", {"reason": "condition_changed"})
    done = await noted(desk, here, then="sign", diagnosis="E11.9 2型糖尿病")
    assert done.status == 303, await done.text()
    assert (await li.get(path)).body["note"]["diagnoses"] == ["2型糖尿病"]
    assert (await Encounter.get()).status == "terminated"


async def test_a_signed_note_never_changes_and_an_addendum_names_the_one_before(visit, desk):
    li, path, here = visit
    await noted(desk, here)
    first = await Composition.get()
    fields = note(then="sign", advice="改成每天半片", revision="-1")
    short = await desk.post(f"{here}/note", fields)
    assert short.status == 422
    assert "为什么补充或更正" in await short.text()
    page = await (await desk.get(here)).text()
    reason = {"correction_reason": "居民来电,剂量写错"}
    assert (await desk.post(f"{here}/note", fields | standing(page) | reason)).status == 303
    second = await Composition.get(version=2)
    assert second.corrects_id == first.id
    assert second.document_id == first.document_id
    again = await Composition.get(id=first.id)
    assert again.content == first.content
    assert (await proof(again)).genuine
    assert (await proof(second)).genuine
    told = (await li.get(path)).body
    assert (told["note"]["version"], told["note"]["advice"]) == (2, "改成每天半片")
    assert told["ending"]["advice"] == "改成每天半片"
    assert told["note"]["correction"] == "居民来电,剂量写错"
    counts = await NoteDiagnosis.filter(replaced_at=None)
    assert [one.composition_id for one in counts] == [second.id]
    await heard(li, "医生补充了病历")


async def test_a_changed_row_is_shown_as_not_genuine(visit, desk):
    _, _, here = visit
    await noted(desk, here)
    row = await Composition.get()
    await Composition.filter(id=row.id).update(content=row.content | {"plan": "改过"})
    assert not (await proof(await Composition.get())).genuine
    assert "签名不对" in await (await desk.get(here)).text()


async def test_the_note_stands_in_the_record_for_those_who_may_open_it(visit, desk, house):
    _, _, here = visit
    await noted(desk, here)
    row = await Composition.get()
    record = await (await desk.get(f"/patients/{row.patient_id}")).text()
    assert "诊断:I10 原发性高血压" in record
    read = await desk.get(re.search(r"/notes/[0-9a-f-]+", record)[0])
    assert "继续氨氯地平" in await read.text()
    assert await AuditEvent.filter(action="note.read", patient_id=row.patient_id).exists()
    village = await house.signed_in("village1")
    assert (await village.get(f"/notes/{row.document_id}")).status in (403, 404)
    stranger = await house.signed_in("county2")
    assert (await stranger.get(f"{here}/note/panel")).status == 404
    assert (await stranger.post(f"{here}/note", note())).status == 404
    assert (await kept(stranger, here, complaint="x")).status == 404


async def test_a_note_is_printed_sealed_and_archived_version_by_version(visit, desk, phone, house):
    _, _, here = visit
    await noted(desk, here)
    row = await Composition.get()
    printed = await desk.post(f"/notes/{row.document_id}/paper")
    assert printed.status == 303, await printed.text()
    pdf = await desk.get(printed.headers["Location"])
    assert pdf.content_type == "application/pdf"
    assert b"/ByteRange" in await pdf.read(), "sealed with the doctor's certificate"
    again = await desk.post(f"/notes/{row.document_id}/paper")
    assert again.headers["Location"] == printed.headers["Location"]
    more = {"correction_reason": "补充嘱咐", "revision": "-1"}
    await desk.post(f"{here}/note", note(then="sign", advice="改成每天半片") | more)
    newer = await desk.post(f"/notes/{row.document_id}/paper")
    assert newer.headers["Location"] != printed.headers["Location"]
    first, second = await ArchivedDocument.filter(kind="VisitNote").order_by("version")
    assert (second.replaces_version, second.correction_reason) == (1, "补充嘱咐")
    told = await (await desk.get(f"/verify/{first.code}")).text()
    assert "李秀英" not in told, "the public page names nobody"
    village = await house.signed_in("village1")
    assert (await village.post(f"/notes/{row.document_id}/paper")).status in (403, 404)


async def test_diseases_are_searched_by_those_who_write_notes(desk, house):
    found = await (await desk.get("/icd10", params={"diagnosis": "gxy"})).text()
    assert 'data-pick="I10 原发性高血压"' in found
    assert "直接写" in await (await desk.get("/icd10", params={"q": "没有的病"})).text()
    village = await house.signed_in("village1")
    assert (await village.get("/icd10", params={"q": "gxy"})).status == 403


async def test_what_is_no_note_is_refused_and_nothing_is_kept(visit, desk):
    _, _, here = visit
    for words in ({"complaint": "a\0b"}, {"diagnosis": "x\0"}):
        assert (await kept(desk, here, **words)).status == 422
    for base in ("-2000", "x", "99999999999999999999"):
        assert (await kept(desk, here, base, complaint="头晕")).status == 400
    for source in ("", "template:", "template:x", f"template:{NOBODY}", "secrets"):
        filled = await desk.post(f"{here}/note/fill", {"source": source, "revision": "0"})
        assert filled.status in (404, 422), source
    assert not await Composition.exists()
    long = await desk.post(f"{here}/note", note(history="长" * 2001, revision="0"))
    assert long.status == 422
    assert "长" * 2001 in await long.text(), "too long for a signature, not for a draft"
    many = await desk.post(f"{here}/note", note(next_on="明天") | standing(await long.text()))
    assert many.status == 422
    assert (await Composition.get()).signed_at is None
