"""Pharmacist and doctor talk about a prescription; who else hears of a decision."""

from chat.models import Conversation, Member
from notifications.models import Communication
from people.residents.models import ResidentAccount
from tests.care.encounter.conftest import phone
from tests.mini_program_api.phones import heard, until
from tests.pharmacy.review.conftest import HERE, decide, on_duty
from tests.plumbing.prescriptions import signed

__all__ = ["phone"]
BAD = {"faults": ["fit-dose"], "reason": "剂量偏大,请核对"}


async def panel(person, row):
    return await person.get(f"/conversations/by-subject/MedicationRequest/{row.id}/panel")


async def test_the_doctor_is_asked_and_the_resident_is_not_there(desk, house, resident):
    row = await signed((await resident()).id)
    await desk.post(f"{HERE}/{row.id}/claim")
    doctor, stranger = await house.signed_in("county1"), await house.signed_in("county2")
    assert (await desk.post(f"{HERE}/{row.id}/question")).status == 303
    await until(lambda: Conversation.exists(subject=f"MedicationRequest/{row.id}"), bool)
    await until(lambda: Member.all().count(), lambda found: found == 2)
    assert (await panel(desk, row)).status == 200
    assert (await panel(doctor, row)).status == 200
    assert (await panel(stranger, row)).status == 404
    assert {one.kind.value for one in await Member.all()} == {"staff"}
    today = await (await doctor.get("/today")).text()
    assert "药师在问" in today
    assert f"/pharmacy/prescriptions/{row.id}/review" in today
    await desk.post(f"{HERE}/{row.id}/release")
    other = await on_duty(house, "pharmacist2")
    await other.post(f"{HERE}/{row.id}/claim")
    assert (await panel(other, row)).status == 404, "only who asks is in it"
    await other.post(f"{HERE}/{row.id}/question")

    async def joined():
        return (await panel(other, row)).status

    await until(joined, lambda status: status == 200)
    await decide(other, row, "return", **BAD)
    today = await (await doctor.get("/today")).text()
    assert "已退回" in today
    assert BAD["reason"] in today


async def test_the_resident_hears_of_the_decision_without_drug_names(desk, phone):
    li = await phone("li", add="李秀英")
    good, bad = await signed(li.patient_id), await signed(li.patient_id)
    for row in (good, bad):
        await desk.post(f"{HERE}/{row.id}/claim")
    await decide(desk, good, "approve")
    await decide(desk, bad, "reject", **BAD)
    await heard(li, "处方审核通过", "处方没有通过审核")
    assert await ResidentAccount.exists()
    for row in await Communication.all():
        whole = f"{row.title}{row.text}{row.words}"
        assert "氨氯地平" not in whole
        assert "高血压" not in whole
        assert "李秀英" not in str(row.words)
