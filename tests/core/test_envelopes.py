"""Messages between machines: what is signed, and what a stamp may look like."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock as time
from core import envelopes


def test_every_line_ends_and_the_body_follows_as_it_is():
    right = hmac.new(b"key", b"POST\n/x\n1\n\xff\x00", hashlib.sha256).hexdigest()
    assert envelopes.signature("key", ["POST", "/x", "1"], b"\xff\x00") == right


@given(st.lists(st.text(max_size=8), max_size=4), st.binary(max_size=40), st.text(max_size=70))
def test_nothing_but_the_signature_is_genuine(lines, body, other):
    right = envelopes.signature("key", lines, body)
    assert envelopes.is_genuine("key", lines, body, right)
    assert not envelopes.is_genuine("kez", lines, body, right)
    assert not envelopes.is_genuine("key", lines, body + b"x", right)
    assert envelopes.is_genuine("key", lines, body, other) is (other == right)


@given(st.text(max_size=20))
def test_whatever_stands_in_the_place_of_a_stamp_is_read_or_is_none(text):
    assert envelopes.moment_of(text) is None or text.isdigit()


@pytest.mark.parametrize(("late", "fresh"), [(0, True), (300, True), (-300, True), (301, False)])
def test_five_minutes(clock, late, fresh):
    stamp = str(int((time.now() - timedelta(seconds=late)).timestamp()))
    assert envelopes.is_fresh(stamp) is fresh
    assert not envelopes.is_fresh("now")
