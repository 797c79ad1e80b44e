"""Nobody begins to act for somebody without that person hearing of it."""

import re
from datetime import date

import pytest

from core import db
from core.outbox import Dispatcher
from notifications import proxies, queries
from notifications.models import Communication
from people.events import BondProven
from people.residents import family, proofs
from people.residents import proxies as mine
from people.residents.actor import Resident
from people.residents.models import Bond, Proof
from people.sms import Sandbox
from tests.notifications.conftest import Household
from tests.people.residents.conftest import Account, entry, number_for

SON = {"name": "王建军", "id_number": number_for("19880808", 5)}
CHILD = {"name": "王小明", "id_number": number_for("20190301", 7), "relation": "child"}
PHONE = "13812341234"


@pytest.fixture
def dispatcher() -> Dispatcher:
    """The one reaction, as `app.reactions` wires it."""
    return Dispatcher({BondProven: [proxies.tell_proven]})


@pytest.fixture
async def son(household: Household, account: Account) -> Resident:
    """Somebody known by name, to whom the mother is nobody yet."""
    found = await account("son")
    await family.add_patient(found, entry(**SON, phone="13900000001"))
    return found


async def test_the_mother_hears_of_her_son_and_where_to_end_it(
    household: Household, son: Resident, inbox: Sandbox, dispatcher: Dispatcher
) -> None:
    asked = entry(phone=PHONE, relation="parent", scopes=["book", "pay"], until=date(2026, 12, 31))
    card = await family.add_patient(son, asked)
    await dispatcher.drain()
    assert await Communication.filter(topic="proxy_opened").count() == 0  # she has not said yes
    found = re.search(r"\d{6}", (await inbox.inbox(PHONE))[0].text)
    assert found
    await proofs.prove(son, card.id, found[0])
    await dispatcher.drain()
    (told,) = await Communication.filter(topic="proxy_opened")
    assert told.recipient_id == household.mother.account_id  # not the daughter, not the son
    assert "王**" in told.text
    assert "王建军" not in told.text
    assert "预约、付费,到 2026年12月31日 为止" in told.text
    assert told.page == f"pages/family/index?id={household.patient_id}"
    (shown,) = [one for one in await mine.proxies(household.mother) if one.owner == "王**"]
    await mine.stop(household.mother, shown.id)


async def test_a_second_phone_as_oneself_is_told_to_the_first(
    household: Household, account: Account, dispatcher: Dispatcher
) -> None:
    await family.add_patient(await account("her-new-phone"), entry())
    await dispatcher.drain()
    (told,) = await queries.inbox(household.mother.account_id)
    assert told.title == "您的名字登记了另一个微信"
    assert told.page == ""  # ended at a desk, where somebody looks at the person


async def test_the_other_guardian_of_a_child_hears_it(
    household: Household, son: Resident, account: Account, dispatcher: Dispatcher
) -> None:
    await family.add_patient(son, entry(**CHILD, phone="13900000001"))
    wife = await account("wife")
    await family.add_patient(
        wife, entry(name="李梅", id_number=number_for("19900909", 6), phone="13900000003")
    )
    card = await family.add_patient(wife, entry(**CHILD, phone="13900000003"))
    bond = await Bond.get(account_id=wife.account_id, patient_id=card.id)
    async with db.atomic():
        await proofs.accept(bond, Proof.DESK, by=wife.account_id)
    await dispatcher.drain()
    (told,) = await queries.inbox(son.account_id)
    assert (told.title, told.patient_id) == ("孩子多了一位能代办的人", card.id)
    assert "李**" in told.text
    assert await queries.inbox(wife.account_id) == []


async def test_what_was_ended_meanwhile_is_not_told(
    household: Household, son: Resident, dispatcher: Dispatcher
) -> None:
    card = await family.add_patient(son, entry(relation="parent", phone=PHONE))
    bond = await Bond.get(account_id=son.account_id, patient_id=card.id)
    async with db.atomic():
        await proofs.accept(bond, Proof.CODE, by=son.account_id)
        await family.end_bond(bond, by=None, reason="at once")
    await dispatcher.drain()
    assert await Communication.filter(topic="proxy_opened").count() == 0
