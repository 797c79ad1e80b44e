"""A mother with two accounts that may see her, a clinic with places, and what happens to them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest

from booking import events, service
from booking.models import Appointment, Channel, Schedule, Slot
from core import clock as time
from core.outbox import Dispatcher
from notifications import appointments, policy
from notifications import events as communications
from notifications.sending.sender import Sender
from notifications.sending.wechat import WechatChannel
from people.residents import accounts, family, sessions
from people.residents.actor import Resident
from people.residents.models import Bond, BondStatus, Proof, Relation
from tests.booking.conftest import new_schedule, new_slot
from tests.people.residents.conftest import account, county, entry, inbox
from tests.plumbing.actors import actor
from tests.plumbing.wechat import RunningSandbox
from wechat.bindings import WeChat

__all__ = ["account", "county", "inbox"]


@dataclass
class Household:
    """The patient, and the accounts of hers, her daughter and a stranger."""

    patient_id: UUID
    mother: Resident
    daughter: Resident
    stranger: Resident


@pytest.fixture(autouse=True)
def usual() -> None:
    """The rules of messages that no other test has changed."""
    policy.configure(policy.Params())


@pytest.fixture
async def household(
    account: Callable[[str], Awaitable[Resident]], sandbox: RunningSandbox
) -> Household:
    """Everybody is signed in; mother and daughter may see the mother's record."""
    people = {}
    for name in ("mother", "daughter", "stranger"):
        await account(name)  # configures the real-name sandbox
        done = await accounts.sign_in(await sandbox.openid(name))
        people[name] = await sessions.resident_by(done.token)
    card = await family.add_patient(people["mother"], entry())
    await Bond.create(
        account_id=people["daughter"].account_id,
        patient_id=card.id,
        relation=Relation.PARENT,
        status=BondStatus.ACTIVE,
        proof=Proof.DESK,
        scopes="book,view",
        asked_at=time.now(),
    )
    return Household(card.id, people["mother"], people["daughter"], people["stranger"])


@pytest.fixture
def sender(wechat: WeChat) -> Sender:
    """The channels, as `app.main` wires them."""
    return Sender([WechatChannel(wechat)])


@pytest.fixture
def dispatcher() -> Dispatcher:
    """The reactions of this package, as `app.reactions` wires them."""
    return Dispatcher(
        {
            events.AppointmentBooked: [appointments.tell_booked],
            events.AppointmentCancelled: [appointments.tell_cancelled],
            events.AppointmentExpired: [appointments.tell_expired],
            events.AppointmentStopped: [appointments.tell_stopped],
            events.LineEnded: [appointments.tell_line_ended],
            communications.ReminderDue: [appointments.tell_reminder],
        }
    )


@pytest.fixture
def slot(household: Household) -> Callable[[datetime], Awaitable[Slot]]:
    """A free place with county1 at a moment; `fee_fen` may be given."""

    clinics: dict[int, Schedule] = {}

    async def open_slot(starts_at: datetime, *, fee_fen: int = 0) -> Slot:
        if fee_fen not in clinics:
            clinics[fee_fen] = await new_schedule(fee_fen=fee_fen)
        return await new_slot(clinics[fee_fen], starts_at, places=5)

    return open_slot


@pytest.fixture
def book(household: Household) -> Callable[[Slot], Awaitable[Appointment]]:
    """Somebody of her clinic books for the mother."""

    async def take(found: Slot) -> Appointment:
        return await service.hold(
            await actor("village1"),
            slot_id=found.id,
            patient_id=household.patient_id,
            channel=Channel.VILLAGE,
        )

    return take
