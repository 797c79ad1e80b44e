"""Several specialties: seats of their own, one coordinator, a joint opinion that all sign."""

from app.demo.people import practitioner_id
from care.documents.models import ArchivedDocument
from care.signatures.models import Signature
from care.teleconsultation.models import CoSignature, Expert, Part, Seat
from care.teleconsultation.states import ExpertStatus, Status
from people.models import RecordGrant
from tests.care.teleconsultation.conftest import COMPLETE, DECISION, OPINION, words_of

MDT = {"format": "mdt", "others": "endocrinology"}


async def begin(story):
    consultation_id = await story.ask(**MDT)
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    await story.do("county2", f"{here}/acceptance")
    return consultation_id, here


async def test_three_doctors_confer_and_two_specialties_sign_one_joint_opinion(story):
    consultation_id = await story.ask(**MDT)
    here = f"/consultations/{consultation_id}"
    seats = await Seat.filter(consultation_id=consultation_id).order_by("position")
    assert [seat.asked_id for seat in seats] == [
        practitioner_id("county1"),
        practitioner_id("county2"),
    ]
    await story.do("county2", f"{here}/acceptance")
    assert await story.status(consultation_id) == Status.SUBMITTED, "the coordinator is missing"
    await story.do("county1", f"{here}/acceptance")
    assert await story.status(consultation_id) == Status.ACCEPTED
    await story.meet(consultation_id, "village1", "county1", "county2")
    assert await story.status(consultation_id) == Status.IN_SESSION

    refused = await story.post("county2", f"{here}/closure")
    assert refused.status == 403, "only the inviter or the coordinator ends it for all"
    await story.do("county1", f"{here}/closure")

    await story.do("county1", f"{here}/opinion", OPINION)
    early = await story.post("county1", f"{here}/joint-opinion", OPINION)
    assert early.status == 409
    assert "各位专家都签好" in await early.text()
    await story.do("county2", f"{here}/opinion", OPINION | {"diagnosis": "2 型糖尿病"})
    assert await story.status(consultation_id) == Status.OPINION_DRAFT
    foreign = await story.post("county2", f"{here}/joint-opinion", OPINION)
    assert foreign.status == 403
    owed = words_of(await story.read("county1", "/desk/work"))
    assert "联合意见" in owed

    await story.do("county1", f"{here}/joint-opinion", OPINION)
    assert await story.status(consultation_id) == Status.OPINION_DRAFT, "not everybody has signed"
    assert "会签联合意见" in words_of(await story.read("county2", "/desk/work"))
    await story.do("county2", f"{here}/joint-opinion/co-signature")
    assert await story.status(consultation_id) == Status.OPINION_SIGNED
    again = await story.post("county2", f"{here}/joint-opinion/co-signature")
    assert again.status == 409
    assert await CoSignature.all().count() == 1

    await story.do("village1", f"{here}/decision", DECISION)
    await story.drain()
    assert await story.status(consultation_id) == Status.ARCHIVED
    assert await Signature.all().count() == 5, "two opinions, joint twice, decision"
    assert await ArchivedDocument.filter(subject_id=consultation_id).count() == 2


async def test_a_corrected_joint_opinion_is_signed_again_by_all_before_a_new_report(story, clock):
    consultation_id, here = await begin(story)
    await story.meet(consultation_id, "village1", "county1", "county2")
    await story.do("village1", f"{here}/closure")
    for username in ("county1", "county2"):
        await story.do(username, f"{here}/opinion", OPINION)
    await story.do("county1", f"{here}/joint-opinion", OPINION)
    await story.do("county2", f"{here}/joint-opinion/co-signature")
    await story.do("village1", f"{here}/decision", DECISION)
    await story.drain()
    clock.move(minutes=3)
    changed = OPINION | {"advice": "改用氯吡格雷。", "correction_reason": "患者胃不好"}
    await story.do("county1", f"{here}/joint-opinion", changed)
    await story.drain()
    assert await ArchivedDocument.filter(version=2).count() == 0, "one signature is missing"
    await story.do("county2", f"{here}/joint-opinion/co-signature")
    await story.drain()
    assert await ArchivedDocument.filter(version=2).count() == 2


async def test_one_specialty_is_not_an_mdt(story):
    consultation_id = await story.draft()
    refused = await story.post(
        "village1", f"/consultations/{consultation_id}/request", COMPLETE | {"format": "mdt"}
    )
    assert refused.status == 422
    assert "至少要选两个不同的专科" in await refused.text()


async def test_an_expert_who_declines_makes_room_for_the_next(story):
    consultation_id = await story.ask(**MDT)
    here = f"/consultations/{consultation_id}"
    await story.do("county2", f"{here}/refusal", {"reason": "正在抢救病人"})
    assert await story.status(consultation_id) == Status.SUBMITTED
    seat = await Seat.get(consultation_id=consultation_id, position=1)
    assert seat.asked_id == practitioner_id("county3"), "the duty manager is asked"


async def test_the_coordinator_lets_an_expert_go(story):
    consultation_id, here = await begin(story)
    expert = await Expert.get(
        consultation_id=consultation_id, practitioner_id=practitioner_id("county2")
    )
    path = f"{here}/experts/{expert.id}/release"
    assert (await story.post("county2", path, {"reason": "想自己退出"})).status == 403
    await story.do("county1", path, {"reason": "临时抢救病人"})
    assert (await Expert.get(id=expert.id)).status == ExpertStatus.WITHDRAWN
    assert (await story.get("county2", f"/patients/{story.patient.id}")).status == 404
    invite = {"doctor": str(practitioner_id("county3")), "gives_opinion": "1"}
    await story.do("county1", f"{here}/invitation", invite)
    assert (await story.ticket("county3", consultation_id)).status == 200
    third = await Expert.get(practitioner_id=practitioner_id("county3"))
    assert (third.part, third.status) == (Part.EXPERT, ExpertStatus.ACCEPTED)


async def test_one_more_colleague_is_asked_in_while_it_runs(story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    await story.meet(consultation_id, "village1", "county1")
    assert (await story.ticket("township1", consultation_id)).status == 404
    await story.do("village1", f"{here}/invitation", {"doctor": str(practitioner_id("township1"))})
    home = words_of(await story.read("township1", "/clinic/work"))
    assert "同事请您参加" in home
    await story.enter("township1", consultation_id)
    colleague = await Expert.get(practitioner_id=practitioner_id("township1"))
    assert (colleague.part, colleague.status) == (Part.COLLEAGUE, ExpertStatus.ACCEPTED)
    assert (await story.get("township1", f"/patients/{story.patient.id}")).status == 200
    twice = await story.post(
        "county1", f"{here}/invitation", {"doctor": str(practitioner_id("township1"))}
    )
    assert twice.status == 422
    assert "已经在会诊名单里" in await twice.text()
    await story.do("county1", f"{here}/closure")
    wrong = await story.post("township1", f"{here}/opinion", OPINION)
    assert wrong.status == 403, "a colleague writes no opinion"
    await story.do("county1", f"{here}/opinion", OPINION)
    assert await story.status(consultation_id) == Status.OPINION_SIGNED
    assert await RecordGrant.filter(revoked_at=None).count() == 2


async def test_the_conversation_follows_the_consultation(story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    chat = f"/conversations/by-subject/Consultation/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    await story.drain()
    for username in ("village1", "county1"):
        assert (await story.get(username, chat)).status == 200
    assert (await story.get("county4", chat)).status in (403, 404)
    await story.do(
        "county1", f"{here}/redirection", {"specialty": "endocrinology", "reason": "血糖问题"}
    )
    await story.drain()
    await story.do("county2", f"{here}/acceptance")
    await story.drain()
    assert (await story.get("county2", chat)).status == 200
