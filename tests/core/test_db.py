"""Times compare as moments, whatever zone they were written in."""

from datetime import UTC, datetime, timedelta, timezone

from core.clock import SHANGHAI, now
from core.outbox import OutboxEntry
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
