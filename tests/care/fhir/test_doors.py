"""Who reads nothing: strangers, the expired, the revoked, other institutions, the too eager."""

from datetime import timedelta
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from app.demo import people as demo
from care.fhir import outcomes
from care.record.models import Observation
from core import clock as time
from core.audit import SYSTEM, AuditEvent
from people.access import break_glass, grant
from people.models import GrantBasis
from people.partners import tokens
from people.partners.models import Partner, Scope
from tests.care.fhir.conftest import System, record_of, visit
from tests.plumbing.actors import actor

HOSPITAL = "YH-H1"


async def paths_of(patient):
    """One address of every kind that is about this patient."""
    row = await Observation.filter(patient=patient).first()
    seen = await visit(patient)
    return [
        f"/Patient/{patient.id}",
        f"/Observation/{row.id}",
        f"/Encounter/{seen.id}",
        *(f"/{kind.value}?patient={patient.id}" for kind in Scope if kind is not Scope.PATIENT),
    ]


def code_of(resource):
    """The stable word of an OperationOutcome."""
    return resource["issue"][0]["diagnostics"].split(" ")[0]


async def test_a_stranger_a_resident_and_a_doctor_are_nobody_here(system, resident, house):
    patient = await resident()
    await record_of(patient)
    partner = await system()
    for token in ("", "dsp_wrong", "dsr_wrong", partner.token + "x"):
        stranger = System(partner.session, partner.address, token)
        status, said = await stranger.get(f"/Patient/{patient.id}")
        assert (status, said["issue"][0]["code"]) == (401, "login")
        assert stranger.headers["WWW-Authenticate"] == "Bearer"
    doctor = await house.signed_in("village1")
    assert (await doctor.get(f"/fhir/R4/Patient/{patient.id}")).status == 401
    headers = {"Authorization": f"Bearer {partner.token}"}
    async with partner.session.get(f"{house.address}/api/mp/v1/patients", headers=headers) as no:
        assert no.status == 401, "a partner is no resident"
    async with partner.session.get(
        f"{house.address}/patients/{patient.id}", headers=headers, allow_redirects=False
    ) as no:
        assert no.status == 401, "nor staff"


async def test_another_institution_gets_the_answer_of_what_does_not_exist(system, resident):
    patient = await resident()
    await record_of(patient)
    hospital = await system(HOSPITAL)
    for path in await paths_of(patient):
        status, said = await hospital.get(path)
        unknown = path.replace(path.split("=")[-1].split("/")[-1], str(uuid4()))
        assert (status, code_of(said)) == (404, "not_found"), path
        assert (await hospital.get(unknown))[1]["issue"][0]["details"] == said["issue"][0][
            "details"
        ]
    base = f"{hospital.address}/fhir/R4"
    _, found = await hospital.find("Patient", identifier=f"{base}/sid/id_card|11010519491231002X")
    assert found["total"] == 0
    refused = await AuditEvent.filter(account_id=hospital.id)
    assert {event.outcome for event in refused} == {"refused"}
    assert any(event.patient_id == patient.id for event in refused)


@pytest.mark.parametrize("basis", [GrantBasis.VISIT, GrantBasis.CONSULTATION, GrantBasis.REFERRAL])
async def test_while_a_doctor_of_the_institution_has_a_ground_its_system_reads(
    system, resident, clock, basis
):
    patient = await resident()
    await record_of(patient)
    hospital = await system(HOSPITAL)
    await grant(
        patient.id,
        basis=basis,
        subject="Encounter/1",
        granted_by=uuid4(),
        practitioner_id=demo.practitioner_id("county1"),
        until=time.now() + timedelta(hours=1),
    )
    assert (await hospital.get(f"/Condition?patient={patient.id}"))[0] == 200
    event = await AuditEvent.get(account_id=hospital.id)
    assert event.reason == f"Condition ({basis.value})"
    township = await system("YH-T1")
    assert (await township.get(f"/Condition?patient={patient.id}"))[0] == 404
    clock.move(hours=1)
    assert (await hospital.get(f"/Condition?patient={patient.id}"))[0] == 404


async def test_broken_glass_opens_for_the_one_who_broke_it_and_for_no_system(system, resident):
    patient = await resident()
    hospital = await system(HOSPITAL)
    await break_glass(await actor("county1"), patient.id, reason="昏迷,要了解过敏史")
    assert (await hospital.get(f"/Patient/{patient.id}"))[0] == 404


async def test_only_what_was_agreed_on(system, resident):
    patient = await resident()
    await record_of(patient)
    partner = await system(scopes=[Scope.CONDITION])
    assert (await partner.get(f"/Condition?patient={patient.id}"))[0] == 200
    row = await Observation.filter(patient=patient).first()
    for path in (
        f"/Observation/{row.id}",
        f"/Observation?patient={patient.id}",
        f"/Patient/{patient.id}",
        f"/Binary/{uuid4()}",
    ):
        status, said = await partner.get(path)
        assert (status, code_of(said)) == (403, "insufficient_scope")


async def test_an_expired_and_a_revoked_token_open_nothing(system, resident, clock):
    patient = await resident()
    short, other = await system(days=1), await system()
    assert (await short.get(f"/Patient/{patient.id}"))[0] == 200
    clock.move(days=1)
    assert (await short.get(f"/Patient/{patient.id}"))[0] == 401
    for _ in range(2):
        ended = await tokens.revoke(SYSTEM, other.id, "系统停用")
    assert ended.revoked_reason == "系统停用"
    assert (await other.get(f"/Patient/{patient.id}"))[0] == 401
    assert await AuditEvent.filter(action="partner.revoke").count() == 1
    assert not await Partner.filter(token_hash__contains="dsp_").exists()
    assert other.token not in str(await Partner.all().values())


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/Observation", 400, "required"),
        ("/Observation?patient=x", 400, "bad_reference"),
        ("/Observation?patient={id}&status=final", 400, "unknown_parameter"),
        ("/Observation?patient={id}&_count=viele", 400, "bad_count"),
        ("/Observation?patient={id}&_page=abc", 400, "bad_page"),
        ("/Observation?patient={id}&_format=xml", 406, "json_only"),
        ("/Observation/nonsense", 404, "not_found"),
        ("/Patient", 400, "required"),
        ("/MedicationRequest?patient={id}", 404, "not_found"),
    ],
)
async def test_what_cannot_be_answered_is_said_in_an_outcome(system, resident, path, status, code):
    patient = await resident()
    partner = await system()
    found, said = await partner.get(path.format(id=patient.id))
    assert (found, said["resourceType"], code_of(said)) == (status, "OperationOutcome", code)


async def test_writing_is_not_supported(system, resident):
    patient = await resident()
    partner = await system()
    status, said = await partner.call("DELETE", f"/Patient/{patient.id}")
    assert (status, said["issue"][0]["code"]) == (405, "not-supported")


async def test_the_too_eager_wait_and_so_do_those_who_try_tokens_out(
    build_house, resident, monkeypatch
):
    house = await build_house(partner_calls_per_minute=3)
    patient = await resident()
    entry = tokens.NewPartner(name="系统", organization="YH-T1-V1", scopes=[Scope.PATIENT])
    made, token = await tokens.issue(SYSTEM, entry)
    monkeypatch.setattr(outcomes, "STRANGERS_PER_MINUTE", 2)
    async with ClientSession() as session:
        partner = System(session, house.address, token, made.id)
        answers = [(await partner.get(f"/Patient/{patient.id}"))[0] for _ in range(4)]
        assert answers == [200, 200, 200, 429]
        assert 1 <= int(partner.headers["Retry-After"]) <= 60
        stranger = System(session, house.address, "dsp_guess")
        tried = [(await stranger.get(f"/Patient/{patient.id}"))[0] for _ in range(3)]
        assert tried == [401, 401, 429]
