"""Staff see, end and confirm what phones may do, and join people at a desk."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest

from core import clock as house_clock
from core.audit import AuditEvent, write_refusal
from core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from people.matching.models import PatientLink
from people.residents import access, desk, family, holders, identity, proofs, sessions
from people.residents.models import (
    Bond,
    BondStatus,
    Proof,
    ResidentAgreement,
    ResidentSession,
    Scope,
)
from tests.people.conftest import actor
from tests.people.residents.conftest import NUMBER, entry, number_for

MOTHER = {"name": "李秀英", "id_number": number_for("19550301"), "relation": "parent"}


def at_desk(code: str, **more: object) -> desk.DeskEntry:
    """The standard's person with her card on the table, unless told otherwise."""
    fields = {"code": code, "name": "张桂英", "document_number": NUMBER}
    return desk.DeskEntry.model_validate(fields | {"agreed": True, "texts_read": True} | more)


async def test_the_clinic_sees_masked_who_acts_for_its_resident(account, resident):
    known = await resident()
    wang = await account("wang")
    await family.add_patient(wang, entry())
    doctor = await actor("village1")
    patient, found = await holders.holders(doctor, known.id)
    assert patient.id == known.id
    shown = found[0]
    assert (shown.owner, shown.relation, shown.proof) == ("张**", "本人", "实名核验")
    assert not shown.pending
    assert await AuditEvent.filter(action="open_patient", patient_id=known.id).exists()


@pytest.mark.parametrize("username", ["village2", "county1", "pharmacist1", "admin1", "scheduler1"])
async def test_others_see_nothing(account, resident, username):
    known = await resident()
    bond_owner = await account("wang")
    await family.add_patient(bond_owner, entry())
    bond = await Bond.first()
    other = await actor(username)
    for verb in (
        holders.holders(other, known.id),
        holders.holders(other, uuid4()),
        holders.revoke(other, bond.id, holders.Revocation(reason="lost_phone")),
        holders.confirm(other, bond.id, holders.Confirmation(document_number=NUMBER, agreed=True)),
        holders.holder_by_id(other, bond.id),
    ):
        with pytest.raises((NotFound, Forbidden)):
            await verb
    assert (await Bond.first()).status is BondStatus.ACTIVE


async def test_a_lost_phone_is_signed_out_and_opens_nothing(account, resident):
    known = await resident()
    wang = await account("wang")
    await family.add_patient(wang, entry())
    child = await family.add_patient(
        wang, entry(name="张小宝", id_number=number_for("20200601", 3), relation="child")
    )
    doctor = await actor("village1")
    bond = await Bond.get(patient_id=known.id)
    lost = holders.Revocation(reason="lost_phone", note="昨天赶集丢的")
    assert await holders.revoke(doctor, bond.id, lost) == known.id
    assert await holders.revoke(doctor, bond.id, lost) == known.id
    for patient_id in (known.id, child.id):  # and the family goes with its guardian
        with pytest.raises(NotFound):
            await access.open_own(wang, patient_id, Scope.VIEW, purpose="look")
    assert not await ResidentSession.filter(ended_at=None).exists()
    event = await AuditEvent.get(action="bond.revoke")
    assert event.reason == "lost_phone: 昨天赶集丢的"
    assert (await holders.holders(doctor, known.id))[1] == []
    with pytest.raises(Invalid, match="原因"):
        await holders.revoke(doctor, bond.id, holders.Revocation(reason="other"))


async def test_a_question_is_confirmed_with_the_document_in_hand(account, resident):
    known = await resident(name=MOTHER["name"], number=MOTHER["id_number"], born=date(1955, 3, 1))
    wang = await account("wang")
    await family.add_patient(wang, entry(name="王建军", id_number=number_for("19880808", 5)))
    card = await family.add_patient(wang, entry(**MOTHER, phone="13500000009"))
    doctor = await actor("village1")
    bond = await Bond.get(patient_id=known.id)
    assert (await holders.holders(doctor, known.id))[1][0].pending
    with pytest.raises(Invalid, match="勾选"):
        await holders.confirm(
            doctor, bond.id, holders.Confirmation(document_number=MOTHER["id_number"])
        )
    with pytest.raises(Invalid, match="对不上") as wrong:
        await holders.confirm(
            doctor, bond.id, holders.Confirmation(document_number=NUMBER, agreed=True)
        )
    await write_refusal(wrong.value)
    shown = holders.Confirmation(document_number=MOTHER["id_number"].lower(), agreed=True)
    assert await holders.confirm(doctor, bond.id, shown) == known.id
    assert await holders.confirm(doctor, bond.id, shown) == known.id
    await bond.refresh_from_db()
    assert (bond.status, bond.proof, bond.proven_by) == (
        BondStatus.ACTIVE,
        Proof.DESK,
        doctor.practitioner_id,
    )
    assert await access.open_own(wang, card.id, Scope.BOOK, purpose="book")
    outcomes = await AuditEvent.filter(action="bond.confirm").values_list("outcome", flat=True)
    assert sorted(outcomes) == ["refused", "success"]


@pytest.mark.parametrize("username", ["village1", "village2", "county1", "nurse1", "scheduler1"])
async def test_six_digits_and_a_card_on_the_table_join_them(account, resident, username):
    identity.configure(identity.Desk())  # no provider is needed here
    known = await resident()
    wang = await account("wang")
    code, expires_at = await desk.new_code(wang)
    assert len(code) == 6
    assert expires_at > house_clock.now()
    await desk.join(await actor(username), at_desk(f"{code[:3]} {code[3:]}"))
    assert (await access.open_own(wang, known.id, Scope.VIEW, purpose="look")).id == known.id
    kept = await ResidentAgreement.filter(account_id=wang.account_id)
    assert {row.kind for row in kept} == {"service", "privacy", "health_data"}
    assert {row.channel.value for row in kept} == {"desk"}
    event = await AuditEvent.get(action="bond.join")
    assert event.patient_id == known.id
    with pytest.raises(Invalid, match="六位数字"):  # a code counts once
        await desk.join(await actor(username), at_desk(code))


@pytest.mark.parametrize("username", ["pharmacist1", "admin1", "supervisor1"])
async def test_others_join_nobody(account, resident, username):
    await resident()
    code, _ = await desk.new_code(await account("wang"))
    with pytest.raises(Forbidden):
        await desk.join(await actor(username), at_desk(code))


async def test_the_desk_asks_for_everything(account, resident, clock):
    await resident()
    wang = await account("wang")
    code, _ = await desk.new_code(wang)
    doctor = await actor("village1")
    for more, sentence in (
        ({"agreed": False}, "核对证件"),
        ({"texts_read": False}, "协议"),
        ({"name": "李秀英"}, "没有登记过"),
        ({"document_number": number_for("19800101")}, "没有登记过"),
        ({"document_number": "123"}, "18 位"),
        ({"relation": "parent"}, "先添加您本人"),
        ({"code": "00000000"}, "六位数字"),
    ):
        with pytest.raises(Invalid, match=sentence):
            await desk.join(doctor, at_desk(**({"code": code} | more)))
    clock.move(minutes=11)
    with pytest.raises(Invalid, match="过期"):
        await desk.join(doctor, at_desk(code))
    assert not await Bond.exists()


async def test_guessing_digits_slows_down(account, resident):
    await resident()
    await desk.new_code(await account("wang"))
    doctor = await actor("village1")
    with pytest.raises(TooMany):
        for number in range(12):
            with pytest.raises(Invalid):
                await desk.join(doctor, at_desk(f"{number:08d}"))


async def test_the_desk_twice_at_once_joins_once(account, resident):
    await resident()
    code, _ = await desk.new_code(await account("wang"))
    one, other = await actor("village1"), await actor("scheduler1")
    done = await asyncio.gather(
        desk.join(one, at_desk(code)), desk.join(other, at_desk(code)), return_exceptions=True
    )
    assert any(isinstance(result, holders.Holder) for result in done)
    assert all(isinstance(r, holders.Holder | Invalid | Conflict) for r in done), done
    assert await Bond.all().count() == 1


async def test_a_merged_record_opens_by_either_and_leads_to_the_survivor(account, resident):
    known = await resident()
    old = await resident(number="", phone="13700000000")
    wang = await account("wang")
    await family.add_patient(wang, entry())
    await PatientLink.create(
        survivor=old,
        merged=known,
        reason="same",
        made_by=uuid4(),
        made_by_name="x",
        made_at=house_clock.now(),
    )
    for record in (known.id, old.id):
        opened = await access.open_own(wang, record, Scope.VIEW, purpose="look")
        assert opened.id == old.id
        assert opened.managing_organization.name == "大槐树村卫生室"
    assert await access.own_patient_ids(wang, Scope.VIEW) == {known.id, old.id}
    li = await account("li")
    with pytest.raises(NotFound):
        await access.open_own(li, old.id, Scope.VIEW, purpose="look")
    assert (await family.add_patient(wang, entry())).id == known.id  # the bond that is there
    assert (await family.add_patient(li, entry())).id == old.id  # a new one, with the survivor


async def test_the_pages_from_question_to_end(house, account_in_house, resident):
    known = await resident(name=MOTHER["name"], number=MOTHER["id_number"], born=date(1955, 3, 1))
    wang = await account_in_house("wang")
    await family.add_patient(wang, entry(name="王建军", id_number=number_for("19880808", 5)))
    await family.add_patient(wang, entry(**MOTHER, phone="13500000009"))
    bond = await Bond.get(patient_id=known.id)
    doctor = await house.signed_in("village1")
    page = await (await doctor.get(f"/patients/{known.id}/accounts")).text()
    assert "王**" in page
    assert "等本人同意" in page
    assert "13500000009" not in page
    assert (await doctor.get(f"/bonds/{bond.id}/confirmation")).status == 200
    answer = await doctor.post(
        f"/bonds/{bond.id}/confirmation", {"document_number": NUMBER, "agreed": "1"}
    )
    assert answer.status == 422
    assert "对不上" in await answer.text()
    fields = {"document_number": MOTHER["id_number"], "agreed": "1"}
    answer = await doctor.post(f"/bonds/{bond.id}/confirmation", fields)
    assert (answer.status, answer.headers["Location"]) == (303, f"/patients/{known.id}/accounts")
    assert "窗口核对证件" in await (await doctor.get(f"/patients/{known.id}/accounts")).text()
    assert (await doctor.get(f"/bonds/{bond.id}/revocation")).status == 200
    assert (await doctor.post(f"/bonds/{bond.id}/revocation", {})).status == 422
    answer = await doctor.post(f"/bonds/{bond.id}/revocation", {"reason": "not_wanted"})
    assert answer.status == 303
    assert "还没有微信" in await (await doctor.get(f"/patients/{known.id}/accounts")).text()
    for page_of in ("confirmation", "revocation"):
        stranger = await house.signed_in("county1")
        assert (await stranger.get(f"/bonds/{bond.id}/{page_of}")).status == 404
        assert (await doctor.get(f"/bonds/{uuid4()}/{page_of}")).status == 404


async def test_the_account_desk_page(house, account_in_house, resident):
    await resident()
    wang = await account_in_house("wang")
    office = await house.signed_in("scheduler1")
    assert (await office.get("/account-desk")).status == 200
    assert "敏感个人信息" in await (await office.get("/account-desk/texts/health_data")).text()
    assert (await office.get("/account-desk/texts/soul")).status == 404
    code, _ = await desk.new_code(wang)
    fields = {
        "code": code,
        "relation": "self",
        "name": "张桂英",
        "document_kind": "id_card",
        "document_number": NUMBER,
        "agreed": "1",
        "texts_read": "1",
    }
    assert (await office.post("/account-desk", fields | {"name": "李秀英"})).status == 422
    assert (await office.post("/account-desk", fields)).status == 303
    assert (await office.post("/account-desk", fields)).status == 422
    assert len(await family.patients(wang)) == 1
    assert (await (await house.signed_in("admin1")).get("/account-desk")).status == 403
    assert await proofs.prove(wang, (await Bond.first()).patient_id, "1")
    assert await sessions.end_of_account(wang.account_id) == 1
