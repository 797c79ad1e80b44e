"""A resident sees on their own phone who acts for them, and stops it."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from core import db
from people.residents import accounts, family, proofs, sessions
from people.residents.models import Bond, Proof, Relation
from tests.browser.residents import SMALL, Resident
from tests.mini_program_api.phones import id_number
from tests.people.residents.conftest import entry
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser


async def test_the_mother_stops_her_son(
    house: House,
    profile: Profile,
    accessible: Callable[[Page], Awaitable[None]],
    screenshot: Callable[[Page, str], Awaitable[None]],
) -> None:
    mother = Resident(house, await profile(viewport=SMALL, has_touch=True), "mother")
    await mother.sign_in()
    await mother.add_self()
    done = await accounts.sign_in("openid-of-the-son")
    son = await sessions.resident_by(done.token)
    assert son is not None
    await family.add_patient(son, entry(name="王建军", id_number=id_number("19880808", 5)))
    card = await family.add_patient(
        son, entry(name="王桂英", id_number=id_number("19600312", 402), relation="parent")
    )
    bond = await Bond.get(patient_id=card.id, relation=Relation.PARENT)
    async with db.atomic():
        await proofs.accept(bond, Proof.CODE, by=son.account_id)
    await mother.open("family")
    await mother.heading("家人")  # the home page has a link with her name too
    await mother.page.get_by_role("link", name="王桂英").click()
    await expect(mother.page.get_by_role("heading", name="谁在替我办")).to_be_visible()
    await accessible(mother.page)
    await screenshot(mother.page, "resident-proxies")
    await mother.tap("不要 王** 代办了")
    await expect(mother.page.get_by_text("现在没有别人替您办事")).to_be_visible()
    assert [one.relation for one in await family.patients(son)] == ["self"]
