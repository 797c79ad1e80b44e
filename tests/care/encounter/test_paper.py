"""The signed note as a PDF on the resident's phone: one's own, for some minutes, on record."""

import pytest

from app.settings import Settings
from care.documents.models import ArchivedDocument
from care.note.models import Composition
from care.signatures import signer as signers
from care.signatures.models import Signature
from core.audit import AuditEvent
from people.residents.models import Bond, BondStatus
from tests.care.encounter.conftest import note, noted, standing
from tests.care.encounter.test_walk import waiting
from tests.care.fhir.conftest import system
from tests.mini_program_api.phones import until

__all__ = ["system"]


@pytest.fixture
async def visit(phone, desk, clock):
    """A visit in progress: (phone, its path, the doctor's path)."""
    li, path = await waiting(phone, "li", "李秀英")
    here = (await desk.post("/visits/next")).headers["Location"]
    await li.post(f"{path}/entry")
    await desk.post(f"{here}/verdict", {"verdict": "eligible", "why": "本院确诊"})
    return li, path, here


async def opened(li, url):
    """What a web view gets, which has no session of ours."""
    async with li.session.get(url) as answer:
        return answer.status, answer.content_type, await answer.read()


async def test_the_resident_opens_the_sealed_note_without_a_session(visit, desk, clock):
    li, path, here = visit
    early = await li.post(f"{path}/paper")
    assert (early.status, early.code) == (409, "no_note")
    assert (await noted(desk, here)).status == 303
    made = await li.post(f"{path}/paper")
    assert (made.status, made.body["version"]) == (201, 1), made.body
    status, kind, pdf = await opened(li, made.body["url"])
    assert (status, kind) == (200, "application/pdf")
    assert pdf.startswith(b"%PDF")
    assert b"/ByteRange" in pdf, "sealed with the doctor's certificate"
    assert (await opened(li, made.body["url"]))[0] == 200, "a viewer may fetch it twice"
    again = await li.post(f"{path}/paper")
    assert again.body["code"] == made.body["code"], "printed once"
    looks = AuditEvent.filter(action="document.read", account_id=li.account_id)
    assert await looks.count() == 2
    assert (await looks.first()).patient_id is not None
    code = made.body["code"].replace(" ", "")
    assert (await desk.get(f"/verify/{code}")).status == 200
    items = (await li.get(f"/patients/{li.patient_id}/record-accesses")).body["items"]
    assert "居民账号" not in {one["name"] for one in items}, "one's own looks are no openings"


async def test_a_link_is_one_accounts_for_some_minutes_and_dies_with_the_bond(
    visit, desk, phone, clock
):
    li, path, here = visit
    await noted(desk, here)
    zhang = await phone("zhang", add="张三")
    stranger = await zhang.post(f"{path}/paper")
    assert (stranger.status, stranger.code) == (404, "encounter_not_found")
    url = (await li.post(f"{path}/paper")).body["url"]
    assert str(li.patient_id) not in url
    assert (await opened(li, url[:-6] + "AAAAA="))[0] == 404
    assert (await opened(li, url.rpartition("/")[0] + "/nothing"))[0] == 404
    clock.move(minutes=10, seconds=1)
    assert (await opened(li, url))[0] == 410
    url = (await li.post(f"{path}/paper")).body["url"]
    await Bond.filter(account_id=li.account_id).update(status=BondStatus.ENDED)
    assert (await opened(li, url))[0] == 404


async def test_what_was_added_is_on_the_next_paper(visit, desk):
    li, path, here = visit
    await noted(desk, here)
    first = (await li.post(f"{path}/paper")).body
    page = await (await desk.get(f"{here}?addendum=1")).text()
    fields = note(plan="改为每日两次", correction_reason="剂量写错", then="sign")
    assert (await desk.post(f"{here}/note", fields | standing(page))).status == 303
    await until(lambda: li.get(path), lambda one: one.body["note"]["version"] == 2)
    second = (await li.post(f"{path}/paper")).body
    assert second["version"] == 2
    assert second["code"] != first["code"]


async def test_a_partner_reads_the_same_paper(visit, desk, system):
    li, path, here = visit
    await noted(desk, here)
    partner = await system("YH-H1")
    _, found = await partner.get(f"/DocumentReference?patient={li.patient_id}")
    (one,) = (entry["resource"] for entry in found["entry"])
    status, pdf = await partner.get(one["content"][0]["attachment"]["url"])
    assert (status, partner.headers["Content-Type"]) == (200, "application/pdf")
    made = await li.post(f"{path}/paper")
    assert (await opened(li, made.body["url"]))[2] == pdf
    assert await ArchivedDocument.all().count() == 1, "printed once for all"


async def test_what_was_signed_before_sm2_was_chosen_stays_genuine_beside_it(
    visit, desk, monkeypatch
):
    _, _, here = visit
    await noted(desk, here)
    row = await Composition.get()
    assert (await desk.post(f"/notes/{row.document_id}/paper")).status == 303
    chosen = Settings(demo=True, signature_algorithm="sm2-sm3").signer()
    monkeypatch.setattr(signers, "_current", chosen)
    more = {"correction_reason": "补充嘱咐", "revision": "-1"}
    await desk.post(f"{here}/note", note(then="sign", advice="改成每天半片") | more)
    made = await Signature.all().order_by("signed_at")
    assert [one.algorithm for one in made] == ["ECDSA-P256-SHA256", "SM2-SM3"]
    page = await (await desk.get(f"/notes/{row.document_id}")).text()
    assert ("已签名" in page, "已被新的一版代替" in page, "签名不对" in page) == (True, True, False)

    printed = await desk.post(f"/notes/{row.document_id}/paper")
    pdf = await (await desk.get(printed.headers["Location"])).read()
    assert b"/ByteRange" in pdf, "the seal of the paper stays ECDSA"
    for paper in await ArchivedDocument.filter(kind="VisitNote"):
        told = await desk.get(f"/verify/{paper.code}")
        assert (told.status, "真实有效" in await told.text()) == (200, paper.version == 2)
