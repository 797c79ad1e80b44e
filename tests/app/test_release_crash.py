"""The web process is killed at random while residents book and pay; afterwards all books agree."""

import asyncio
import random
import sys
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from uuid import UUID, uuid4

import aiohttp

import booking.reconcile
import payments.reconcile
from app import money_check
from bench.booking import county, processes
from bench.media.server import free_port
from booking.models import Appointment, Slot
from booking.models import Payment as Paid
from booking.states import Status
from payments.models import Payment
from people.models import Patient

RESIDENTS, SLOTS, PLACES, KILLS = 24, 4, 4, 3
UNTIL_S = 120
LATER = ("still_running", "too_many_requests")


@asynccontextmanager
async def wechat(folder, port):
    """WeChat outlives the house, and repeats what it could not deliver."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wechat.sandbox", "--folder", str(folder), "--port", str(port)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class Resident:
    """Books, pays and waits until it is booked; asks again whenever the line breaks."""

    def __init__(self, session, house, till, patient, name):
        self.session, self.house, self.till = session, house, till
        self.patient, self.name, self.token = patient, name, ""

    async def ask(self, method, path, *, base=None, key=None, **body):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with asyncio.timeout(UNTIL_S):
            while True:
                if key:
                    headers["Idempotency-Key"] = key
                with suppress(aiohttp.ClientError, TimeoutError, ConnectionError):
                    async with self.session.request(
                        method,
                        (base or f"{self.house}/api/mp/v1") + path,
                        json=body if method == "POST" else None,
                        headers=headers,
                        timeout=aiohttp.ClientTimeout(10),
                    ) as answer:
                        said = await answer.json(content_type=None)
                        if answer.status < 500 and said.get("code") not in LATER:
                            return said
                        if said.get("code") == "still_running":
                            key = uuid4().hex  # it died; an order is found by what it pays for
                await asyncio.sleep(0.5)

    async def sign_in(self):
        said = await self.ask("POST", "/session", code=f"demo-{self.name}")
        self.token = said["token"]
        return UUID(said["account_id"])

    async def book_and_pay(self, slots):
        """The appointment's id when it is booked; None when everything was full."""
        for slot in slots:
            key = uuid4().hex
            said = await self.ask(
                "POST", "/appointments", key=key, slot_id=slot, patient_id=str(self.patient.id)
            )
            if "slot_id" in said:
                return await self.pay(said["id"])
            assert said["code"] == "slot_full", said
        return None

    async def pay(self, appointment):
        path = f"/appointments/{appointment}"
        asked = await self.ask("POST", f"{path}/payment", key=uuid4().hex)
        if "package" not in asked:
            assert asked["code"] == "already_paid", asked
            return appointment
        prepay = asked["package"].removeprefix("prepay_id=")
        await self.ask("POST", "/pay", base=self.till, prepay_id=prepay, outcome="success")
        async with asyncio.timeout(UNTIL_S):
            while (await self.ask("GET", path))["status"] != Status.BOOKED:
                await asyncio.sleep(0.2)
        return appointment


async def test_killed_during_release_and_payments_all_books_agree(database, tmp_path):
    given = await county.fill(PLACES, residents=0, slots=SLOTS)
    house_id = (await Slot.first().select_related("schedule")).schedule.organization_id
    patients = [county.patient(house_id) for _ in range(RESIDENTS)]
    await Patient.bulk_create(patients)
    port, till_port, dice = free_port(), free_port(), random.Random()
    folder = tmp_path / "wechat"
    async with wechat(folder, till_port) as till, aiohttp.ClientSession() as session:
        more = {"WECHAT_API_URL": till, "WECHAT_SANDBOX_DIR": str(folder)}
        address = f"http://127.0.0.1:{port}"
        people = [
            Resident(session, address, till, patient, f"r{n}") for n, patient in enumerate(patients)
        ]
        async with AsyncExitStack() as running:
            house = await running.enter_async_context(
                processes.house(database, port, more, settled=False)
            )
            accounts = [await one.sign_in() for one in people]
            await county.admit(list(zip(accounts, patients, strict=True)))
            plans = [dice.sample(given.slots, SLOTS) for _ in people]
            all_of_them = asyncio.gather(
                *(one.book_and_pay(plan) for one, plan in zip(people, plans, strict=True))
            )
            for _ in range(KILLS):
                await asyncio.sleep(dice.uniform(0.2, 1.5))
                house.kill()
                await house.wait()
                assert (await booking.reconcile.check()).faults == []
                house = await running.enter_async_context(
                    processes.house(database, port, more, settled=False)
                )
            async with asyncio.timeout(UNTIL_S):
                booked = [one for one in await all_of_them if one]
    rows = await Appointment.filter(status=Status.BOOKED)
    assert {str(row.id) for row in rows} == set(booked), "who was told is booked, and nobody else"
    assert len(booked) == SLOTS * PLACES == len({row.patient_id for row in rows})
    assert {row.payment for row in rows} == {Paid.ONLINE}
    paid = await Payment.filter(paid_at__isnull=False)
    assert sorted(row.subject for row in paid) == sorted(f"Appointment/{row.id}" for row in rows)
    assert (await booking.reconcile.check()).faults == []
    assert (await money_check.check()) == []
    assert (await payments.reconcile.check()).faults == []
