"""Processes are killed at random while people pay and change their minds; afterwards all agrees."""

import asyncio
import random
import secrets
from contextlib import suppress
from datetime import timedelta

from aiohttp import ClientError, ClientSession, ClientTimeout
from aiohttp.test_utils import TestServer

from bench.media.server import free_port
from booking import service
from booking.models import Appointment
from booking.models import Payment as Paid
from core import clock
from core.outbox import OutboxEntry, OutboxStatus
from payments.models import Payment, Refund
from payments.states import RETURNED, Status
from tests.booking.conftest import new_schedule, new_slot, staff
from tests.mini_program_api.phones import Phone, id_number
from tests.plumbing.keys import FIELD_KEY, SECRET_KEY
from tests.plumbing.rooms import Process
from wechat.sandbox import SANDBOX, create
from wechat.sandbox.world import Order
from wechat.sandbox.world import Refund as Returned

__all__ = ["staff"]

PEOPLE = 12
KILLS = 3
FEE = 1500
AGAIN = ("payment_changed", "changed_meanwhile", "too_many_requests")


class Town:
    """Two web processes, one WeChat, and people who try again until it works."""

    def __init__(self, folder, database, sandbox):
        self.sandbox = str(sandbox.make_url("/")).rstrip("/")
        self.world = sandbox.app[SANDBOX].world
        self.houses = [self._house(number, folder, database) for number in range(2)]
        self.done = 0

    def _house(self, number, folder, database):
        port = free_port()
        environment = {
            "DEMO": "1",
            "PORT": str(port),
            "DATA_DIR": str(folder / "var"),
            "DATABASE_URL": database,
            "SECRET_KEY": SECRET_KEY,
            "FIELD_KEY": FIELD_KEY,
            "WECHAT_API_URL": self.sandbox,
            "WECHAT_SANDBOX_DIR": str(folder / "wechat-sandbox"),
            "LOG_LEVEL": "WARNING",
            "TEST_LOG": str(folder / f"house{number}.log"),
        }
        url = f"http://127.0.0.1:{port}"
        return Process(["tests.app.hasty", "web"], environment, url)

    @property
    def address(self):
        """Some house, as behind a proxy."""
        return random.choice(self.houses).url

    async def insist(self, call, *expected):
        """Until the house answers: people press again, or open the page again (a new key)."""
        async with asyncio.timeout(90):
            while True:
                with suppress(ClientError, TimeoutError):
                    answer = await call(secrets.token_hex(8))
                    if answer.status in expected or getattr(answer, "code", "") in expected:
                        return answer
                    assert answer.status >= 500 or answer.code in AGAIN, answer.body
                await asyncio.sleep(0.3)

    async def book(self, phone, slot):
        body = {"slot_id": str(slot.id), "patient_id": phone.patient_id}
        made = await self.insist(
            lambda key: phone.post("/appointments", body, key=key), 201, "already_booked"
        )
        if made.status == 201:
            return made.body["id"]
        mine = await self.insist(lambda _: phone.get("/appointments"), 200)
        return mine.body["items"][0]["id"]

    async def live(self, phone, slot):
        """Book, pay, perhaps twice; every third gives it up again."""
        path = f"/appointments/{await self.book(phone, slot)}"
        for _ in range(1 + self.done % 2):
            prepaid = await self.insist(
                lambda key: phone.post(f"{path}/payment", key=key), 200, "already_paid"
            )
            if prepaid.status == 200:
                await self.at_the_cashier(phone, prepaid.body)
        async with asyncio.timeout(90):
            while (await self.insist(lambda _: phone.get(path), 200)).body["status"] != "booked":
                await asyncio.sleep(0.3)
        self.done += 1
        if self.done % 3 == 0:
            await self.insist(lambda key: phone.post(f"{path}/cancellation", key=key), 200)

    async def at_the_cashier(self, phone, prepaid):
        body = {"prepay_id": prepaid["package"].removeprefix("prepay_id=")}
        async with phone.session.post(f"{self.sandbox}/pay", json=body) as answer:
            assert answer.status in (200, 409), await answer.text()

    async def kill_now_and_then(self):
        for _ in range(KILLS):
            wanted = self.done + 2
            async with asyncio.timeout(20):
                while self.done < min(wanted, PEOPLE - 2):
                    await asyncio.sleep(0.01)
            await asyncio.sleep(random.uniform(0, 0.2))
            house = random.choice(self.houses)
            await house.kill()
            await house.start()


class Caller(Phone):
    """A phone that reaches whichever house the proxy gives it."""

    async def call(self, method, path, **options):
        self.house = Somewhere(self.town.address)
        return await super().call(method, path, **options)


class Somewhere:
    """Where a house is, as phones want it."""

    def __init__(self, address):
        self.address = address


async def quiet():
    """Nothing is under way any more."""
    async with asyncio.timeout(75):
        while (
            await OutboxEntry.filter(status=OutboxStatus.WAITING, due_at__lte=clock.now()).exists()
            or await Refund.exclude(status__in=list(RETURNED)).exists()
            or await Payment.filter(status=Status.ORDERED).exists()
        ):
            await asyncio.sleep(0.2)


async def test_killed_processes_keep_no_money_and_lose_none(
    staff, database, sandbox_options, tmp_path
):
    sandbox_options.pace, sandbox_options.refund_s = 0.01, 0.2
    sandbox = TestServer(create(sandbox_options))
    await sandbox.start_server()
    town = Town(tmp_path, database, sandbox)
    schedule = await new_schedule(fee_fen=FEE)
    first = clock.now() + timedelta(days=3)
    slots = [await new_slot(schedule, first + timedelta(minutes=30 * n)) for n in range(PEOPLE)]
    try:
        await asyncio.gather(*(house.start() for house in town.houses))
        async with ClientSession(timeout=ClientTimeout(total=6)) as session:
            people = []
            for number in range(PEOPLE):
                phone = Caller(session, Somewhere(town.address))
                phone.town = town
                await phone.sign_in(f"payer{number}")
                added = await phone.add("张三", id_number(sequence=2 * number + 1))
                assert added.status == 201, added.body
                phone.patient_id = added.body["id"]
                people.append(phone)
            lives = asyncio.gather(
                *(town.live(phone, slot) for phone, slot in zip(people, slots, strict=True))
            )
            await asyncio.gather(lives, town.kill_now_and_then())
        await quiet()
        status, said = await town.houses[0].also("app", "reconcile")
    finally:
        for house in town.houses:
            with suppress(ProcessLookupError):
                await house.kill()
        await sandbox.close()
    assert status == 0, said
    assert " 0 faults" in said
    await agrees_with_wechat(town.world)


async def agrees_with_wechat(world):
    """What WeChat holds is what is booked, to the fen."""
    subjects = dict(await Payment.all().values_list("out_trade_no", "subject"))
    held = {}
    for order in world.all(Order):
        if order.paid_at:
            back = [r.refund for r in world.all(Returned) if r.out_trade_no == order.id]
            subject = subjects[order.id]
            held[subject] = held.get(subject, 0) + order.total - sum(back)
    booked = {
        f"Appointment/{row.id}"
        for row in await Appointment.filter(payment=Paid.ONLINE)
        if row.status in service.CONFIRMED
    }
    assert {subject for subject, fen in held.items() if fen} == booked
    assert {fen for fen in held.values() if fen} <= {FEE}
    assert await Appointment.all().count() == PEOPLE
