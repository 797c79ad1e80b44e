"""Parcels and the courier, over its sandbox: real HTTP, real signatures, words late and twice."""

import asyncio
import json
from datetime import date, timedelta
from uuid import uuid4

import pytest

from app.demo import people as demo
from core import clock, db
from core.audit import SYSTEM
from core.errors import Conflict, Invalid, Unavailable
from core.outbox import OutboxEntry
from people.models import Patient, Sex
from pharmacy.delivery import envelope, gateway, service, tracking
from pharmacy.delivery.gateway import COURIER, Dispatch, Track
from pharmacy.delivery.models import Parcel, ParcelEvent, ParcelReading
from pharmacy.delivery.routes import PATH
from pharmacy.delivery.rules import Reading
from pharmacy.delivery.sandbox import SANDBOX, Options, credentials
from pharmacy.delivery.service import Recipient
from pharmacy.delivery.states import OVER, Carrier, Status, Word
from pharmacy.formulary.models import Pharmacy, PharmacyKind

GOODS = "MedicationDispense/"
WANG = Recipient(name="王秀兰", phone="13800000001", address="云河县柳河镇大槐树村 12 号")


@pytest.fixture
async def courier(house):
    """The courier as the house knows it."""
    return house.app[COURIER].courier


@pytest.fixture
def played(house):
    """The sandbox's own memory."""
    for app in house.app._subapps:
        if SANDBOX in app:
            app[SANDBOX].options.pace = 0.01
            return app[SANDBOX]
    raise AssertionError("no courier's sandbox")


async def a_parcel(*, carrier=Carrier.COURIER, cold=False) -> Parcel:
    patient = await Patient.create(
        id=uuid4(),
        name=WANG.name,
        sex=Sex.FEMALE,
        birth_date=date(1957, 3, 2),
        village="大槐树村",
        managing_organization_id=demo.organization_id("YH-T1-V1"),
        created_at=clock.now(),
        created_by=demo.practitioner_id("village1"),
    )
    place, _ = await Pharmacy.get_or_create(
        organization_id=demo.organization_id("YH-H1"),
        kind=PharmacyKind.HOSPITAL,
        defaults={"name": "县医院药房", "phone": "05560000001", "address": "人民路 1 号"},
    )
    async with db.atomic():
        return await service.seal(
            SYSTEM,
            subject=f"{GOODS}{uuid4()}",
            patient_id=patient.id,
            pharmacy_id=place.id,
            carrier=carrier,
            recipient=WANG,
            cold=cold,
        )


async def fetched(house) -> Parcel:
    """A parcel that the courier has a number for."""
    parcel = await a_parcel()
    await service.tick(lambda: house.app[COURIER].courier)
    return await until(parcel, lambda row: row.tracking_number)


async def until(parcel, true):
    """The house's own clockwork and the sandbox do the rest."""
    async with asyncio.timeout(30):
        while not true(parcel):
            await asyncio.sleep(0.05)
            await parcel.refresh_from_db()
    return parcel


async def play(house, parcel, status, *, before_s=60):
    visitor = await house.visitor()
    said = {
        "tracking_number": parcel.tracking_number,
        "status": status,
        "at": (clock.now() - timedelta(seconds=before_s)).isoformat(),
    }
    answer = await visitor.client.post("/sandbox/courier/events", json=said)
    assert answer.status == 201, await answer.text()


async def test_from_the_bag_to_the_door(house, played):
    parcel = await fetched(house)
    for late, status in enumerate(("1", "0", "5", "3")):
        await play(house, parcel, status, before_s=100 - late)
    await until(parcel, lambda row: row.status is Status.SIGNED)
    async with asyncio.timeout(30):
        while played.errands:
            await asyncio.sleep(0.05)
    rows = await ParcelEvent.filter(parcel_id=parcel.id).order_by("at")
    assert [row.word for row in rows] == ["picked_up", "in_transit", "delivering", "signed"]
    assert await OutboxEntry.filter(name="pharmacy.ParcelEnded").count() == 1
    assert len(played.orders) == 1


async def test_an_order_whose_answer_was_lost_is_not_made_twice(house, played, courier):
    parcel = await fetched(house)
    await Parcel.filter(id=parcel.id).update(tracking_number=None, due_at=clock.now())
    await service.tick(lambda: courier)
    again = await until(parcel, lambda row: row.tracking_number)
    assert [again.tracking_number] == [one.tracking_number for one in played.orders.values()]


async def test_a_busy_courier_is_asked_again(house, played):
    played.options.busy = 2
    parcel = await fetched(house)
    assert parcel.problem == ""


async def test_what_was_never_told_is_found_by_asking(house, played, courier):
    parcel = await fetched(house)
    at = (clock.now() - timedelta(minutes=3)).isoformat()
    order = played.by_tracking(parcel.tracking_number)
    order.events += [
        {"tracking_number": order.tracking_number, "status": word, "at": at}
        for word in ("delivering", "picked_up")
    ]
    await Parcel.filter(id=parcel.id).update(due_at=clock.now())
    await service.tick(lambda: courier)
    await until(parcel, lambda row: row.status is Status.DELIVERING)


async def test_a_label_is_a_page_without_the_drugs(house, courier):
    parcel = await fetched(house)
    assert (await courier.label(parcel.tracking_number)).startswith(b"%PDF")


async def test_taken_back_before_it_is_fetched_and_not_after(house, played, courier):
    parcel = await fetched(house)
    await service.cancel(SYSTEM, parcel.id, courier)
    await service.cancel(SYSTEM, parcel.id, courier)
    await parcel.refresh_from_db()
    assert parcel.status is Status.CANCELLED
    assert played.by_tracking(parcel.tracking_number).cancelled
    other = await fetched(house)
    await play(house, other, "picked_up")
    await until(other, lambda row: row.status is Status.HANDED_OVER)
    with pytest.raises(Conflict, match="已经交出"):
        await service.cancel(SYSTEM, other.id, courier)


async def test_the_bag_is_sealed_once_and_cold_never_goes_by_courier(house):
    """GSP 冷藏附录."""
    parcel = await a_parcel()
    async with db.atomic():
        same = await service.seal(
            SYSTEM,
            subject=parcel.subject,
            patient_id=parcel.patient_id,
            pharmacy_id=parcel.pharmacy_id,
            carrier=Carrier.COURIER,
            recipient=WANG,
        )
    assert same.id == parcel.id
    with pytest.raises(Conflict, match="冷藏"):
        await a_parcel(cold=True)


async def pushed(house, body, *, headers=None, secret=None):
    ours = credentials(Options())
    if secret:
        ours = envelope.Credentials(ours.key, secret)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    visitor = await house.visitor()
    found = envelope.sign(ours, "POST", PATH, raw) | (headers or {})
    return await visitor.client.post(PATH, data=raw, headers=found)


async def test_what_is_not_theirs_is_refused_and_moves_nothing(house):
    parcel = await fetched(house)
    word = {
        "tracking_number": parcel.tracking_number,
        "status": "signed",
        "at": clock.now().isoformat(),
    }
    assert (await pushed(house, word, secret="another secret")).status == 401
    assert (await pushed(house, word, headers={envelope.SIGNATURE: "é"})).status == 401
    assert (await pushed(house, word, headers={envelope.TIME: "1"})).status == 401
    assert (await pushed(house, word, headers={envelope.KEY: "who"})).status == 401
    assert (await pushed(house, b"{not json")).status == 422
    assert (await pushed(house, word | {"status": "exploded"})).status == 422
    assert (await pushed(house, word | {"tracking_number": "YH1"})).status == 404
    ahead = (clock.now() + timedelta(hours=1)).isoformat()
    future = await pushed(house, word | {"at": ahead})
    assert (future.status, (await future.json())["code"]) == (422, "from_the_future")
    await parcel.refresh_from_db()
    assert parcel.status is Status.SEALED
    assert not await ParcelEvent.filter(parcel_id=parcel.id).exists()
    for _ in range(2):
        assert (await pushed(house, word)).status == 200
    await parcel.refresh_from_db()
    assert parcel.status is Status.SIGNED


async def test_two_ends_are_a_persons_task(house):
    parcel = await fetched(house)

    def track(word: Word) -> Track:
        number = parcel.tracking_number
        return Track(tracking_number=number, status=word, at=clock.now())

    await tracking.hear(track(Word.PROBLEM))
    await tracking.hear(track(Word.SIGNED))
    found = await tracking.hear(track(Word.LOST))
    assert (found.status, found.disputed, found.problem) == (
        Status.SIGNED,
        True,
        "承运方报告异常",
    )


async def test_many_words_at_once_end_in_one_place(house):
    parcel = await fetched(house)
    now = clock.now()
    told = [
        Track(tracking_number=parcel.tracking_number, status=word, at=now - timedelta(minutes=n))
        for n, word in enumerate((Word.SIGNED, Word.DELIVERING, Word.IN_TRANSIT, Word.PICKED_UP))
    ] * 3
    await asyncio.gather(*(tracking.hear(one) for one in told))
    await parcel.refresh_from_db()
    assert parcel.status is Status.SIGNED
    assert await ParcelEvent.filter(parcel_id=parcel.id).count() == 4


async def test_a_box_too_warm_goes_to_nobody(house):
    """GSP 冷藏附录: a break above the limit is refused."""
    parcel = await a_parcel(carrier=Carrier.OWN, cold=True)
    began = clock.now() - timedelta(hours=3)
    readings = [Reading(began + timedelta(minutes=10 * n), 95 if n > 2 else 50) for n in range(8)]
    assert not await tracking.read_logger(SYSTEM, parcel.id, readings[:6])
    assert await tracking.read_logger(SYSTEM, parcel.id, readings)
    assert await tracking.read_logger(SYSTEM, parcel.id, readings)
    await parcel.refresh_from_db()
    assert parcel.status in OVER
    assert parcel.status is Status.TOO_WARM
    assert await ParcelReading.filter(parcel_id=parcel.id).count() == 8
    with pytest.raises(Invalid, match="将来"):
        later = Reading(clock.now() + timedelta(hours=1), 50)
        await tracking.read_logger(SYSTEM, parcel.id, [later])


async def test_without_a_courier_one_is_told_so(build_house):
    house = await build_house(demo=False)
    assert house.app[COURIER]
    with pytest.raises(Unavailable, match="自取"):
        _ = Dispatch(lambda: None).courier
    visitor = await house.visitor()
    assert (await visitor.client.post("/sandbox/courier/events", json={})).status in (403, 404)


async def test_a_refusal_says_what_and_what_to_do(house, played):
    """The sandbox as it is mounted in the house, the way the demo has it."""
    parcel = await a_parcel()
    await Parcel.filter(id=parcel.id).update(recipient_phone="没有")
    await service.tick(lambda: house.app[COURIER].courier)
    await until(parcel, lambda row: row.problem)
    assert parcel.problem == "快递没有接受:收件人电话不对。请打电话问清,改好再请快递一次。"
    assert parcel.due_at is None, "nobody asks again by itself"


async def test_a_wrong_secret_is_the_houses_mistake_and_holds_no_parcel_for_ever(house, played):
    parcel, options = await a_parcel(), played.options
    right, options.secret = options.secret, "another-secret-of-theirs"
    await service.tick(lambda: house.app[COURIER].courier)
    await until(parcel, lambda row: row.problem)
    assert "告诉管理员" in parcel.problem
    options.secret = right
    await Parcel.filter(id=parcel.id).update(due_at=clock.now())
    await service.tick(lambda: house.app[COURIER].courier)
    await until(parcel, lambda row: row.tracking_number)
    assert parcel.problem == ""


async def test_a_courier_that_is_away_is_said_to_be(house, monkeypatch):
    monkeypatch.setattr(gateway, "FIRST_WAIT_S", 0.01)
    nobody = gateway.CountyCourier(
        "http://127.0.0.1:9", credentials(Options()), notify_url="http://127.0.0.1:9/x"
    )
    with pytest.raises(Unavailable, match="联系不上"):
        await nobody.track("YH1")
    await nobody.close()
