"""The person sees who acts for them, and stops it."""

import re

import pytest

from core.audit import AuditEvent
from core.errors import NotFound
from people.residents import access, family, proofs, proxies
from people.residents.models import Scope
from tests.people.residents.conftest import entry, number_for

MOTHER = {"name": "李秀英", "id_number": number_for("19550301")}


@pytest.fixture
async def son(account, inbox):
    """Somebody whose mother has said yes."""
    found = await account("son")
    await family.add_patient(found, entry(name="王建军", id_number=number_for("19880808", 5)))
    card = await family.add_patient(found, entry(**MOTHER, phone="13500000009", relation="parent"))
    text = (await inbox.inbox("13500000009"))[0].text
    await proofs.prove(found, card.id, re.search(r"\d{6}", text)[0])
    return found


async def test_the_mother_sees_her_son_masked_and_stops_him(account, son):
    mother = await account("mother")
    assert await proxies.proxies(mother) == []  # nobody before she is proven
    own = await family.add_patient(mother, entry(**MOTHER, phone="13500000009"))
    shown = (await proxies.proxies(mother))[0]
    assert (shown.owner, shown.pending, len(shown.scopes)) == ("王**", False, 4)
    assert await access.open_own(son, own.id, Scope.VIEW, purpose="look")
    await proxies.stop(mother, shown.id)
    await proxies.stop(mother, shown.id)
    assert await proxies.proxies(mother) == []
    with pytest.raises(NotFound):
        await access.open_own(son, own.id, Scope.VIEW, purpose="look")
    assert await AuditEvent.filter(action="resident.stop_proxy", outcome="success").count() == 1
    assert await access.open_own(mother, own.id, Scope.VIEW, purpose="look")


async def test_nobody_stops_what_is_not_about_them(account, son):
    mother, other = await account("mother"), await account("other")
    await family.add_patient(mother, entry(**MOTHER, phone="13500000009"))
    await family.add_patient(other, entry())
    bond = (await proxies.proxies(mother))[0].id
    for who in (other, son, await account("nobody")):
        with pytest.raises(NotFound):
            await proxies.stop(who, bond)
    assert len(await proxies.proxies(mother)) == 1
