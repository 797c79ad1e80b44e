"""Signing in and adding oneself."""

import asyncio
from uuid import uuid4

import pytest

from app.demo.people import organization_id
from core.audit import AuditEvent, write_refusal
from core.errors import Conflict, Forbidden, Invalid, NotFound
from people.models import Patient, PatientIdentifier
from people.residents import access, accounts, agreements, family, identity, sessions
from people.residents.models import (
    Bond,
    ResidentAccount,
    ResidentAgreement,
    ResidentSession,
    Scope,
)
from tests.people.residents.conftest import NUMBER, entry, number_for


async def test_the_first_sign_in_makes_the_account_and_later_ones_find_it(account):
    one = await account("wang")
    other = await account("wang")
    assert one.account_id == other.account_id
    assert one.session_id != other.session_id
    assert await ResidentAccount.all().count() == 1
    row = await ResidentSession.first()
    assert row.token_hash not in ("", None)
    assert len(row.token_hash) == 64


async def test_two_first_sign_ins_at_once_make_one_account(county):
    done = await asyncio.gather(*(accounts.sign_in("openid-new") for _ in range(4)))
    assert len({one.account_id for one in done}) == 1
    assert len({one.token for one in done}) == 4


async def test_a_session_slides_and_ends(account, clock):
    done = await accounts.sign_in("openid-wang")
    clock.move(days=29)
    assert await sessions.resident_by(done.token)
    clock.move(days=29)
    assert await sessions.resident_by(done.token)
    clock.move(days=31)
    assert await sessions.resident_by(done.token) is None


async def test_signing_out_ends_this_session_only(account):
    one, other = await account("wang"), await accounts.sign_in("openid-wang")
    await accounts.sign_out(one)
    assert await sessions.resident_by(other.token)
    assert await ResidentSession.filter(ended_at=None).count() == 1


async def test_the_sixth_phone_signs_the_first_one_out(account):
    first = await accounts.sign_in("openid-wang")
    for _ in range(5):
        await accounts.sign_in("openid-wang")
    assert await sessions.resident_by(first.token) is None
    assert await ResidentSession.filter(ended_at=None).count() == 5


@pytest.mark.parametrize("token", ["", "dsr_", "dsr_unknown", "x" * 5000, "dsr_\u0000"])
async def test_what_is_no_token_is_nobody(account, token):
    assert await sessions.resident_by(token) is None


async def test_adding_oneself_makes_the_patient_at_the_county_hospital(account):
    wang = await account("wang")
    card = await family.add_patient(wang, entry())
    assert (card.name, card.sex, str(card.birth_date)) == ("张桂英", "female", "1949-12-31")
    assert (card.id_number_masked, card.phone_masked) == ("110***********002X", "138****1234")
    assert (card.relation, card.needs_proof) == ("self", False)
    assert card.scopes == ("book", "pay", "view", "chat")
    assert await family.patients(wang) == [card]
    patient = await Patient.get(id=card.id)
    assert patient.managing_organization_id == organization_id("YH-H1")
    agreed = await ResidentAgreement.filter(account_id=wang.account_id)
    assert {row.kind for row in agreed} == {"service", "privacy", "health_data"}
    assert {row.patient_id for row in agreed} == {None, patient.id}
    text = {one.kind: one for one in agreements.agreements()}["service"]
    assert all(len(row.text_sha256) == 64 and row.agreed_at for row in agreed)
    assert next(row for row in agreed if row.kind == "service").version == text.version


async def test_a_chosen_village_clinic_keeps_the_record(account):
    clinic = organization_id("YH-T1-V1")
    card = await family.add_patient(await account("wang"), entry(organization_id=clinic))
    assert (await Patient.get(id=card.id)).managing_organization_id == clinic
    with pytest.raises(Invalid, match="卫生室"):
        await family.add_patient(
            await account("li"),
            entry(id_number=number_for("19800101"), organization_id=organization_id("YH-B1")),
        )


async def test_who_is_registered_already_is_bound_and_never_doubled(account, resident):
    known = await resident()
    card = await family.add_patient(await account("wang"), entry(phone="13900000000"))
    assert card.id == known.id
    assert await Patient.all().count() == 1
    await known.refresh_from_db()
    assert known.phone == "13812341234"  # nobody's word changes what the clinic wrote down


async def test_the_same_document_under_another_name_tells_nothing(account, resident):
    known = await resident(name="李秀英")
    wang = await account("wang")
    with pytest.raises(Invalid) as taken:
        await family.add_patient(wang, entry())
    await write_refusal(taken.value)
    with pytest.raises(Invalid) as wrong:
        await family.add_patient(
            wang, entry(name=identity.Sandbox.WRONG, id_number=number_for("19800101"))
        )
    assert taken.value.document() == wrong.value.document()
    assert await Patient.all().count() == 1
    assert await Bond.all().count() == 0
    refusal = await AuditEvent.get(action="resident.document_of_another")
    assert (refusal.outcome, refusal.patient_id) == ("refused", known.id)


async def test_the_same_entry_again_changes_nothing(account):
    wang = await account("wang")
    first = await family.add_patient(wang, entry())
    assert await family.add_patient(wang, entry()) == first
    assert await Bond.all().count() == 1
    with pytest.raises(Conflict) as taken:
        await family.add_patient(wang, entry(name="李强", id_number=number_for("19800101")))
    assert taken.value.code == "own_taken"


async def test_identical_adds_at_once_make_one_patient_and_one_bond(account):
    wang, li = await account("wang"), await account("li")
    cards = await asyncio.gather(
        *(family.add_patient(who, entry()) for who in (wang, wang, wang, li, li))
    )
    assert len({card.id for card in cards}) == 1
    assert await Patient.all().count() == 1
    assert await PatientIdentifier.all().count() == 1
    assert await Bond.all().count() == 2
    assert await ResidentAgreement.filter(kind="health_data").count() == 2


async def test_what_is_not_agreed_to_in_todays_words_is_asked(account):
    wang = await account("wang")
    with pytest.raises(Invalid, match="健康信息单独同意书"):
        await family.add_patient(wang, entry(consents=[]))
    for version in ("0", "99"):
        old = [{"kind": kind, "version": version} for kind in ("service", "privacy", "health_data")]
        with pytest.raises(Invalid, match="新版本"):
            await family.add_patient(wang, entry(consents=old))
    with pytest.raises(Invalid, match="健康信息单独同意书"):
        await family.add_patient(wang, entry(consents=[{"kind": "online_visit", "version": "1"}]))
    assert await Patient.all().count() == 0


async def test_without_a_provider_the_desk_decides(account):
    identity.configure(identity.Desk())
    with pytest.raises(Conflict) as asked:
        await family.add_patient(await account("wang"), entry())
    assert asked.value.code == "needs_desk"
    assert "证件" in asked.value.detail
    assert await Patient.all().count() == 0


async def test_the_door_opens_ones_own_and_nobody_elses(account, resident):
    wang, li = await account("wang"), await account("li")
    card = await family.add_patient(wang, entry())
    patient = await access.open_own(wang, card.id, Scope.BOOK, purpose="book")
    assert patient.managing_organization.name == "云河县人民医院"
    assert await access.own_patient_ids(wang, Scope.VIEW) == {card.id}
    assert await access.own_patient_ids(li, Scope.VIEW) == set()
    answers = []
    for patient_id in (card.id, uuid4()):
        with pytest.raises(NotFound) as refusal:
            await access.open_own(li, patient_id, Scope.VIEW, purpose="look")
        await write_refusal(refusal.value)
        answers.append(refusal.value.document())
    assert answers[0] == answers[1]
    assert await AuditEvent.filter(action="resident.open", outcome="refused").count() == 2
    assert await AuditEvent.filter(action="resident.open", outcome="success").count() == 1


async def test_a_bond_that_was_let_go_opens_nothing(account):
    wang = await account("wang")
    card = await family.add_patient(wang, entry())
    await family.remove_patient(wang, card.id)
    await family.remove_patient(wang, card.id)
    assert await family.patients(wang) == []
    with pytest.raises(NotFound):
        await access.open_own(wang, card.id, Scope.BOOK, purpose="book")
    with pytest.raises(Invalid):  # and what was agreed to is withdrawn with it
        await family.add_patient(wang, entry(consents=[]))
    again = await family.add_patient(wang, entry())
    assert again.id == card.id


@pytest.mark.parametrize("name", ["𠮷田𫞩", "欧阳〇", "阿依古丽·买买提", "刘䶮"])
async def test_rare_characters_are_names(account, name):
    card = await family.add_patient(await account("wang"), entry(name=name))
    assert card.name == name
    assert (await Patient.get(id=card.id)).name == name


@pytest.mark.parametrize("name", ["张😀", "张三1", "张❤️", "👩‍👩‍👧", "张\u202e三", "张\u0000"])
async def test_emoji_are_not(name):
    with pytest.raises(ValueError, match="请按证件填写姓名"):
        entry(name=name)


async def test_a_proxy_who_has_no_scope_is_told_so(account):
    wang = await account("wang")
    card = await family.add_patient(wang, entry())
    await Bond.all().update(scopes="book")
    with pytest.raises(Forbidden) as refusal:
        await access.open_own(wang, card.id, Scope.VIEW, purpose="look")
    assert refusal.value.code == "not_in_scope"
    assert NUMBER not in str(refusal.value.document())
