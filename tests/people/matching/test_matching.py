"""Two records of one person: joined, read as one, parted, and as before."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest

from core.audit import AuditEvent
from core.errors import Conflict, Forbidden, Invalid, NotFound
from people import access, registration, search
from people.cards import service as cards
from people.links import same_person, survivor
from people.matching import service, suspects
from people.matching.models import PatientLink
from people.matching.service import Basis
from people.models import GrantBasis
from people.schemas import Emergency, NewDocument, Registration
from tests.people.conftest import actor

pytestmark = pytest.mark.usefixtures("staff", "clock")
WHY = "本人带两份病历本来过"


@pytest.fixture
async def two(staff, resident):
    """张桂英 of 大槐树村 with her card, and again at another clinic by name and phone."""
    return (
        await resident(),
        await resident(number="", clinic="YH-T2-V1"),
    )


async def merged(one, other):
    return await service.merge(await actor("admin1"), one.id, other.id, WHY)


async def test_without_a_link_everybody_is_themselves(two):
    one, other = two
    assert await same_person(one.id) == [one.id]
    assert await survivor(other.id) == other.id


async def test_joined_records_read_as_one_and_parted_as_two(two):
    one, other = two
    link = await merged(one, other)
    assert await same_person(one.id) == await same_person(other.id) == [one.id, other.id]
    assert await survivor(other.id) == await survivor(one.id) == one.id
    assert link.reason == f"本人到场,带证件核对过:{WHY}"
    await service.unmerge(await actor("admin1"), link.id, "看错了人")
    assert await same_person(other.id) == [other.id]
    assert await same_person(one.id) == [one.id]
    events = await AuditEvent.filter(subject=f"PatientLink/{link.id}").order_by("at")
    assert {(event.action, event.patient_id) for event in events} == {
        (action, patient.id) for action in ("patient.merge", "patient.unmerge") for patient in two
    }


async def test_three_records_of_one_person_are_a_star(two, resident):
    one, other = two
    third = await resident(number="", clinic="YH-T3-V1")
    await merged(one, other)
    await merged(one, third)
    for patient in (one, other, third):
        ids = await same_person(patient.id)
        assert (ids[0], set(ids)) == (one.id, {one.id, other.id, third.id})


async def test_no_chain_and_no_ring(two, resident):
    one, other = two
    third = await resident(number="", clinic="YH-T3-V1")
    await merged(one, other)
    for survivor_id, merged_id, code in (
        (other, one, "survivor_is_merged"),
        (third, other, "already_merged"),
        (other, third, "survivor_is_merged"),
        (third, one, "has_merged"),
    ):
        with pytest.raises(Conflict) as problem:
            await merged(survivor_id, merged_id)
        assert problem.value.code == code
    assert await PatientLink.all().count() == 1


async def test_a_repeat_changes_nothing(two):
    one, other = two
    assert (await merged(one, other)).id == (await merged(one, other)).id
    link = await PatientLink.get()
    admin = await actor("admin1")
    await service.unmerge(admin, link.id, "看错了人")
    with pytest.raises(Conflict):
        await service.unmerge(admin, link.id, "看错了人")
    await merged(one, other)
    assert await PatientLink.all().count() == 2


async def test_two_administrators_merge_in_opposite_directions(two):
    one, other = two
    for _ in range(3):
        answers = await asyncio.gather(
            merged(one, other), merged(other, one), merged(one, other), return_exceptions=True
        )
        links = [answer for answer in answers if isinstance(answer, PatientLink)]
        codes = {answer.code for answer in answers if isinstance(answer, Conflict)}
        assert codes == {"survivor_is_merged"}
        assert len({link.id for link in links}) == 1
        await service.unmerge(await actor("admin1"), links[0].id, "再来一次")


async def test_a_ring_of_three_at_once_is_not_closed(two, resident):
    one, other = two
    third = await resident(number="", clinic="YH-T3-V1")
    await asyncio.gather(
        merged(one, other), merged(other, third), merged(third, one), return_exceptions=True
    )
    links = await PatientLink.filter(status="active")
    assert links
    assert not {link.survivor_id for link in links} & {link.merged_id for link in links}


@pytest.mark.parametrize("username", ["village1", "county1", "scheduler1", "supervisor1"])
async def test_only_the_administrator_joins_and_parts(two, username):
    one, other = two
    person = await actor(username)
    with pytest.raises(Forbidden):
        await service.merge(person, one.id, other.id, WHY)
    with pytest.raises(Forbidden):
        await service.unmerge(person, uuid4(), WHY)
    with pytest.raises(Forbidden):
        await service.distinguish(person, one.id, other.id, WHY)


async def test_what_cannot_be_joined(two, resident):
    one, other = two
    admin = await actor("admin1")
    with pytest.raises(Invalid):
        await service.merge(admin, one.id, other.id, "无")
    with pytest.raises(Invalid):
        await service.merge(admin, one.id, one.id, WHY)
    with pytest.raises(NotFound):
        await service.merge(admin, one.id, uuid4(), WHY)
    with pytest.raises(NotFound):
        await service.unmerge(admin, uuid4(), WHY)
    numbered = await resident(number="440524188001010014", born=date(1880, 1, 1))
    with pytest.raises(Conflict) as two_numbers:
        await service.merge(admin, one.id, numbered.id, WHY)
    assert two_numbers.value.code == "two_numbers"
    await service.merge(admin, one.id, numbered.id, WHY, basis=Basis.REGISTRY)


async def test_either_clinic_opens_the_survivor(two):
    one, other = two
    first, second = await actor("village1"), await actor("township1")
    await access.grant(
        other.id,
        basis=GrantBasis.REFERRAL,
        subject="Referral/x",
        granted_by=first.practitioner_id,
        practitioner_id=second.practitioner_id,
    )
    assert not await access.may_open(first, other.id)
    assert not await access.may_open(second, one.id)
    link = await merged(one, other)
    for person in (first, second):
        for patient in two:
            assert await access.may_open(person, patient.id)
            opened = await access.open_patient(person, patient.id, purpose="record")
            assert opened.id == one.id
        listed = (await search.find(person, "")).patients
        assert [header.id for header in listed] == [one.id]
    await service.unmerge(await actor("admin1"), link.id, "看错了人")
    assert not await access.may_open(first, other.id)
    assert (await access.open_patient(second, other.id, purpose="record")).id == other.id
    with pytest.raises(NotFound):
        await access.open_patient(second, one.id, purpose="record")


async def test_search_and_registration_lead_to_the_survivor(two):
    one, other = two
    clinic = await actor("village1")
    await merged(other, one)  # the one with the number goes
    for words in ("11010519491231002X", "张桂英", "13812341234"):
        assert [row.id for row in (await search.find(clinic, words)).patients] == [other.id]
    entry = Registration(
        name="张桂英", document_kind="id_card", document_number="11010519491231002X"
    )
    done = await registration.register(await actor("county1"), entry)
    assert (done.patient_id, done.created) == (other.id, False)
    given = await registration.open_in_emergency(
        await actor("county2"), Emergency(name="张桂英", number="13812341234", reason="抢救需要")
    )
    assert given.patient_id == other.id
    await registration.add_document(  # it is hers already
        clinic, other.id, NewDocument(document_kind="id_card", document_number="11010519491231002X")
    )


async def test_look_alikes_at_registration_name_the_survivor_once(two):
    one, other = two
    await merged(one, other)
    entry = Registration(
        name="张桂英",
        document_kind=None,
        birth_date=date(1949, 12, 31),
        sex="female",
        phone="13812341234",
    )
    with pytest.raises(registration.LooksFamiliar) as familiar:
        await registration.register(await actor("village1"), entry)
    assert familiar.value.patient_ids == [one.id]


async def test_the_cards_of_both_lead_to_the_survivor_until_they_part(two):
    one, other = two
    clinic, desk = await actor("village1"), await actor("scheduler1")
    await cards.issue(clinic, other.id)
    await cards.issue(clinic, one.id)
    text = (await cards.dynamic_code(clinic, other.id)).qr_text
    link = await merged(one, other)
    assert await cards.resolve(desk, text, place="签到") == one.id
    later = (await cards.dynamic_code(clinic, one.id)).qr_text
    await service.unmerge(await actor("admin1"), link.id, "看错了人")
    assert await cards.resolve(desk, later, place="签到") == one.id
    text = (await cards.dynamic_code(clinic, other.id)).qr_text
    assert await cards.resolve(desk, text, place="签到") == other.id


async def test_a_lost_card_of_a_joined_person_takes_both_cards(two):
    one, other = two
    clinic = await actor("village1")
    old = await cards.issue(clinic, other.id)
    await cards.issue(clinic, one.id)
    await merged(one, other)
    new = await cards.rotate(clinic, other.id, "钱包丢了", card_no=old.card_no)
    assert (await cards.card_of(one.id)).card_no == new.card_no
    assert (await cards.issue(clinic, other.id)).card_no == new.card_no


async def test_suspects_are_listed_until_somebody_decides(two, resident):
    one, other = two
    twin = await resident("张桂芳", number="", clinic="YH-T3-V1", phone="13900000001")
    far = await resident("李小龙", number="", born=date(2001, 1, 1), phone="13900000002")

    async def listed():
        return {
            frozenset((pair.one.id, pair.other.id)) for pair in (await suspects.suspects()).pairs
        }

    pairs = {
        frozenset(pair) for pair in ((one.id, other.id), (one.id, twin.id), (other.id, twin.id))
    }
    assert await listed() == pairs
    assert not any(far.id in pair for pair in pairs)
    admin = await actor("admin1")
    for _ in range(2):
        await service.distinguish(admin, twin.id, one.id, "双胞胎姐妹")
    assert await listed() == pairs - {frozenset((one.id, twin.id))}
    link = await merged(one, other)
    assert await listed() == set()
    with pytest.raises(Conflict):
        await service.distinguish(admin, one.id, other.id, WHY)
    assert [row["merged"].id for row in await suspects.joined()] == [other.id]
    await service.unmerge(admin, link.id, "看错了人")
    assert frozenset((one.id, other.id)) in await listed()
    assert await AuditEvent.filter(action="patient.distinguish").count() == 2


async def test_a_long_list_is_walked_in_pages_and_nothing_is_lost(resident, monkeypatch, clock):
    monkeypatch.setattr(suspects, "PAGE", 2)
    for query in ("_PAIRS", "_FOLLOWING"):
        text = getattr(suspects, query).replace("LIMIT 200", "LIMIT 3")
        monkeypatch.setattr(suspects, query, text.replace("OFFSET 199", "OFFSET 2"))
    expected = set()
    for number in range(5):
        born = date(1950 + number, 3, 2)
        pair = []
        for clinic in ("YH-T2-V1", "YH-T3-V1"):
            clock.move(minutes=1)
            pair.append((await resident("张桂英", number="", born=born, clinic=clinic)).id)
        expected.add(frozenset(pair))
    seen, older, pages = [], "", 0
    while True:
        page = await suspects.suspects(older)
        seen += [frozenset((pair.one.id, pair.other.id)) for pair in page.pairs]
        older, pages = page.older, pages + 1
        if not older:
            break
    assert len(seen) == len(set(seen))
    assert expected <= set(seen)
    assert pages > 2
    for nonsense in ("x", "2026-11-01T00:00:00_x", f"2026-11-01T00:00:00_{uuid4()}"):
        with pytest.raises(NotFound):
            await suspects.suspects(nonsense)
