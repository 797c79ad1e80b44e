"""A kept form whose plan or contract is over: the script is told, and it comes in as a note."""

from uuid import uuid4

import pytest

from core import clock as time
from core import db
from core.audit import SYSTEM, AuditEvent
from family_doctor.care_plan import service as plans
from family_doctor.care_plan.models import CarePlan
from family_doctor.contracts import terms
from family_doctor.contracts.models import Contract, EndedBy
from family_doctor.followup.models import FollowUp, FollowUpNote
from tests.family_doctor.followup.test_recording import into
from tests.people.conftest import resident
from tests.plumbing.actors import actor
from tests.plumbing.families import ELSEWHERE, found_team, signed

__all__ = ["resident"]

JSON = {"Accept": "*/*"}


@pytest.fixture
async def patient(clock, house, resident):
    """Signed with 青石镇's team and in care for hypertension."""
    row = await resident("张桂英", number="")
    await signed(row, await found_team())
    await found_team("柳湾乡团队", ELSEWHERE)
    await plans.enrol(await actor("nurse1"), row.id, into("hypertension"))
    return row


def typed(**more) -> dict[str, str]:
    return {
        "id": str(uuid4()), "diseases": "hypertension", "met_on": time.today().isoformat(),
        "mode": "2", "adherence": "2", "systolic": "156", "diastolic": "92", "salt": "heavy",
        "medicines": "氨氯地平 5mg", "adverse_reaction": "1", "adverse_words": "脚肿",
    } | more  # fmt: skip


async def end_contract(patient) -> None:
    contract = await Contract.get(active_for=patient.id)
    async with db.atomic():
        await terms.end(SYSTEM, contract, "terminate", EndedBy.RESIDENT, "")


async def test_an_ended_plan_is_told_to_the_script_and_shown_to_a_person(house, patient):
    nurse, one = await house.signed_in("nurse1"), f"/follow-ups/patients/{patient.id}/records"
    plan = await CarePlan.get(patient_id=patient.id)
    await plans.hold(await actor("nurse1"), plan.id, "去外地了")
    answer = await nurse.post(one, typed(), headers=JSON)
    assert (answer.status, (await answer.json())["code"]) == (409, "plan_over")
    page = await nurse.post(one, typed())
    assert page.status == 409
    shown = await page.text()
    assert "可能已经结案或暂停" in shown
    assert 'value="156"' in shown, "what was typed stays"
    assert await FollowUp.all().count() == 0


async def test_a_form_of_an_ended_contract_becomes_a_note_of_the_record(house, patient):
    await end_contract(patient)
    nurse, form = await house.signed_in("nurse1"), typed(met_on="", salt="unknown-code")
    notes = f"/follow-ups/patients/{patient.id}/notes"
    answer = await nurse.post(notes.replace("notes", "records"), form)
    assert answer.status == 404
    for _ in range(2):
        assert (await nurse.post(notes, form)).status == 204
    note = await FollowUpNote.get()
    assert (str(note.id), note.patient_id, note.met_on) == (form["id"], patient.id, None)
    assert note.form["salt"] == ["unknown-code"], "nothing that was typed is lost"
    assert await AuditEvent.filter(action="follow_up.note").count() == 1
    doctor = await house.signed_in("village1")
    record = await (await doctor.get(f"/patients/{patient.id}")).text()
    assert "随访记录(没有计入随访,上门)" in record
    assert "血压 156/92" in record
    assert "药物不良反应 有" in record
    assert (await nurse.get(f"/patients/{patient.id}")).status == 404, "it opens nothing"


async def test_others_hand_in_nothing(house, patient, resident):
    far, form = await house.signed_in("village2"), typed()
    notes = f"/follow-ups/patients/{patient.id}/notes"
    assert (await far.post(notes, form)).status == 404
    nurse = await house.signed_in("nurse1")
    assert (await nurse.post(notes, typed(id="x"))).status == 422
    stranger = await resident("王秀兰", number="")
    elsewhere = f"/follow-ups/patients/{stranger.id}/notes"
    assert (await nurse.post(elsewhere, form)).status == 404
    assert await FollowUpNote.all().count() == 0
    assert (await nurse.post(notes, form)).status == 204
    await signed(stranger, (await Contract.get(active_for=patient.id).select_related("team")).team)
    assert (await nurse.post(elsewhere, form)).status == 409, "a form of somebody else"
