"""From the patient in the village to the report in both archives, over HTTP."""

from app.demo.people import practitioner_id
from care.documents.models import ArchivedDocument
from care.signatures.models import Signature
from care.signatures.service import verify
from care.teleconsultation.models import Consultation, Decision, Opinion, Step
from care.teleconsultation.opinions import signed_content
from care.teleconsultation.states import Status
from core.audit import AuditEvent
from people.models import RecordGrant
from tests.care.teleconsultation.conftest import COMPLETE, DECISION, OPINION, words_of


async def test_one_specialist_at_once_from_request_to_archived_report(story):
    consultation_id = await story.draft()
    here = f"/consultations/{consultation_id}"

    await story.post("village1", f"{here}/draft", {"aim": "写到一半", "specialty": "cardiology"})
    page = await story.read("village1", f"{here}/request")
    assert "写到一半" in page, "what was typed is there after a closed browser"
    assert "写清主诉" in page
    assert "80.00" not in page
    assert "40.00 元" in page

    missing = await story.post("village1", f"{here}/request", {"specialty": "cardiology"})
    assert missing.status == 422
    assert "至少写一个要专家回答的问题" in await missing.text()

    assert await story.do("village1", f"{here}/request", COMPLETE)
    review = await story.read("village1", f"{here}/submission")
    assert "还没有签" in review
    early = await story.do("village1", f"{here}/submission")
    assert early.startswith("/consents/"), "nothing is sent without consent"
    await story.consent("village1", consultation_id)
    await story.do("village1", f"{here}/submission")
    assert await story.status(consultation_id) == Status.SUBMITTED

    desk = words_of(await story.read("county1", "/desk/work"))
    assert "王**" in desk
    assert "王秀兰" not in desk
    before = words_of(await story.read("county1", here))
    assert "王秀兰" not in before
    assert "活动后出现胸闷" not in before, "history opens with acceptance"
    assert (await story.get("county1", f"/patients/{story.patient.id}")).status == 404

    await story.do("county1", f"{here}/acceptance")
    assert "王秀兰" in await story.read("county1", here)
    assert (await story.get("county1", f"/patients/{story.patient.id}")).status == 200
    await story.drain()

    await story.enter("village1", consultation_id)
    assert await story.status(consultation_id) == Status.WAITING
    await story.enter("county1", consultation_id)
    assert await story.status(consultation_id) == Status.IN_SESSION
    saved = await story.post("county1", f"{here}/opinion/draft", {"findings": "写了一半的意见"})
    assert saved.status == 204
    assert "写了一半的意见" in await story.read("county1", f"{here}/opinion")
    too_early = await story.post("county1", f"{here}/opinion", OPINION)
    assert too_early.status == 409
    assert "请先结束会诊" in await too_early.text()

    await story.do("county1", f"{here}/closure")
    assert await story.status(consultation_id) == Status.OPINION_DRAFT
    owed = words_of(await story.read("county1", "/desk/work"))
    assert "会诊意见" in owed
    await story.do("county1", f"{here}/opinion", OPINION)
    assert await story.status(consultation_id) == Status.OPINION_SIGNED

    kept = await story.post("village1", f"{here}/decision", {"adoption": "full", "plan": "先观察"})
    assert kept.status == 422
    assert "先观察" in await story.read("village1", here), (
        "the decision is kept while it is written"
    )
    await story.do("village1", f"{here}/decision", DECISION)
    await story.drain()
    assert await story.status(consultation_id) == Status.ARCHIVED

    for username in ("village1", "county1"):
        report = await story.get(username, f"{here}/report")
        assert report.status == 200
        assert (await report.read()).startswith(b"%PDF")
    archives = await ArchivedDocument.filter(subject_id=consultation_id)
    assert {a.organization_name for a in archives} == {"大槐树村卫生室", "云河县人民医院"}
    assert (await story.get("county1", f"/patients/{story.patient.id}")).status == 404
    assert await RecordGrant.filter(revoked_at=None).count() == 0
    await _is_written_down(consultation_id)


async def _is_written_down(consultation_id):
    steps = await Step.filter(consultation_id=consultation_id).order_by("id")
    assert [step.action for step in steps] == [
        "submit",
        "accept",
        "open",
        "begin",
        "end",
        "sign",
        "decide",
        "archive",
    ]
    audited = await AuditEvent.filter(subject=f"Consultation/{consultation_id}")
    assert {f"consultation.{step.action}" for step in steps} <= {a.action for a in audited}
    opinion = await Opinion.get(consultation_id=consultation_id)
    signature = await Signature.get(id=opinion.signature_id)
    assert (await verify(signature, signed_content(opinion))).genuine


async def test_a_correction_is_a_new_version_and_a_new_report(story, clock):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    await story.meet(consultation_id, "village1", "county1")
    await story.do("village1", f"{here}/closure")
    await story.do("county1", f"{here}/opinion", OPINION)
    await story.do("village1", f"{here}/decision", DECISION)
    await story.drain()

    clock.move(minutes=2)
    changed = OPINION | {"advice": "阿司匹林 50 mg 每天一次。"}
    silent = await story.post("county1", f"{here}/opinion", changed)
    assert silent.status == 422
    assert "写明" in await silent.text()
    await story.do("county1", f"{here}/opinion", changed | {"correction_reason": "剂量写错了"})
    await story.drain()

    first, second = await Opinion.filter(consultation_id=consultation_id).order_by("version")
    assert first.content["advice"] == OPINION["advice"], "the signed version has not changed"
    assert (second.version, second.corrects_id) == (2, first.id)
    for opinion in (first, second):
        signature = await Signature.get(id=opinion.signature_id)
        assert (await verify(signature, signed_content(opinion))).genuine
    versions = await ArchivedDocument.filter(subject_id=consultation_id).order_by("version")
    assert [a.version for a in versions] == [1, 1, 2, 2]
    assert versions[-1].replaces_version == 1
    assert versions[-1].correction_reason == "剂量写错了"
    page = await story.read("village1", here)
    assert "第 2 版" in page
    assert "剂量写错了" in page
    assert await story.status(consultation_id) == Status.ARCHIVED


async def test_signing_asks_for_the_password_again_and_loses_nothing(story, clock):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    await story.meet(consultation_id, "village1", "county1")
    await story.do("county1", f"{here}/closure")
    clock.move(minutes=16)
    answer = await story.post("county1", f"{here}/opinion", OPINION)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/reauthentication")
    assert await story.status(consultation_id) == Status.OPINION_DRAFT
    assert OPINION["findings"] in await story.read("county1", f"{here}/opinion")


async def test_reading_material_needs_no_room(story):
    consultation_id = await story.ask(mode="async")
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    refused = await story.ticket("county1", consultation_id)
    assert refused.status == 409
    assert await story.do("county1", f"{here}/reading") == f"{here}/opinion"
    await story.do("county1", f"{here}/opinion", OPINION)
    await story.do("village1", f"{here}/decision", DECISION)
    await story.drain()
    assert await story.status(consultation_id) == Status.ARCHIVED


async def test_every_form_sent_twice_counts_once(story):
    consultation_id = await story.draft()
    here = f"/consultations/{consultation_id}"
    await story.do("village1", f"{here}/request", COMPLETE)
    await story.consent("village1", consultation_id)

    async def twice(username, path, fields=None):
        given = {"once": f"{username}{path}"} | (fields or {})
        first, second = [await story.post(username, path, given) for _ in range(2)]
        assert (first.status, second.status) == (303, 303), (path, await second.text())
        assert first.headers["Location"] == second.headers["Location"]

    await twice("village1", f"{here}/submission")
    await twice("county1", f"{here}/acceptance")
    await story.meet(consultation_id, "village1", "county1")
    await twice("village1", f"{here}/invitation", {"doctor": str(practitioner_id("county2"))})
    await twice("county1", f"{here}/closure")
    await twice("county1", f"{here}/opinion", OPINION)
    await twice("village1", f"{here}/decision", DECISION)
    await story.drain()
    assert await Opinion.all().count() == 1
    assert await Decision.all().count() == 1
    steps = await Step.filter(consultation_id=consultation_id).values_list("action", flat=True)
    assert len(steps) == len(set(steps)), "no step twice"
    assert (await Consultation.get(id=consultation_id)).status == Status.ARCHIVED
