"""The verbs: signed once, numbered, confirmed, rewritten, taken back, run out."""

from datetime import timedelta
from uuid import uuid4

import pytest

from care.signatures.models import Signature
from core.audit import SYSTEM, AuditEvent
from core.drafts import BaseIn, Changed
from core.errors import Conflict, Invalid, NotFound
from core.outbox import OutboxEntry, OutboxStatus
from pharmacy.prescribing import service
from pharmacy.prescribing.content import proof
from pharmacy.prescribing.models import Category, MedicationRequest, PrescribedLine
from pharmacy.prescribing.states import Status
from pharmacy.prescribing.steps import move
from tests.care.encounter.conftest import noted
from tests.pharmacy.prescribing.conftest import checked, drug, line, written
from tests.plumbing.actors import actor


async def signed(visit, words=None, *, who="county1", base=None, category=Category.WESTERN):
    """A signed prescription of the visit."""
    words = words or written(line(await drug()))
    return await service.sign(
        await actor(who), visit[2], category, words, base or BaseIn(), check=checked()
    )


async def returned(visit):
    """One that the pharmacist sent back."""
    row = await signed(visit)
    return await move(SYSTEM, row, "return")


async def facts(row):
    """What was recorded about it, by name."""
    every = await OutboxEntry.all().order_by("id")
    return [
        (one.name.removeprefix("pharmacy.MedicationRequest"), one.status)
        for one in every
        if one.payload.get("request_id") == str(row.id)
    ]


async def test_signed_means_numbered_sealed_and_waiting_for_the_pharmacist(visit, clock):
    row = await MedicationRequest.get(id=(await signed(visit)).id)
    assert (row.status, row.version, row.open) == (Status.ON_HOLD, 1, None)
    assert row.number.startswith("20")
    assert (row.author_name, row.author_title) == ("刘明华", "副主任医师")
    assert (row.check_method, bool(row.checked_at)) == ("password", True)
    assert (await proof(row)).genuine
    only = await PrescribedLine.get()
    assert (only.quantity, only.amount_fen, only.days) == (7, 315, 7), "split: 7 of 28"
    assert row.content["lines"][0]["handed_out"] == "共 7 片"
    assert row.content["patient"]["name"] == "李秀英"
    assert row.amount_fen == 315
    assert [name for name, _ in await facts(row)] == ["Signed", "Expiring"]
    assert await AuditEvent.filter(action="prescription.sign", patient_id=row.patient_id).exists()
    await MedicationRequest.filter(id=row.id).update(content=row.content | {"advice": "多吃"})
    assert not (await proof(await MedicationRequest.get(id=row.id))).genuine


async def test_late_words_and_a_second_click_begin_nothing_new(visit):
    await signed(visit)
    with pytest.raises(Changed):
        await signed(visit)
    assert await MedicationRequest.all().count() == 1
    again = await signed(visit, base=BaseIn(revision=-1))
    assert (
        again.document_id != (await MedicationRequest.get(version=1, id__not=again.id)).document_id
    )


async def test_only_the_visits_own_doctor_prescribes(visit):
    with pytest.raises(NotFound):
        await signed(visit, who="county2")
    row = await signed(visit)
    stranger = await actor("county2")
    for act in (
        service.confirm(stranger, row.id, "药没有错", check=checked()),
        service.rewrite(stranger, row.id),
        service.cancel(stranger, row.id, "不要了不要了"),
        service.cancel(stranger, uuid4(), "不要了不要了"),
    ):
        with pytest.raises(NotFound):
            await act


async def test_shenhe_guifan_a_returned_one_is_confirmed_with_a_second_signature(visit):
    row = await returned(visit)
    doctor = await actor("county1")
    with pytest.raises(Invalid):
        await service.confirm(doctor, row.id, "好", check=checked())
    found = await service.confirm(doctor, row.id, "血压平稳,用量合适", check=checked())
    assert found.status is Status.ON_HOLD
    assert found.second_signature_id != found.signature_id
    assert await Signature.filter(kind=service.CONFIRMATION).count() == 1
    assert (await facts(row))[-1][0] == "Signed"
    with pytest.raises(Conflict):
        await service.confirm(doctor, row.id, "再来一次", check=checked())
    await move(SYSTEM, found, "return")
    again = await service.confirm(doctor, row.id, "还是合适的", check=checked())
    assert again.status is Status.ON_HOLD, "as often as it is returned"


async def test_shenhe_guifan_a_returned_one_is_rewritten_as_a_new_version(visit):
    row = await returned(visit)
    doctor = await actor("county1")
    draft = await service.rewrite(doctor, row.id)
    assert (draft.version, draft.typed["lines"]) == (2, row.typed["lines"])
    assert (await service.rewrite(doctor, row.id)).id == draft.id, "safe to repeat"
    words = written(line(await drug(), days="5"))
    second = await signed(visit, words, base=BaseIn(revision=draft.revision))
    before = await MedicationRequest.get(id=row.id)
    assert before.status is Status.REPLACED
    assert (second.status, second.replaces_id) == (Status.ON_HOLD, row.id)
    assert second.number == f"{row.number}-2"
    assert ("Replaced", OutboxStatus.WAITING) in await facts(row)
    assert ("Expiring", OutboxStatus.CANCELLED) in await facts(row)


async def test_a_rewrite_is_possible_when_the_visit_is_over_and_a_new_one_is_not(visit, desk):
    row = await returned(visit)
    assert (await noted(desk, f"/visits/{visit[2]}")).status == 303
    with pytest.raises(Conflict) as refused:
        await signed(visit, base=BaseIn(revision=-1))
    assert refused.value.code == "not_in_progress"
    draft = await service.rewrite(await actor("county1"), row.id)
    words = written(line(await drug()), diagnosis=["I10 原发性高血压"])
    assert (await signed(visit, words, base=BaseIn(revision=draft.revision))).version == 2


async def test_taken_back_until_it_is_handed_out(visit):
    row = await signed(visit)
    doctor = await actor("county1")
    with pytest.raises(Invalid):
        await service.cancel(doctor, row.id, "")
    done = await service.cancel(doctor, row.id, "居民家里还有药")
    assert (done.status, done.end_reason) == (Status.CANCELLED, "居民家里还有药")
    assert (await service.cancel(doctor, row.id, "居民家里还有药")).status is Status.CANCELLED
    names = await facts(row)
    assert [name for name, _ in names].count("Cancelled") == 1
    assert ("Expiring", OutboxStatus.CANCELLED) in names
    handed = await signed(visit, base=BaseIn(revision=-1))
    for step in ("approve", "dispense", "complete"):
        await move(SYSTEM, handed, step)
    with pytest.raises(Conflict):
        await service.cancel(doctor, handed.id, "来不及了吧")


async def test_chufang_banfa_18_its_days_run_out_in_the_county_and_not_before(visit, clock):
    row = await signed(visit, written(line(await drug()), valid_days="1"))
    assert (await service.expire(row.id)).status is Status.ON_HOLD
    clock.move(seconds=(row.valid_until - row.signed_at) / timedelta(seconds=1))
    assert (await service.expire(row.id)).status is Status.EXPIRED
    assert (await service.expire(row.id)).status is Status.EXPIRED
    assert [name for name, _ in await facts(row)].count("Expired") == 1


async def test_what_an_order_has_used_up_runs_out_only_when_nothing_was_dispensed(visit, clock):
    row = await signed(visit)
    for step in ("approve", "dispense"):
        await move(SYSTEM, row, step)
    clock.move(days=4)
    assert (await service.expire(row.id)).status is Status.DISPENSING
    assert (await service.expire(row.id, dispensing=True)).status is Status.EXPIRED


async def test_nobody_confirms_what_has_run_out(visit, clock):
    row = await returned(visit)
    clock.move(days=4)
    fresh = checked()
    with pytest.raises(Conflict) as refused:
        await service.confirm(await actor("county1"), row.id, "血压平稳", check=fresh)
    assert refused.value.code == "expired"
