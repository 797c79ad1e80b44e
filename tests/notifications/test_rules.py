"""What follows a try, as pure decisions."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Channel
from notifications.rules import TABLE, Verdict, after, is_known, verdict

LADDER = (Channel.WECHAT, Channel.OFFICIAL, Channel.SMS, Channel.PHONE)
NOON = datetime(2026, 11, 4, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ladder", "channel", "closed", "then"),
    [
        (LADDER, None, (), "wechat"),
        (LADDER, "wechat", (), "official"),
        (LADDER, "wechat", ("official",), "sms"),
        (LADDER, "official", ("official",), "sms"),  # it stood there when the account was given up
        (LADDER, "wechat", ("official", "sms", "phone"), None),
        (LADDER, "phone", (), None),
        (("wechat",), "official", (), None),
        (("official", "sms"), None, ("official",), "sms"),
        ((), None, (), None),
    ],
)
def test_the_next_channel(ladder, channel, closed, then) -> None:
    assert after(ladder, channel, closed=frozenset(closed)) == then


@pytest.mark.parametrize(
    ("since", "remembers", "known"),
    [(8, 8, True), (8.01, 8, False), (0, 0, True), (0.01, 0, False)],
)
def test_a_number_is_remembered_so_long(since, remembers, known) -> None:
    began = NOON - timedelta(minutes=since)
    assert is_known(began=began, moment=NOON, remembers=timedelta(minutes=remembers)) is known


def test_what_will_not_pass_goes_on_and_what_may_is_tried_again() -> None:
    for code in ("wechat_not_following", "wechat_template_unknown", "wechat_page"):
        assert TABLE[code] is Verdict.NEXT
    for code in ("wechat_quota", "wechat_busy", "wechat_unreachable", "something new"):
        assert verdict(code) is Verdict.LATER
    assert verdict("wechat_unreachable", uncertain=True) is Verdict.UNSURE
