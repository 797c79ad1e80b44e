"""A card's life at the desks: shown, read, read again, lost."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from core.audit import AuditEvent, write_refusal
from core.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany
from people import access
from people.cards import alerts, service
from people.cards.models import CardAlert, HealthCard, UsedCode
from people.cards.states import CardStatus
from people.models import GrantBasis, RecordGrant
from tests.people.conftest import actor

PLACE = "签到"
pytestmark = pytest.mark.usefixtures("staff", "clock")


@pytest.fixture
async def card(staff, resident):
    """Somebody of 大槐树村 with a card."""
    patient = await resident()
    return patient, await service.issue(await actor("village1"), patient.id)


async def shown(patient):
    return (await service.dynamic_code(await actor("village1"), patient.id)).qr_text


async def refused(problem):
    await write_refusal(problem.value)
    event = await AuditEvent.filter(outcome="refused").order_by("-at").first()
    return problem.value.code, problem.value.status, event.action


async def test_a_repeat_issues_the_same_card(card):
    patient, first = card
    who = await actor("township1")
    again = await asyncio.gather(*(service.issue(who, patient.id) for _ in range(5)))
    assert {found.card_no for found in again} == {first.card_no}
    assert await HealthCard.all().count() == 1
    assert await AuditEvent.filter(action="health_card.issue", patient_id=patient.id).count() == 1


async def test_ten_taps_at_once_issue_one_card(resident):
    patient, who = await resident(), await actor("village1")
    cards = await asyncio.gather(*(service.issue(who, patient.id) for _ in range(10)))
    assert len({found.card_no for found in cards}) == 1


async def test_nobody_gets_no_card(resident):
    with pytest.raises(NotFound):
        await service.issue(await actor("village1"), (await resident()).created_by)
    with pytest.raises(NotFound) as none:
        await service.dynamic_code(await actor("village1"), (await resident(number="")).id)
    assert none.value.code == "no_health_card"


async def test_the_code_says_nothing_about_the_person(card, clock):
    patient, found = card
    code = await service.dynamic_code(await actor("village1"), patient.id)
    assert re.fullmatch(r"v1\.[0-9A-F]{16}\.\d{10}\.[0-9A-F]{16}\.[0-9A-F]{32}", code.qr_text)
    for private in (found.card_no, "110105", "19491231", patient.phone, patient.id.hex.upper()):
        assert private not in code.qr_text
    assert code.expires_at - clock() == timedelta(seconds=60)
    assert code.refresh_at - clock() == timedelta(seconds=50)
    assert await AuditEvent.filter(action="health_card.show", patient_id=patient.id).count() == 1


@pytest.mark.parametrize("username", ["village2", "township1", "county1", "nurse1", "pharmacist1"])
async def test_any_member_institution_reads_it_and_may_open_the_record(card, username):
    patient, _ = card
    person = await actor(username)
    assert not await access.may_open(person, patient.id)
    assert await service.resolve(person, await shown(patient), place=PLACE) == patient.id
    assert await access.may_open(person, patient.id)
    grant = await RecordGrant.get()
    assert (grant.basis, grant.organization_id) == (GrantBasis.PRESENTED, person.organization_id)
    event = await AuditEvent.get(action="health_card.scan")
    assert (event.patient_id, event.reason) == (patient.id, "签到 (code)")


async def test_the_office_reads_it_and_opens_nothing(card):
    patient, _ = card
    clerk = await actor("scheduler1")
    assert await service.resolve(clerk, await shown(patient), place=PLACE) == patient.id
    assert not await RecordGrant.exists()


@pytest.mark.parametrize("username", ["admin1", "supervisor1"])
async def test_others_read_no_cards(card, username):
    patient, _ = card
    with pytest.raises(Forbidden):
        await service.resolve(await actor(username), await shown(patient), place=PLACE)


async def test_a_code_opens_once(card):
    patient, _ = card
    text, person = await shown(patient), await actor("county1")
    await service.resolve(person, text, place=PLACE)
    with pytest.raises(Conflict) as again:
        await service.resolve(person, text.lower(), place=PLACE)
    assert await refused(again) == ("code_used", 409, "health_card.scan")


async def test_two_desks_read_one_code_at_the_same_instant(card):
    patient, _ = card
    text = await shown(patient)
    desks = [await actor(name) for name in ("county1", "township1", "village2", "nurse1")]
    answers = await asyncio.gather(
        *(service.resolve(desk, text, place=PLACE) for desk in desks), return_exceptions=True
    )
    assert answers.count(patient.id) == 1
    codes = {answer.code for answer in answers if isinstance(answer, Conflict)}
    assert codes == {"code_used"}
    assert await RecordGrant.all().count() == 1


async def test_after_a_minute_it_is_over(card, clock):
    patient, _ = card
    text = await shown(patient)
    clock.move(seconds=60)
    with pytest.raises(Gone) as late:
        await service.resolve(await actor("county1"), text, place=PLACE)
    assert await refused(late) == ("code_expired", 410, "health_card.scan")
    assert not await UsedCode.exists()


async def test_a_used_code_is_remembered_until_it_would_be_over(card, clock):
    patient, _ = card
    await service.resolve(await actor("county1"), await shown(patient), place=PLACE)
    clock.move(seconds=59)
    assert await service.forget_old() == 0
    clock.move(seconds=2)
    assert await service.forget_old() == 1


@pytest.mark.parametrize("place", [3, 22, 33, 50, 79], ids=["ref", "exp", "nonce", "mac", "end"])
async def test_a_forged_code_is_refused_and_the_administrator_sees_it(card, place, clock):
    text = await shown(card[0])
    forged = text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :]
    with pytest.raises(Forbidden) as problem:
        await service.resolve(await actor("county1"), forged, place=PLACE)
    assert await refused(problem) == ("code_forged", 403, "health_card.forged")
    admin, alert = await actor("admin1"), await CardAlert.get()
    assert (alert.organization_name, alert.place) == ("云河县人民医院", PLACE)
    assert await alerts.unseen(admin) == 1
    assert await alerts.unseen(await actor("county1")) == 0
    await alerts.acknowledge(admin, alert.id)
    await alerts.acknowledge(admin, alert.id)
    assert await alerts.unseen(admin) == 0
    assert await AuditEvent.filter(action="health_card.alert_seen").count() == 1
    assert [row.seen_by_name for row in await alerts.newest()] == [admin.name]


async def test_only_the_administrator_puts_an_alert_away(card):
    alert = await CardAlert.create(
        at=datetime(2026, 11, 1, tzinfo=UTC),
        place=PLACE,
        organization_id=card[0].id,
        organization_name="",
        account_id=card[0].id,
        account_name="",
    )
    with pytest.raises(Forbidden):
        await alerts.acknowledge(await actor("county1"), alert.id)
    with pytest.raises(NotFound):
        await alerts.acknowledge(await actor("admin1"), card[0].id)


async def test_a_forged_code_that_is_also_over_is_forged(card, clock):
    text = await shown(card[0])
    other = "1" if text[-1] == "0" else "0"
    clock.move(minutes=5)
    with pytest.raises(Forbidden):
        await service.resolve(await actor("county1"), text[:-1] + other, place=PLACE)


async def test_something_else_is_no_card(card):
    for text in ("A2B3C4D5E6", "", "11010519491231002X"):
        with pytest.raises(Invalid) as problem:
            await service.resolve(await actor("county1"), text, place=PLACE)
        assert problem.value.code == "not_a_card"


async def test_a_printed_card_opens_with_the_document_beside_it(card):
    patient, found = card
    person = await actor("county1")
    with pytest.raises(Invalid) as alone:
        await service.resolve(person, found.grouped, place=PLACE)
    assert (alone.value.code, alone.value.errors[0].field) == ("document_needed", "document")
    with pytest.raises(Invalid) as other:
        await service.resolve(person, found.card_no, place=PLACE, document="0011")
    assert await refused(other) == ("document_differs", 422, "health_card.scan")
    for end in ("002x", "11010519491231002X"):
        assert await service.resolve(person, found.card_no, place=PLACE, document=end) == patient.id
    assert await RecordGrant.filter(basis=GrantBasis.PRESENTED).count() == 1


async def test_a_newborn_without_document_is_known_by_the_phone(resident):
    patient = await resident("张小宝", number="", born=date(2026, 10, 30))
    found = await service.issue(await actor("village1"), patient.id)
    person = await actor("county1")
    assert await service.resolve(person, found.card_no, place=PLACE, document="1234") == patient.id


async def test_guessing_the_document_gets_slow(card):
    person, number = await actor("county1"), card[1].card_no
    for guess in range(5):
        with pytest.raises(Invalid):
            await service.resolve(person, number, place=PLACE, document=f"99{guess:02d}")
    with pytest.raises(TooMany):
        await service.resolve(person, number, place=PLACE, document="002X")


async def test_an_unknown_number_is_no_card(card):
    number = service.rules.new_number()
    with pytest.raises(Invalid) as problem:
        await service.resolve(await actor("county1"), number, place=PLACE)
    assert problem.value.code == "unknown_card"


async def test_a_lost_card_dies_and_the_person_stays(card, clock):
    patient, old = card
    clinic, desk = await actor("village1"), await actor("county1")
    text = await shown(patient)
    new = await service.rotate(clinic, patient.id, "手机丢了", card_no=old.card_no)
    assert new.card_no != old.card_no
    for dead, document in ((text, ""), (old.card_no, "002X"), (old.card_no, "")):
        with pytest.raises(Gone) as problem:
            await service.resolve(desk, dead, place=PLACE, document=document)
        assert await refused(problem) == ("card_lost", 410, "health_card.scan")
    assert await service.resolve(desk, await shown(patient), place=PLACE) == patient.id
    assert (await service.card_of(patient.id)).card_no == new.card_no
    event = await AuditEvent.get(action="health_card.lose")
    assert (event.patient_id, event.reason) == (patient.id, "手机丢了")


async def test_a_second_click_gives_up_only_the_lost_card(card):
    patient, old = card
    clinic = await actor("village1")
    new = await service.rotate(clinic, patient.id, "卡丢了", card_no=old.card_no)
    with pytest.raises(Conflict):
        await service.rotate(clinic, patient.id, "卡丢了", card_no=old.card_no)
    answers = await asyncio.gather(
        *(service.rotate(clinic, patient.id, "又丢了", card_no=new.card_no) for _ in range(3)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, Conflict) for answer in answers) == 2
    assert await HealthCard.filter(status=CardStatus.ACTIVE).count() == 1
