"""WeChat accounts with the demo's real-name sandbox, and entries to send from them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app.demo import people as demo
from people import rules, sms
from people.residents import accounts, agreements, identity, sessions
from people.residents.actor import Resident
from people.residents.schemas import NewPatient

NUMBER = "11010519491231002X"
Account = Callable[[str], Awaitable[Resident]]


def number_for(born: str, sequence: int = 2, area: str = "371398") -> str:
    """A right ID number: even sequences are women."""
    first = f"{area}{born}{sequence:03d}"
    return first + rules.check_character(first)


def everything() -> list[dict[str, str]]:
    """Yes to all texts of today."""
    return [{"kind": text.kind, "version": text.version} for text in agreements.agreements()]


def entry(**more: Any) -> NewPatient:
    """Oneself with the standard's number, unless told otherwise."""
    fields = {"name": "张桂英", "id_number": NUMBER, "phone": "13812341234", "relation": "self"}
    return NewPatient.model_validate(fields | {"consents": everything()} | more)


@pytest.fixture
async def county(database: str) -> None:
    """Organizations and staff, nobody else."""
    await demo.found_organizations()
    await demo.hire_staff()


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[sms.Sandbox]:
    """The telephone everybody's text messages arrive at."""
    sandbox = sms.Sandbox(tmp_path / "sms")
    sms.configure(sandbox)
    yield sandbox
    sms.configure(sms.Off())


@pytest.fixture
async def account(county: None, inbox: sms.Sandbox) -> AsyncIterator[Account]:
    """`await account("wang")`: a signed-in WeChat user, with the real-name sandbox."""
    identity.configure(identity.Sandbox())

    async def sign_in(name: str) -> Resident:
        done = await accounts.sign_in(f"openid-{name}")
        found = await sessions.resident_by(done.token)
        assert found is not None
        return found

    yield sign_in
    identity.configure(identity.Desk())


@pytest.fixture
def account_in_house(house: Any) -> Account:
    """The same beside the running house, whose demo sandboxes are set up."""

    async def sign_in(name: str) -> Resident:
        done = await accounts.sign_in(f"openid-{name}")
        found = await sessions.resident_by(done.token)
        assert found is not None
        return found

    return sign_in
