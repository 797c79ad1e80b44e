"""A partner's system reads a resident's record; every answer is valid FHIR (see `System`)."""

from uuid import uuid4

import pytest

from booking.models import Appointment, Channel, Payment
from booking.states import Status as Booked
from care.documents.models import ArchivedDocument
from care.note.models import Composition, NoteDiagnosis
from care.record.models import AttachmentKind, DocumentReference, Observation, VitalSign
from core import clock as time
from core.audit import AuditEvent
from core.blobs import STORE
from people.links import survivor
from people.matching import service as matching
from people.partners.models import Partner, Scope
from tests.booking.conftest import at, new_schedule, new_slot
from tests.care.fhir.conftest import by, measured, record_of
from tests.care.pictures import jpeg
from tests.plumbing.actors import actor

NUMBER = "11010519491231002X"


async def test_it_learns_what_there_is_without_a_token(system):
    partner = await system()
    partner.token = ""
    status, found = await partner.get("/metadata")
    assert (status, found["fhirVersion"]) == (200, "4.0.1")
    kinds = {one["type"] for one in found["rest"][0]["resource"]}
    assert kinds == {scope.value for scope in Scope}


async def test_it_finds_the_resident_by_a_number_that_stays_out_of_addresses(system, resident):
    patient = await resident()
    partner = await system()
    base = f"{partner.address}/fhir/R4"
    status, found = await partner.find("Patient", identifier=f"{base}/sid/id_card|{NUMBER}")
    assert (status, found["total"]) == (200, 1)
    one = found["entry"][0]["resource"]
    assert (one["id"], one["gender"], one["birthDate"]) == (
        str(patient.id),
        "female",
        "1949-12-31",
    )
    assert NUMBER not in str(found), "neither in the resource nor in the links"
    assert "110***********002X" in str(one["identifier"])
    assert "138" not in str(one.get("telecom", ""))
    assert (await partner.get(f"/Patient?identifier={base}/sid/id_card|{NUMBER}"))[0] == 400
    assert (await partner.get(f"/Patient/{patient.id}"))[1]["name"] == [{"text": "张桂英"}]
    assert (await partner.get(f"/Patient?_id={patient.id}"))[1]["total"] == 1
    for wrong in ("110105194912310021", "x"):
        _, nobody = await partner.find("Patient", identifier=f"{base}/sid/id_card|{wrong}")
        assert (nobody["total"], "entry" in nobody) == (0, False)


@pytest.mark.parametrize("kind", ["Encounter", "Observation", "Condition"])
async def test_each_row_of_the_record_is_a_resource_found_and_read_alike(system, resident, kind):
    patient = await resident()
    await record_of(patient)
    partner = await system()
    status, found = await partner.get(f"/{kind}?patient=Patient/{patient.id}&_count=200")
    assert status == 200
    assert found["total"] == len(found["entry"]) > 2
    for entry in found["entry"]:
        one = entry["resource"]
        assert one["subject"] == {"reference": f"Patient/{patient.id}"}
        assert (await partner.get(entry["fullUrl"]))[1] == one
    _, posted = await partner.find(kind, patient=str(patient.id), _count="200")
    assert posted["entry"] == found["entry"]


async def test_what_was_measured_arrives_with_code_unit_and_meaning(system, resident):
    patient = await resident()
    await record_of(patient)
    partner = await system()
    _, found = await partner.get(f"/Observation?patient={patient.id}")
    ones = [entry["resource"] for entry in found["entry"]]
    pressure = next(one for one in ones if one["code"]["text"] == "血压")
    values = [part["valueQuantity"]["value"] for part in pressure["component"]]
    assert (values, pressure["interpretation"][0]["coding"][0]["code"]) == ([168, 102], "H")
    assert "valueQuantity" not in pressure
    sugar = next(one for one in ones if one["code"]["text"] == "血糖")
    assert sugar["valueQuantity"] == {
        "value": 7.8,
        "unit": "mmol/L",
        "system": "http://unitsofmeasure.org",
        "code": "mmol/L",
    }
    assert sugar["note"] == [{"text": "空腹"}]
    wrong = [one for one in ones if one["status"] == "entered-in-error"]
    assert [one["note"][0]["text"] for one in wrong] == ["量错了人"]
    assert len({one["code"]["text"] for one in ones}) == len(VitalSign)


async def test_a_diagnosis_carries_its_code_and_a_wrong_one_no_clinical_status(system, resident):
    patient = await resident()
    await record_of(patient)
    partner = await system()
    _, found = await partner.get(f"/Condition?patient={patient.id}")
    ones = {_status(entry["resource"]): entry["resource"] for entry in found["entry"]}
    assert set(ones) == {"active", "resolved", "entered-in-error"}
    codes = [coding["code"] for coding in ones["active"]["code"]["coding"]]
    assert codes == ["I10.x00", "I10"]
    assert "clinicalStatus" not in ones["entered-in-error"]


def _status(condition):
    named = condition.get("clinicalStatus") or condition["verificationStatus"]
    return named["coding"][0]["code"]


async def test_a_picture_and_its_bytes(system, resident, house):
    patient = await resident()
    blob = await house.app[STORE].receive(jpeg(), name="化验单.jpg")
    row = await DocumentReference.create(
        patient=patient,
        kind=AttachmentKind.LAB_SLIP,
        title="血脂",
        taken_on=time.today(),
        blob=blob,
        recorded_at=time.now(),
        **by(),
    )
    partner = await system()
    _, found = await partner.get(f"/DocumentReference?patient={patient.id}")
    attachment = found["entry"][0]["resource"]["content"][0]["attachment"]
    status, content = await partner.get(attachment["url"])
    assert (status, partner.headers["Content-Type"]) == (200, "image/jpeg")
    assert len(content) == attachment["size"] == blob.size
    reads = await AuditEvent.filter(action="fhir.read", subject=f"DocumentReference/{row.id}")
    assert [event.reason for event in reads] == ["Binary (own)"]


@pytest.mark.parametrize("kind", ["Observation", "Encounter"])
async def test_pages_follow_one_another_without_gap_or_repeat(system, resident, kind):
    patient = await resident()
    await record_of(patient)
    for minutes in range(1, 8):
        await measured(patient, VitalSign.PULSE, "70", minutes=minutes // 2)
    partner = await system()
    _, whole = await partner.get(f"/{kind}?patient={patient.id}&_count=200")
    paged, path = [], f"/{kind}?patient={patient.id}&_count=3"
    while path:
        _, page = await partner.get(path)
        assert page["total"] == whole["total"]
        paged += page["entry"]
        links = {link["relation"]: link["url"] for link in page["link"]}
        path = links.get("next", "")
    assert [one["fullUrl"] for one in paged] == [one["fullUrl"] for one in whole["entry"]]


async def test_a_joined_record_leads_to_the_one_that_goes_on(system, resident, clock):
    patient = await resident()
    second = await resident(number="", clinic="YH-T2-V1")
    await measured(second, VitalSign.PULSE, "71")
    await matching.merge(await actor("admin1"), patient.id, second.id, "本人带两份病历本来过")
    assert await survivor(second.id) == patient.id
    partner = await system()
    _, old = await partner.get(f"/Patient/{second.id}")
    assert (old["active"], old["link"][0]["other"]["reference"]) == (
        False,
        f"Patient/{patient.id}",
    )
    assert "name" not in old
    _, new = await partner.get(f"/Patient/{patient.id}")
    assert new["link"] == [{"other": {"reference": f"Patient/{second.id}"}, "type": "replaces"}]
    _, found = await partner.get(f"/Observation?patient={second.id}")
    assert [entry["resource"]["subject"]["reference"] for entry in found["entry"]] == [
        f"Patient/{patient.id}"
    ]


async def test_every_look_names_the_system(system, resident):
    patient = await resident()
    await record_of(patient)
    partner = await system()
    await partner.get(f"/Condition?patient={patient.id}")
    row = await Observation.filter(patient=patient).first()
    await partner.get(f"/Observation/{row.id}")
    made = await Partner.get(id=partner.id)
    events = await AuditEvent.filter(account_id=made.id).order_by("at")
    assert [(event.action, event.subject, event.reason) for event in events] == [
        ("fhir.search", f"Patient/{patient.id}", "Condition (own)"),
        ("fhir.read", f"Observation/{row.id}", "Observation (own)"),
    ]
    assert {(event.account_name, event.patient_id) for event in events} == {
        ("卫生室信息系统", patient.id)
    }
    assert made.seen_at is not None


async def test_a_notes_diagnosis_is_read_as_its_newest_version_says(system, resident):
    patient = await resident()
    note = await Composition.create(
        id=uuid4(),
        document_id=uuid4(),
        version=2,
        subject=f"Encounter/{uuid4()}",
        patient=patient,
        author_id=uuid4(),
        saved_at=time.now(),
        signed_at=time.now(),
        author_name="刘明华",
        author_organization="云河县人民医院",
    )
    for rank, replaced in ((1, None), (2, time.now())):
        await NoteDiagnosis.create(
            id=uuid4(),
            composition=note,
            patient=patient,
            rank=rank,
            icd10="I10",
            name=f"原发性高血压 {rank}",
            recorded_at=time.now(),
            replaced_at=replaced,
        )
    partner = await system()
    _, found = await partner.get(f"/Condition?patient={patient.id}")
    [one] = [entry["resource"] for entry in found["entry"]]
    assert one["category"][0]["coding"][0]["code"] == "encounter-diagnosis"
    assert (one["encounter"]["reference"], one["code"]["text"]) == (note.subject, "原发性高血压 1")


async def signed(patient, version=1, *, before=None, about=None):
    """A signed version of a note, without its paper."""
    own = uuid4()
    return await Composition.create(
        id=own,
        document_id=before.document_id if before else own,
        version=version,
        corrects_id=before.id if before else None,
        correction_reason="剂量写错" if before else "",
        subject=about or before.subject,
        patient_id=patient.id,
        author_id=uuid4(),
        author_name="刘明华",
        author_organization="云河县人民医院",
        saved_at=time.now(),
        signed_at=time.now(),
    )


async def archived(patient, house, *, kind="ConsultationReport", version=1, subject=None):
    """A report in the archives of both sides."""
    blob = await house.app[STORE].keep(b"%PDF-1.7", name="a.pdf", content_type="application/pdf")
    subject = subject or uuid4()
    for name in ("大槐树村卫生室", "云河县人民医院"):
        await ArchivedDocument.create(
            id=uuid4(),
            kind=kind,
            subject_id=subject,
            version=version,
            title="远程会诊报告单",
            patient=patient,
            organization_id=uuid4(),
            organization_name=name,
            issuer_name="云河县人民医院",
            signed_at=time.now(),
            code="X" * 16,
            blob=blob,
            sha256=blob.sha256,
            archived_at=time.now(),
        )
    return subject


async def test_signed_notes_are_documents_and_the_newest_counts(system, resident):
    patient = await resident()
    first = await signed(patient, about=f"Encounter/{uuid4()}")
    second = await signed(patient, 2, before=first)
    await Composition.create(
        document_id=first.document_id,
        version=3,
        subject=first.subject,
        open="draft",
        patient_id=patient.id,
        author_id=uuid4(),
        saved_at=time.now(),
    )
    partner = await system()
    _, found = await partner.get(f"/DocumentReference?patient={patient.id}")
    ones = {entry["resource"]["id"]: entry["resource"] for entry in found["entry"]}
    assert set(ones) == {str(first.id), str(second.id)}, "a draft is the doctor's alone"
    old, new = ones[str(first.id)], ones[str(second.id)]
    assert (old["status"], new["status"]) == ("superseded", "current")
    assert new["relatesTo"][0]["target"] == {"reference": f"DocumentReference/{first.id}"}
    assert new["context"]["encounter"] == [{"reference": first.subject}]
    assert new["type"]["coding"][0]["code"] == "34108-1"
    assert (await partner.get(f"/DocumentReference/{first.id}"))[1] == old


async def test_a_report_is_one_document_although_both_sides_archive_it(system, resident, house):
    patient = await resident()
    subject = await archived(patient, house)
    await archived(patient, house, version=2, subject=subject)
    await archived(patient, house, kind="VisitNote")
    partner = await system()
    _, found = await partner.get(f"/DocumentReference?patient={patient.id}")
    ones = [entry["resource"] for entry in found["entry"]]
    assert sorted(one["status"] for one in ones) == ["current", "superseded"]
    assert found["total"] == 2, "a note's paper is the note's, not another document"
    assert ones[0]["context"]["encounter"] == [{"reference": f"Encounter/{subject}"}]
    status, content = await partner.get(ones[0]["content"][0]["attachment"]["url"])
    assert (status, content) == (200, b"%PDF-1.7")
    reads = AuditEvent.filter(
        action="fhir.read", subject=f"DocumentReference/{ones[0]['id']}", reason="Binary (own)"
    )
    assert await reads.count() == 1
    stranger = await system("YH-T2-V1")
    for path in (f"/DocumentReference/{ones[0]['id']}", f"/Binary/{ones[0]['id']}"):
        assert (await stranger.get(path))[0] == 404


async def test_who_was_seen_at_the_hospital_has_an_encounter(system, resident):
    patient = await resident()
    slot = await new_slot(await new_schedule(name="刘明华"), at(2, 9))
    wanted = (Booked.DONE, Booked.BOOKED, Booked.NO_SHOW)
    made = [await seen(patient, slot, status) for status in wanted]
    partner = await system()
    _, found = await partner.get(f"/Encounter?patient={patient.id}")
    (entry,) = found["entry"]
    one = entry["resource"]
    assert (one["id"], one["class"]["code"], one["status"]) == (str(made[0].id), "AMB", "finished")
    assert one["serviceType"]["text"] == "心内科"
    assert (await partner.get(entry["fullUrl"]))[1] == one
    assert (await partner.get(f"/Encounter/{made[1].id}"))[0] == 404


async def seen(patient, slot, status):
    """One appointment at this clinic."""
    code = uuid4().hex[:12]
    return await Appointment.create(
        status=status,
        slot=slot,
        schedule_id=slot.schedule_id,
        patient=patient,
        group=code,
        day=slot.day,
        starts_at=slot.starts_at,
        ends_at=slot.starts_at,
        code=code,
        channel=Channel.COUNTER,
        made_by=uuid4(),
        made_by_name="冯倩",
        fee_fen=0,
        payment=Payment.FREE,
        held_at=time.now(),
        miss_at=time.now(),
    )
