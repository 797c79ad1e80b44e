"""Who opened my record: told to the person and to whom they let see it, and to nobody else."""

import re
from pathlib import Path
from uuid import UUID, uuid4

from core import db
from core.audit import SYSTEM
from mini_program_api import openings
from people.access import open_patient
from people.models import Patient, PatientIdentifier, RecordGrant
from people.partners import tokens
from people.partners.models import Scope as Scopes
from people.residents import proofs
from people.residents.models import Bond, BondStatus, Proof, Relation, Scope
from tests.plumbing.actors import actor

HOUSE = Path(__file__).parents[2]
FAR = "village2"


def path_of(phone):
    """The list of the phone's owner."""
    return f"/patients/{phone.patient_id}/record-accesses"


async def broke_the_glass(house, phone):
    """village2 opens the record for an emergency."""
    patient = await Patient.get(id=phone.patient_id)
    number = await PatientIdentifier.get(patient_id=patient.id)
    doctor = await house.signed_in(FAR)
    fields = {"name": patient.name, "number": number.value, "reason": "路边昏迷,要看过敏史"}
    assert (await doctor.post("/patients/emergency", fields)).status == 303
    assert (await doctor.get(f"/patients/{patient.id}")).status == 200
    return doctor


async def test_an_emergency_an_answer_and_a_look_at_the_counter(house, phone):
    li = await phone("li", add="李秀英")
    assert (await li.get(path_of(li))).body["items"] == []
    await broke_the_glass(house, li)
    grant = await RecordGrant.get(basis="emergency")
    office = await house.signed_in("scheduler1")
    number = await PatientIdentifier.get(patient_id=li.patient_id)
    assert (await office.post("/outpatient/walk-in/search", {"number": number.value})).status == 200
    page = (await li.get(path_of(li))).body
    counter = next(one for one in page["items"] if not one["emergencies"])
    assert (counter["role"], counter["grounds"][0]["code"]) == ("门诊办", "work")
    assert counter["what"] == ["在窗口查了您的预约"]
    opened = next(one for one in page["items"] if one["emergencies"])
    doctor = await actor(FAR)
    assert (opened["name"], opened["organization_name"]) == (doctor.name, doctor.organization_name)
    assert opened["role"] == "乡村医生"
    assert opened["grounds"][0] == {"code": "emergency", "name": "紧急打开(来不及等您同意)"}
    assert opened["emergencies"] == [
        {"reason": "路边昏迷,要看过敏史", "review": "pending", "review_name": "还在核查"}
    ]
    assert "看了病历" in opened["what"]
    assert "12345" in page["asking"]
    admin = await house.signed_in("admin1")
    answer = await admin.post(
        f"/emergency-accesses/{grant.id}/review",
        {"verdict": "unjustified", "note": "患者当时清醒,应先征得同意。"},
    )
    assert answer.status == 303
    found = (await li.get(path_of(li))).body["items"]
    reviewed = next(one for one in found if one["emergencies"])
    assert reviewed["emergencies"][0]["review"] == "unjustified"
    assert found[0]["grounds"][0]["code"] == "review"


async def test_a_stranger_and_an_unknown_id_get_the_same_answer(house, phone):
    li, zhang = await phone("li", add="李秀英"), await phone("zhang", add="张建国")
    await broke_the_glass(house, li)
    theirs = await zhang.get(path_of(li))
    nobody = await zhang.get(f"/patients/{uuid4()}/record-accesses")
    assert (
        (theirs.status, theirs.code) == (nobody.status, nobody.code) == (404, "patient_not_found")
    )
    nameless = await phone()
    assert (await nameless.get(path_of(li))).status == 401
    doctor = await house.signed_in("county1")
    assert (await doctor.get(f"/api/mp/v1{path_of(li)}")).status == 401


async def test_a_relative_reads_it_only_with_leave_to_see_the_record(house, phone):
    mother, son = await phone("mother", add="王桂英"), await phone("son", add="王建军")
    await broke_the_glass(house, mother)
    bond = await Bond.create(
        account_id=UUID(son.account_id),
        patient_id=UUID(mother.patient_id),
        status=BondStatus.PENDING,
        relation=Relation.PARENT,
        scopes=Scope.BOOK.value,
        asked_at=(await Bond.first()).asked_at,
    )
    async with db.atomic():
        await proofs.accept(bond, Proof.CODE, by=UUID(son.account_id))
    refused = await son.get(path_of(mother))
    assert (refused.status, refused.code) == (403, "not_in_scope")
    await Bond.filter(id=bond.id).update(scopes=f"{Scope.BOOK.value},{Scope.VIEW.value}")
    assert len((await son.get(path_of(mother))).body["items"]) == 1


async def test_pages(house, phone, clock):
    li = await phone("li", add="李秀英")
    await broke_the_glass(house, li)
    clock.move(minutes=45)
    await open_patient(await actor(FAR), UUID(li.patient_id), purpose="record")
    first = (await li.get(f"{path_of(li)}?limit=1")).body
    assert len(first["items"]) == 1
    second = (await li.get(f"{path_of(li)}?limit=1&cursor={first['next_cursor']}")).body
    assert second["next_cursor"] is None
    assert second["items"][0]["ended_at"] < first["items"][0]["began_at"]
    wrong = await li.get(f"{path_of(li)}?cursor=abc.def")
    assert (wrong.status, wrong.code) == (422, "invalid_cursor")


def test_every_action_on_a_patient_has_words() -> None:
    """What staff's acts are called in the trail is looked up here; a new one wants its words."""
    known = [begins for begins, _, _ in openings.BY_ACTION]
    other = {"add_document", "change_contact", "register_patient", "sign"}
    found = set()
    for package in ("people", "care", "booking", "payments", "chat", "rtc"):
        for module in (HOUSE / package).rglob("*.py"):
            text = module.read_text()
            for action, _ in re.findall(
                r'audit\(\s*[\w.]+,\s*f?"([\w.]+)[^"]*",([^)]*patient_id)', text
            ):
                found.add(action)
    assert len(found) > 20
    silent = {
        action
        for action in found
        if not action.startswith(("resident.", "bond.expire", *known)) and action not in other
    }
    assert silent == set()
    assert {ground for _, ground, _ in openings.BY_ACTION} - {""} <= set(openings.GROUNDS)


async def test_a_system_that_read_the_record_is_named_with_its_institution(phone):
    li = await phone("li", add="李秀英")
    patient = await Patient.get(id=li.patient_id).select_related("managing_organization")
    house = patient.managing_organization
    entry = tokens.NewPartner(name="县医院HIS", organization=house.code, scopes=[Scopes.PATIENT])
    _, token = await tokens.issue(SYSTEM, entry)
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{li.house.address}/fhir/R4/Patient/{patient.id}"
    async with li.session.get(url, headers=headers) as answer:
        assert answer.status == 200
    (one,) = (await li.get(path_of(li))).body["items"]
    assert (one["name"], one["role"], one["organization_name"]) == (
        "县医院HIS",
        "机构的信息系统",
        house.name,
    )
    assert [ground["code"] for ground in one["grounds"]] == ["partner"]
