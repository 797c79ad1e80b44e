"""Times compare as moments, whatever zone they were written in; new rows are made quickly."""

from datetime import UTC, datetime, timedelta, timezone

from core import db
from core.clock import SHANGHAI, now
from core.outbox import OutboxEntry, OutboxStatus
from tests.core.conftest import make_entry

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=SHANGHAI)


async def test_rows_written_and_updated_in_another_zone_are_found_by_moment(database):
    for zone in (UTC, SHANGHAI, timezone(timedelta(hours=-7))):
        await make_entry(due_at=NOON.astimezone(zone))
        updated = await make_entry(due_at=NOON)
        await OutboxEntry.filter(id=updated.id).update(due_at=NOON.astimezone(zone))
    assert await OutboxEntry.filter(due_at__lte=NOON.astimezone(UTC)).count() == 6
    assert await OutboxEntry.filter(due_at=NOON).count() == 6
    assert not await OutboxEntry.filter(due_at__lt=NOON - timedelta(seconds=1)).exists()


def test_now_is_utc(clock):
    assert now().tzinfo is UTC


def _given():
    empty = dict.fromkeys(OutboxEntry._meta.fields - {"id"})
    said = {"name": "Known", "subject": "", "payload": {}, "recorded_at": NOON, "due_at": NOON}
    return empty | said | {"status": OutboxStatus.WAITING, "attempts": 0, "last_error": ""}


def test_a_new_row_is_what_tortoise_would_have_made(database):
    made = OutboxEntry(**_given())
    assert vars(db.new_row(OutboxEntry, id=None, **_given())) == vars(made)


async def test_a_new_row_can_be_saved(database):
    await db.new_row(OutboxEntry, id=None, **_given()).save()
    assert await OutboxEntry.filter(name="Known", due_at=NOON).exists()
