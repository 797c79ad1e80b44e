"""The on-call roster, and prices as data."""

import json

import pytest

from app.demo.people import practitioner_id
from care.teleconsultation.fees import FeeTable
from care.teleconsultation.hours import Shift
from care.teleconsultation.models import Format
from tests.care.teleconsultation.conftest import words_of

SHIFT = {
    "specialty": "endocrinology",
    "practitioner": str(practitioner_id("county2")),
    "position": "2",
    "starts_at": "2026-11-05T08:00",
    "ends_at": "2026-11-06T08:00",
}


async def test_everybody_sees_who_is_on_call_now(story):
    for username in ("village1", "county1", "supervisor1", "scheduler1"):
        page = words_of(await story.read(username, "/roster"))
        assert "刘明华 副主任医师" in page
        assert "总值班(县)" in page
    assert "排一个班" not in await story.read("village1", "/roster")


async def test_the_office_keeps_the_roster(story):
    await story.do("scheduler1", "/roster/shifts", SHIFT)
    shift = await Shift.get(specialty="endocrinology", position=2)
    twice = await story.post("scheduler1", "/roster/shifts", SHIFT)
    assert twice.status == 422
    assert "已经排了人" in await twice.text()
    await story.do("scheduler1", f"/roster/shifts/{shift.id}/removal")
    assert not await Shift.exists(id=shift.id)
    gone = await story.post("scheduler1", f"/roster/shifts/{shift.id}/removal")
    assert gone.status == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"specialty": "cardiology"}, "不是这个专科的"),
        ({"practitioner": str(practitioner_id("village1"))}, "请从本院医生里选"),
        ({"practitioner": str(practitioner_id("pharmacist1"))}, "不是这个专科的"),
        ({"ends_at": "2026-11-05T07:00"}, "结束要晚于开始"),
        ({"ends_at": "2026-11-09T08:00"}, "最长 48 小时"),
        ({"starts_at": "2026-10-01T08:00", "ends_at": "2026-10-02T08:00"}, "已经过去"),
        ({"position": "0"}, "不能小于 1"),
        ({"starts_at": "morgen"}, "请填日期和时间"),
    ],
)
async def test_a_shift_that_makes_no_sense_is_named(story, changes, sentence):
    refused = await story.post("scheduler1", "/roster/shifts", SHIFT | changes)
    assert refused.status == 422
    assert sentence in await refused.text()


def test_the_most_exact_price_wins(tmp_path):
    table = FeeTable.read()
    assert table.fee(Format.SINGLE, [("cardiology", "")]) == 4000
    assert table.fee(Format.SINGLE, [("cardiology", "主任医师")]) == 8000
    assert table.fee(Format.SINGLE, [("radiology", "主任医师")]) == 3000
    assert table.fee(Format.MDT, [("cardiology", ""), ("endocrinology", "")]) == 12000
    own = tmp_path / "fees.json"
    own.write_text(json.dumps([{"format": "single", "amount_fen": 1}]))
    assert FeeTable.read(own).fee(Format.SINGLE, [("tcm", "")]) == 1
    with pytest.raises(LookupError):
        FeeTable.read(own).fee(Format.MDT, [("tcm", "")])
