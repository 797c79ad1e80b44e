"""The report comes into both archives, can be checked by anybody, and never changes."""

import asyncio
import io
from datetime import timedelta
from uuid import uuid4

import pypdf
import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from care.documents.codes import code_of, normalised
from care.documents.consultation_report import (
    ConsultationReport,
    Participant,
    ReportPatient,
    SignedText,
    issue_report,
    print_report,
)
from care.documents.models import ArchivedDocument
from care.documents.render import Fetching, _print
from care.documents.service import Archive, Damaged, content, standing
from care.signatures import authority
from care.signatures.service import sign
from core import clock as time
from core.blobs import STORE, Blob, Store
from core.errors import Conflict
from core.outbox import OutboxEntry
from tests.plumbing.actors import actor

ADDRESS = "https://yunhe.example"


def signed_text(person, signature, text, specialty=""):
    return SignedText(
        name=person.name,
        title=person.title,
        organization=person.organization_name,
        specialty=specialty,
        text=text,
        signed_at=signature.signed_at,
        serial=signature.certificate_serial,
    )


async def make(patient, *, consultation_id=None, version=1, opinion="建议氨氯地平", **more):
    expert, inviter = await actor("county1"), await actor("village1")
    consultation_id = consultation_id or uuid4()
    given = {"document_id": consultation_id, "version": version, "content": {"text": opinion}}
    signatures = [
        await sign(expert, kind="Opinion", **given),
        await sign(inviter, kind="Decision", **given),
    ]
    moment = time.now()
    report = ConsultationReport(
        consultation_id=consultation_id,
        number="YH-20261121-0001",
        version=version,
        patient_id=patient.id,
        patient=ReportPatient(
            name=patient.name, sex="女", age="69岁", id_masked="530***********011X"
        ),
        inviter_organization=inviter.organization_name,
        invitee_organizations=[expert.organization_name],
        mode="即时 · 单学科",
        urgency="急",
        requested_at=moment - timedelta(hours=1),
        started_at=moment - timedelta(minutes=30),
        ended_at=moment,
        participants=[
            Participant(
                name=inviter.name,
                title=inviter.title,
                organization=inviter.organization_name,
                specialty="",
                part="邀请医生",
            )
        ],
        aim="调整用药",
        chief_complaint="头晕 3 天",
        history="<b>高血压</b> 12 年",
        opinions=[signed_text(expert, signatures[0], opinion, "心内科")],
        decision=signed_text(inviter, signatures[1], "采纳"),
        issued_at=moment,
        fee_fen=6000,
        **more,
    )
    archives = [
        Archive(expert.organization_id, expert.organization_name),
        Archive(inviter.organization_id, inviter.organization_name),
    ]
    return expert, report, signatures, archives


@pytest.fixture
def issue(resident):
    """`await issue(store, patient=..., **report fields)`."""

    async def run(store, *, patient=None, **more):
        patient = patient or await resident()
        who, report, signatures, archives = await make(patient, **more)
        return report, await issue_report(
            who, report, signatures=signatures, archives=archives, store=store, base_url=ADDRESS
        )

    return run


def words_of(pdf):
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")


async def test_both_sides_keep_the_same_original(staff, issue, tmp_path):
    store = Store(tmp_path)
    _, kept = await issue(store)
    assert len({row.organization_id for row in kept}) == 2
    assert len({(row.sha256, row.code, row.blob_id) for row in kept}) == 1
    pdf = await content(kept[0], store)
    text = words_of(pdf)
    for words in ("远程会诊报告单", "王秀兰", "530***********011X", "采纳", "60.00", "第1页/共1页"):
        assert words.replace(" ", "") in text, words
    assert "<b>高血压</b>" in text
    assert await OutboxEntry.exists(name="care.document_archived")


async def test_issuing_again_finds_the_first(staff, issue, resident, tmp_path):
    store, patient = Store(tmp_path), await resident()
    who, report, signatures, archives = await make(patient)
    given = {"signatures": signatures, "archives": archives, "store": store, "base_url": ADDRESS}
    first = await issue_report(who, report, **given)
    second = await issue_report(who, report, **given)
    assert [row.id for row in first] == [row.id for row in second]
    assert await ArchivedDocument.all().count() == 2


async def test_the_pdf_carries_both_doctors_signatures(staff, issue, tmp_path):
    store = Store(tmp_path)
    _, kept = await issue(store)
    pdf = await content(kept[0], store)
    root = (await authority.root()).certificate
    _, _, der = pem.unarmor(root.encode())
    trust = ValidationContext(trust_roots=[x509.Certificate.load(der)], allow_fetching=False)
    found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert len(found) == 2
    for embedded in found:
        status = await _validate(embedded, trust)
        assert status.intact
        assert status.valid
        assert status.trusted
    forged = pdf.replace(b"/FlateDecode", b"/FlateDecodf", 1)
    assert forged != pdf
    status = await _validate(PdfFileReader(io.BytesIO(forged)).embedded_signatures[0], trust)
    assert not status.intact


async def _validate(embedded, trust):
    return await asyncio.to_thread(validate_pdf_signature, embedded, trust)


async def test_a_damaged_file_is_not_handed_out(staff, issue, tmp_path):
    store = Store(tmp_path)
    _, kept = await issue(store)
    other = await store.keep(b"%PDF-1.7 other", name="x.pdf", content_type="application/pdf")
    await ArchivedDocument.filter(id=kept[0].id).update(blob_id=other.id)
    with pytest.raises(Damaged):
        await content(await ArchivedDocument.get(id=kept[0].id), store)


async def test_a_correction_is_a_new_version_that_names_the_old_one(
    staff, issue, resident, tmp_path
):
    store, patient = Store(tmp_path), await resident()
    report, first = await issue(store, patient=patient)
    again = {"patient": patient, "consultation_id": report.consultation_id}
    for gap in ({"version": 4, "replaces_version": 3}, {"version": 3}):
        with pytest.raises(Conflict) as refusal:
            await issue(store, **gap, **again)
        assert refusal.value.code == "version_gap"
    _, second = await issue(
        store, version=2, replaces_version=1, correction_reason="剂量写错", **again
    )
    assert "更正并代替第1版" in words_of(await content(second[0], store))
    assert not (await standing(first[0].code)).is_current
    assert (await standing(second[0].code)).is_current
    assert await content(first[0], store)


async def test_anybody_may_ask_whether_a_paper_is_genuine(house, issue, resident):
    patient = await resident()
    _, kept = await issue(house.app[STORE], patient=patient)
    visitor = await house.visitor()
    page = await visitor.get(f"/verify/{kept[0].code}")
    text = await page.text()
    assert page.status == 200
    assert "真实有效" in text
    for secret in (patient.name, str(patient.id), "头晕", "氨氯地平", "周秀兰"):
        assert secret not in text
    typed = kept[0].code.lower()
    answer = await visitor.get(f"/verify?code={typed[:4]}%20{typed[4:8]}-{typed[8:]}")
    assert answer.headers["Location"] == f"/verify/{kept[0].code}"
    unknown = await visitor.get(f"/verify/{code_of('ConsultationReport', uuid4(), 1)}")
    assert unknown.status == 404
    assert "查不到" in await unknown.text()
    assert (await visitor.get("/verify")).status == 200


async def test_who_may_read_an_archived_paper(house, issue, resident):
    patient = await resident()
    _, kept = await issue(house.app[STORE], patient=patient)
    by_place = {row.organization_name: row for row in kept}
    doctor, expert = await house.signed_in("village1"), await house.signed_in("county1")
    for row in kept:
        answer = await doctor.get(f"/documents/{row.id}")
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/pdf"
    own = by_place["云河县人民医院"]
    assert (await expert.get(f"/documents/{own.id}")).status == 200
    other = next(row for row in kept if row.id != own.id)
    assert (await expert.get(f"/documents/{other.id}")).status == 404
    for username in ("village2", "township1", "supervisor1", "admin1", "scheduler1"):
        stranger = await house.signed_in(username)
        for row in kept:
            assert (await stranger.get(f"/documents/{row.id}")).status in (403, 404), username
    assert (await doctor.get(f"/documents/{uuid4()}")).status == 404


def test_codes_forgive_what_people_mistype():
    code = code_of("x", uuid4(), 1)
    assert len(code) == 16
    assert normalised(f" {code[:8].lower()}-{code[8:]} ") == code
    assert normalised("0l8!") == "OLB"
    assert normalised("") == ""


def test_a_paper_fetches_nothing():
    for address in ("file:///etc/passwd", "http://127.0.0.1:1/x", "https://example.org/x.png"):
        with pytest.raises(Fetching):
            _print(f'<img src="{address}"><p>x</p>')


async def test_a_long_report_goes_on_over_pages(staff, resident, tmp_path):
    patient = await resident()
    _, report, _, _ = await make(patient, opinion="一、建议复查血压。\n" * 90)
    pdf = await print_report(report, base_url=ADDRESS)
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) >= 2
    assert f"第{len(pages)}页/共{len(pages)}页" in words_of(pdf)
    assert not await Blob.exists()
