"""Children, parents, and the patient's yes."""

import asyncio
import re
from datetime import date, datetime, timedelta

import pytest

from core import clock as house_clock
from core.audit import AuditEvent, write_refusal
from core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from people.models import Patient, PatientIdentifier
from people.residents import access, accounts, agreements, clockwork, family, identity, proofs
from people.residents.identity import Finding, Outcome
from people.residents.models import Bond, BondStatus, Proof, ResidentAgreement, Scope
from tests.people.residents.conftest import entry, everything, number_for

CHILD = {"name": "王小宝", "id_number": number_for("20200601", 3), "relation": "child"}
MOTHER = {"name": "李秀英", "id_number": number_for("19550301"), "relation": "parent"}
ME = {"name": "王建军", "id_number": number_for("19880808", 5), "phone": "13700000001"}


class Register:
    """A provider that knows names and numbers, and whose a phone is, but not who holds it."""

    def __init__(self, *, phone_is_theirs: bool = False) -> None:
        self.finding = Finding(Outcome.MATCH, phone_is_theirs=phone_is_theirs, trace="T1")

    async def check(self, question):
        return self.finding


@pytest.fixture
async def wang(account):
    """Somebody who has added himself."""
    found = await account("wang")
    await family.add_patient(found, entry(**ME))
    return found


async def code_at(inbox, phone: str) -> str:
    """The code in the newest message at this number."""
    text = (await inbox.inbox(phone))[0].text
    found = re.search(r"验证码 (\d{6})", text)
    assert found
    return found[1]


async def test_a_guardian_adds_a_child_at_once(wang):
    """民法典第二十七条、第三十四条; PIPL 31: both texts are kept."""
    card = await family.add_patient(wang, entry(**CHILD))
    assert (card.relation, card.needs_proof) == ("child", False)
    assert card.until.astimezone(house_clock.SHANGHAI).date().isoformat() == "2038-06-01"
    patient = await Patient.get(id=card.id)
    assert (patient.guardian_name, patient.guardian_relation) == ("王建军", "父亲")
    kinds = await ResidentAgreement.filter(patient_id=card.id).values_list("kind", flat=True)
    assert set(kinds) == {"health_data", "guardian", "child"}


async def test_without_the_childrens_text_no_child_under_fourteen(wang):
    """个人信息保护法第三十一条."""
    given = [one for one in everything() if one["kind"] != "child"]
    with pytest.raises(Invalid, match="儿童个人信息"):
        await family.add_patient(wang, entry(**CHILD, consents=given))
    older = {**CHILD, "id_number": number_for("20110601", 3)}
    assert not (await family.add_patient(wang, entry(**older, consents=given))).needs_proof


async def test_oneself_comes_first(account):
    with pytest.raises(Invalid, match="先添加您本人"):
        await family.add_patient(await account("new"), entry(**CHILD))


async def test_a_newborn_comes_with_its_birth_certificate(wang):
    born = house_clock.today() - timedelta(days=9)
    fields = {
        "name": "王小贝",
        "id_type": "birth_certificate",
        "id_number": "T371234567",
        "relation": "child",
        "birth_date": born,
        "sex": "female",
    }
    card = await family.add_patient(wang, entry(**fields))
    assert (card.id_number_masked, card.needs_proof) == ("T37***4567", False)
    assert (await family.add_patient(wang, entry(**fields))).id == card.id
    other_day = fields | {"birth_date": born - timedelta(days=1)}
    with pytest.raises(Invalid) as refusal:
        await family.add_patient(wang, entry(**other_day))
    assert refusal.value.code == "identity_mismatch"


async def test_a_child_of_somebody_else_is_not_opened_by_knowing_its_number(
    wang, account, resident
):
    """A record that is there already must name this guardian."""
    known = await resident(
        name=CHILD["name"],
        number=CHILD["id_number"],
        born=date(2020, 6, 1),
        guardian_name="赵敏",
        guardian_relation="母亲",
        phone="13600000000",
    )
    card = await family.add_patient(wang, entry(**CHILD))
    assert (card.id, card.needs_proof) == (known.id, True)
    assert card.phone_masked == "138****1234"  # what he typed, not what is on record
    with pytest.raises(Forbidden):
        await access.open_own(wang, card.id, Scope.VIEW, purpose="look")
    mother = await account("zhao")
    await family.add_patient(mother, entry(name="赵敏", id_number=number_for("19900909")))
    hers = await family.add_patient(mother, entry(**CHILD))
    assert (hers.id, hers.needs_proof) == (known.id, False)


async def test_an_adult_is_asked_on_their_own_phone(wang, inbox):
    """民法典第一百六十五条: until the code comes, nothing opens."""
    card = await family.add_patient(
        wang, entry(**MOTHER, phone="13500000009", scopes=["book", "pay"])
    )
    assert (card.needs_proof, card.scopes) == (True, ("book", "pay"))
    for scope in Scope:
        with pytest.raises(Forbidden) as refusal:
            await access.open_own(wang, card.id, scope, purpose="look")
        assert refusal.value.code == "needs_proof"
    assert await access.own_patient_ids(wang, Scope.BOOK) == {
        one.id for one in await family.patients(wang) if one.relation == "self"
    }
    text = (await inbox.inbox("13500000009"))[0].text
    assert "预约、付费" in text
    assert text.startswith("王**想用微信")  # who asks, and no more: it lies on a lock screen
    assert "建军" not in text
    assert MOTHER["name"] not in text
    proven = await proofs.prove(wang, card.id, await code_at(inbox, "13500000009"))
    assert not proven.needs_proof
    assert await access.open_own(wang, card.id, Scope.BOOK, purpose="book")
    with pytest.raises(Forbidden, match="看记录"):
        await access.open_own(wang, card.id, Scope.VIEW, purpose="look")
    again = await proofs.prove(wang, card.id, "000000")
    assert again == proven
    bond = await Bond.get(patient_id=card.id)
    assert (bond.proof, bond.claimed_phone) == (Proof.CODE, None)


async def test_a_code_does_not_go_to_the_one_who_asks(wang, inbox):
    """The mother has no phone of her own: her son's number proves nothing."""
    card = await family.add_patient(wang, entry(**MOTHER, phone=ME["phone"]))
    assert card.needs_proof
    assert await inbox.inbox(ME["phone"]) == []


async def test_a_number_nobody_can_vouch_for_gets_no_code(wang, inbox, resident):
    """And it does not show: the answer is the same, whether there is a record or not."""
    identity.configure(Register())
    known = await resident(
        name=MOTHER["name"], number=MOTHER["id_number"], phone="13911112222", born=date(1955, 3, 1)
    )
    there = await family.add_patient(wang, entry(**MOTHER, phone="13500000009"))
    other = {"name": "赵大山", "id_number": number_for("19520101", 3), "relation": "parent"}
    new = await family.add_patient(wang, entry(**other, phone="13500000008"))
    assert there.id == known.id
    for card in (there, new):
        assert card.needs_proof
        assert card.phone_masked.startswith("135")
        with pytest.raises(Invalid) as wrong:
            await proofs.prove(wang, card.id, "123456")
        assert wrong.value.code == "wrong_code"
    assert await inbox.inbox("13500000009") == []
    assert await inbox.inbox("13911112222") == []
    assert (await Patient.get(id=new.id)).phone is None  # a stranger's word is not a number


async def test_the_number_the_clinic_wrote_down_gets_the_code(wang, inbox, resident):
    identity.configure(Register())
    await resident(
        name=MOTHER["name"], number=MOTHER["id_number"], phone="13911112222", born=date(1955, 3, 1)
    )
    card = await family.add_patient(wang, entry(**MOTHER, phone="13911112222"))
    assert not (await proofs.prove(wang, card.id, await code_at(inbox, "13911112222"))).needs_proof


async def test_a_name_and_a_number_do_not_open_ones_own_record(account, inbox, resident):
    """Neighbours and employers know them; the register's yes is not yet proof of who asks."""
    identity.configure(Register())
    known = await resident()
    li = await account("li")
    card = await family.add_patient(li, entry())
    assert (card.id, card.needs_proof) == (known.id, True)
    proven = await proofs.prove(li, card.id, await code_at(inbox, "13812341234"))
    assert not proven.needs_proof


async def test_a_number_wechat_has_verified_and_the_operator_knows_is_proof(account):
    identity.configure(Register(phone_is_theirs=True))
    li, zhang = await account("li"), await account("zhang")
    await accounts.own_phone(li, "+86 138 1234 1234")
    assert not (await family.add_patient(li, entry())).needs_proof
    assert (await family.add_patient(zhang, entry())).needs_proof


async def test_codes_are_tried_five_times_and_die(clock, wang, inbox):
    card = await family.add_patient(wang, entry(**MOTHER, phone="13500000009"))
    code = await code_at(inbox, "13500000009")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(Invalid):
            await proofs.prove(wang, card.id, wrong)
    with pytest.raises(Invalid) as late:
        await proofs.prove(wang, card.id, code)
    await write_refusal(late.value)
    assert await AuditEvent.filter(action="resident.prove", outcome="refused").exists()
    with pytest.raises(TooMany):
        await proofs.send_code(wang, card.id)
    clock.move(minutes=2)
    await proofs.send_code(wang, card.id)
    assert not (await proofs.prove(wang, card.id, await code_at(inbox, "13500000009"))).needs_proof


async def test_codes_expire_and_are_few_a_day(clock, wang, inbox):
    card = await family.add_patient(wang, entry(**MOTHER, phone="13500000009"))
    code = await code_at(inbox, "13500000009")
    clock.move(minutes=11)
    with pytest.raises(Invalid):
        await proofs.prove(wang, card.id, code)
    for _ in range(4):
        clock.move(minutes=2)
        await proofs.send_code(wang, card.id)
    clock.move(minutes=2)
    with pytest.raises(TooMany, match="明天"):
        await proofs.send_code(wang, card.id)
    assert len(await inbox.inbox("13500000009")) == 5


async def test_the_code_is_kept_as_a_mac_only(wang, inbox):
    card = await family.add_patient(wang, entry(**MOTHER, phone="13500000009"))
    code = await code_at(inbox, "13500000009")
    row = await (await Bond.get(patient_id=card.id).prefetch_related("code")).code
    assert code not in (row.mac, "")
    assert len(row.mac) == 64


async def test_a_stranger_proves_and_asks_nothing(wang, account, inbox):
    card = await family.add_patient(wang, entry(**MOTHER, phone="13500000009"))
    li = await account("li")
    for verb in (
        proofs.prove(li, card.id, await code_at(inbox, "13500000009")),
        proofs.send_code(li, card.id),
        family.remove_patient(li, card.id),
    ):
        with pytest.raises(NotFound):
            await verb


async def test_oneself_and_five_more(wang):
    for number in range(5):
        await family.add_patient(
            wang, entry(name="王小宝", relation="child", id_number=number_for("20200601", number))
        )
    with pytest.raises(Conflict) as full:
        await family.add_patient(
            wang, entry(name="王小宝", relation="child", id_number=number_for("20200601", 99))
        )
    assert full.value.code == "family_full"
    assert len(await family.patients(wang)) == 6


async def test_the_limit_holds_for_many_at_once(wang):
    entries = [
        entry(name="王小宝", relation="child", id_number=number_for("20200601", number))
        for number in range(9)
    ]
    done = await asyncio.gather(
        *(family.add_patient(wang, one) for one in entries), return_exceptions=True
    )
    assert sum(isinstance(one, Conflict | TooMany) for one in done) == 4
    assert len(await family.patients(wang)) == 6
    assert await PatientIdentifier.all().count() == 6


async def test_oneself_leaves_last(wang):
    own = (await family.patients(wang))[0]
    child = await family.add_patient(wang, entry(**CHILD))
    with pytest.raises(Conflict) as refusal:
        await family.remove_patient(wang, own.id)
    assert refusal.value.code == "self_last"
    await family.remove_patient(wang, child.id)
    await family.remove_patient(wang, own.id)
    assert await family.patients(wang) == []


async def test_at_eighteen_the_child_is_asked(clock, wang):
    """民法典第十七条: the guardian's bond ends by itself, and the person is asked anew."""
    card = await family.add_patient(wang, entry(**CHILD | {"id_number": number_for("20090101", 3)}))
    birthday = datetime(2027, 1, 1, tzinfo=house_clock.SHANGHAI)
    clock.moment = birthday - timedelta(seconds=1)
    assert await access.open_own(wang, card.id, Scope.VIEW, purpose="look")
    clock.moment = birthday
    with pytest.raises(Forbidden) as refusal:
        await access.open_own(wang, card.id, Scope.VIEW, purpose="look")
    assert refusal.value.code == "needs_proof"
    assert await clockwork.tick() == 1
    assert await clockwork.tick() == 0
    bond = await Bond.get(patient_id=card.id)
    assert (bond.status, bond.until) == (BondStatus.PENDING, None)
    assert await AuditEvent.filter(action="bond.come_of_age").exists()


async def test_a_proxy_runs_out_and_a_question_goes_stale(clock, wang, inbox):
    mother = await family.add_patient(wang, entry(**MOTHER, phone="13500000009"))
    await proofs.prove(wang, mother.id, await code_at(inbox, "13500000009"))
    father = {"name": "王大山", "id_number": number_for("19520101", 3), "relation": "parent"}
    await family.add_patient(wang, entry(**father, phone="13500000008"))
    clock.move(days=31)
    assert await clockwork.tick() == 1
    assert [one.relation for one in await family.patients(wang)] == ["self", "parent"]
    clock.move(days=340)
    with pytest.raises(Forbidden):
        await access.open_own(wang, mother.id, Scope.BOOK, purpose="book")
    assert await clockwork.tick() == 1
    assert len(await family.patients(wang)) == 1


async def test_a_new_version_is_asked_again(wang):
    own = (await family.patients(wang))[0]
    assert await agreements.owed(wang) == []
    await agreements.require_current(wang, own.id)
    await ResidentAgreement.filter(kind="privacy").update(version="0")
    assert [text.kind for text in await agreements.owed(wang)] == ["privacy"]
    with pytest.raises(Conflict) as refusal:
        await agreements.require_current(wang, own.id)
    assert refusal.value.code == "agreements_outdated"
    with pytest.raises(Invalid):
        await agreements.agree(wang, [agreements.Agreed("privacy", "0")])
    await agreements.agree(wang, [agreements.Agreed("privacy", "1")])
    assert await agreements.owed(wang) == []
    assert await ResidentAgreement.filter(kind="privacy").count() == 2


async def test_a_closed_account_forgets_and_records_stay(wang):
    await accounts.own_phone(wang, "13700000001")
    await family.add_patient(wang, entry(**CHILD))
    await accounts.close_account(wang)
    row = await Bond.filter(account_id=wang.account_id).prefetch_related("account")
    assert {bond.status for bond in row} == {BondStatus.ENDED}
    account = row[0].account
    assert (account.openid, account.unionid, account.phone, account.phone_index) == (None,) * 4
    assert not await ResidentAgreement.filter(withdrawn_at=None).exists()
    assert await Patient.all().count() == 2


async def test_an_account_in_use_stays(wang, monkeypatch):
    async def has_appointments(resident):
        return "还有没看的预约。"

    monkeypatch.setattr(accounts, "CLOSING_CHECKS", [has_appointments])
    with pytest.raises(Conflict, match="还有没看的预约") as refusal:
        await accounts.close_account(wang)
    assert refusal.value.code == "account_in_use"
    assert len(await family.patients(wang)) == 1
