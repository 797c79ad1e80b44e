"""Parents read what was given to a child and what is next; nobody else does."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core import clock as time
from family_doctor.followup.rules.dates import months_after
from people.models import Patient
from tests.plumbing.families import found_team, signed


def months_ago(months):
    """A birthday so many months ago, on the first of a month."""
    return months_after(time.today().replace(day=1), -months)


@pytest.fixture
async def parent(house, phone):
    """李's phone, with a child of eight months who is signed."""
    li = await phone("li", add="李小花")
    await Patient.filter(id=li.patient_id).update(birth_date=months_ago(8))
    await signed(await Patient.get(id=li.patient_id), await found_team())
    return li


async def test_given_due_and_to_come_in_plain_words(parent, house, phone):
    li, zhang = parent, await phone("zhang", add="张建国")
    path = f"/patients/{li.patient_id}/immunizations"
    empty = (await li.get(path)).body
    assert (empty["checked_on"], empty["due"], empty["coming"]) == (None, [], [])
    assert "还没有对过接种证" in empty["note"]
    nurse, born = await house.signed_in("nurse1"), months_ago(8)
    doses = [("hepb:1", born), ("bcg:1", born), ("ipv:1", months_ago(6)), ("mmr:1", time.today())]
    for dose, on in doses:
        entry = {"id": str(uuid4()), "dose": dose, "given_on": str(on), "origin": "here"}
        assert (await nurse.post(f"/follow-ups{path}", entry)).status == 303
    assert (await li.get(path)).body["due"] == [], "nothing is late before the book is compared"
    assert (await nurse.post(f"/follow-ups{path}/comparison")).status == 303
    record = (await li.get(path)).body
    due = {one["name"]: one["state"] for one in record["due"]}
    assert due["乙肝疫苗第 2 剂"] == "late"
    assert "麻腮风疫苗第 1 剂" not in due
    coming = {one["name"]: one["opens_on"] for one in record["coming"]}
    assert coming["乙脑疫苗第 1 剂"] == str(time.today() + timedelta(days=28))
    assert record["given"][0]["name"] == "麻腮风疫苗 第 1 剂"
    assert record["given"][0]["place"] == "青石镇中心卫生院"
    assert record["where"] == "乡镇卫生院的预防接种门诊"
    assert "由他看" in record["asking"]
    assert (await zhang.get(path)).status == 404
    seen = (await li.get(f"/patients/{li.patient_id}/record-accesses")).body["items"]
    assert any("记了打疫苗或者对了接种证" in one["what"] for one in seen)


async def test_grown_ups_read_that_it_is_for_children(phone):
    zhang = await phone("zhang", add="张建国")
    answer = (await zhang.get(f"/patients/{zhang.patient_id}/immunizations")).body
    assert answer["due"] == answer["given"] == []
    assert "18 岁以下" in answer["note"]
