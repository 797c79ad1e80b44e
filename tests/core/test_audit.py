"""The audit trail betrays every hand that is laid on it (等保: protected from deletion)."""

import asyncio
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from core import clock, crypto, db
from core.audit import SIGNED, SYSTEM, AuditEvent, AuditHead, _instant, audit
from core.chain import seal, verify


async def write(count: int) -> None:
    for number in range(count):
        await audit(SYSTEM, "patient.read", f"Patient/{number}", patient_id=uuid4(), reason="看病")


async def sealed(count: int) -> None:
    await write(count)
    await seal()


async def test_an_untouched_trail_is_whole(database):
    await sealed(5)
    await sealed(3)
    verdict = await verify()
    assert (verdict.checked, verdict.faults) == (8, ())


@pytest.mark.parametrize("microsecond", [0, 1, 120_000, 999_999])
async def test_the_moment_is_signed_as_it_is_read_again(database, microsecond):
    moment = datetime(2026, 3, 1, 15, 59, 59, microsecond, UTC)
    with clock.set_clock(lambda: moment):
        await sealed(1)
        assert (await verify()).faults == ()
    signed = _instant(moment)
    assert signed == moment.astimezone(clock.SHANGHAI).isoformat(timespec="microseconds")


@pytest.mark.parametrize("reason", ["", "看病", 'say "no", \\ and\ttab, \x7f', "𠮷野家 🩺"])
async def test_any_words_are_read_again_as_they_were_signed(database, reason):
    await audit(SYSTEM, "patient.read", "Patient/1", reason=reason)
    assert (await AuditEvent.get()).reason == reason
    assert (await verify()).faults == ()


async def test_a_row_signed_with_spaces_between_its_texts_is_still_genuine(database):
    """As every row was until November 2026."""
    await audit(SYSTEM, "patient.read", "Patient/1", reason="看病, 复诊")
    row = await AuditEvent.get()
    values = [getattr(row, column) for column in SIGNED]
    values[1] = _instant(row.at)
    signed = json.dumps([v if v is None else str(v) for v in values], ensure_ascii=False)
    await AuditEvent.all().update(mac=crypto.keyring().mac("audit", signed.encode()))
    assert (await verify()).faults == ()
    await AuditEvent.all().update(reason="别的")
    assert len((await verify()).faults) == 1


async def test_an_act_that_failed_leaves_no_trace(database):
    with pytest.raises(RuntimeError):
        async with db.atomic():
            await write(1)
            raise RuntimeError
    assert await AuditEvent.all().count() == 0


@pytest.mark.parametrize(
    ("column", "value"),
    [("action", "nothing"), ("account_name", "别人"), ("reason", ""), ("outcome", "refused")],
)
async def test_an_edited_row_is_found(database, column, value):
    await sealed(4)
    await AuditEvent.filter(seq=2).update(**{column: value})
    (fault,) = (await verify()).faults
    assert fault.startswith("row 2 ")
    assert "edited" in fault


async def test_a_row_edited_before_it_was_sealed_is_found(database):
    await write(2)
    await AuditEvent.filter(subject="Patient/1").update(action="nothing")
    assert len((await verify()).faults) == 1
    await seal()
    assert len((await verify()).faults) == 1


async def test_a_removed_row_is_found(database):
    await sealed(4)
    await AuditEvent.filter(seq=3).delete()
    assert any("rows 3 to 3 are missing" in fault for fault in (await verify()).faults)


async def test_a_cut_off_tail_is_found(database):
    await sealed(4)
    await AuditEvent.filter(seq=4).delete()
    assert (await verify()).faults == ("the chain ends at row 3, its head says 4",)
    await AuditHead.filter(id=1).delete()
    assert (await verify()).faults == ("the head of the chain is missing",)


async def test_two_swapped_rows_are_found(database):
    await sealed(3)
    first, second = await AuditEvent.get(seq=1), await AuditEvent.get(seq=2)
    await AuditEvent.filter(id=first.id).update(seq=99)
    await AuditEvent.filter(id=second.id).update(seq=1)
    await AuditEvent.filter(id=first.id).update(seq=2)
    assert (await verify()).faults


async def test_sealers_in_several_processes_do_not_fork_the_chain(database):
    await write(30)
    await asyncio.gather(*(seal() for _ in range(4)))
    assert (await verify()).faults == ()
