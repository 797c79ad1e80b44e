"""Kept three years at least, whatever a setting says; a legal hold stops the clock."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.settings import Settings
from chat import retention, rules, service
from chat.models import Conversation, Member, Message
from chat.speakers import Speaker
from core import clock as house_clock
from core.audit import SYSTEM, AuditEvent

NOW = datetime(2026, 3, 1, tzinfo=UTC)
YEAR = timedelta(days=366)
AGES = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9000))


@given(closed=AGES, said=AGES, keep=AGES, held=st.booleans())
def test_nothing_younger_than_three_years_is_forgotten_by_the_supervision_rules(
    closed, said, keep, held
):
    """互联网诊疗监管细则(试行) 2022: text and pictures of the process, at least three years."""
    forgets = rules.may_forget(
        closed_at=NOW - closed, last_said_at=NOW - said, held=held, keep=keep, now=NOW
    )
    assert not (forgets and (held or min(closed, said) <= max(keep, 3 * YEAR)))
    if not held and min(closed, said) > max(keep, 3 * YEAR):
        assert forgets


def test_an_open_conversation_is_never_old():
    assert not rules.may_forget(
        closed_at=None, last_said_at=NOW - 50 * YEAR, held=False, keep=3 * YEAR, now=NOW
    )


def test_the_setting_does_not_go_below_three():
    with pytest.raises(ValidationError):
        Settings(chat_keep_years=2)


async def test_the_caretaker_forgets_what_is_old_and_free(database, clock):
    made = {}
    for name in ("old", "held", "young", "open"):
        conversation = await service.start_conversation(subject=f"Test/{name}", title=name)
        speaker = Speaker(uuid4(), "张医生")
        await service.add_member(conversation, person_id=speaker.person_id, name="张医生")
        await service.post_text(speaker, conversation.id, client_id="a" * 8, text=name)
        made[name] = conversation
    for name in ("old", "held"):
        await service.close_conversation(made[name])
    for _ in range(2):
        await retention.hold(SYSTEM, "Test/held", reason="诉讼")
    await retention.hold(SYSTEM, "Test/held", reason="投诉")
    await retention.release(SYSTEM, "Test/held", reason="投诉")
    clock.move(days=3 * 366 - 1)
    assert await retention.forget_old(timedelta(0)) == 0, "never before three years"
    await service.close_conversation(made["young"])
    clock.move(days=2)
    assert await retention.forget_old(timedelta(days=9999)) == 0
    assert await retention.forget_old(timedelta(days=1)) == 1
    assert sorted(c.title for c in await Conversation.all()) == ["held", "open", "young"]
    assert await Message.all().count() == await Member.all().count() == 3
    for _ in range(2):
        await retention.release(SYSTEM, "Test/held", reason="诉讼")
    assert await retention.forget_old(timedelta(0)) == 1
    trail = await AuditEvent.filter(action__in=("chat.hold", "chat.release", "chat.forget"))
    assert sorted(e.action for e in trail) == [
        "chat.forget",
        "chat.forget",
        "chat.hold",
        "chat.release",
    ]
    assert house_clock.now() > NOW
