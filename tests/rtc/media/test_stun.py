"""STUN as an ICE-lite agent speaks it, against aioice's implementation."""

import ipaddress

import pytest
from aioice import stun as theirs
from hypothesis import given
from hypothesis import strategies as st

from rtc.media import stun

PASSWORD = b"a-password"


def request(username: str = "ours:theirs", key: bytes | None = PASSWORD, **extra: object) -> bytes:
    message = theirs.Message(theirs.Method.BINDING, theirs.Class.REQUEST)
    message.attributes["USERNAME"] = username
    message.attributes["PRIORITY"] = 1
    message.attributes.update(extra)
    if key is not None:
        message.add_message_integrity(key)
    return bytes(message)


def test_a_signed_request_is_understood() -> None:
    check = stun.parse_check(request())
    assert check is not None
    assert (check.ufrag, check.nominated) == ("ours", False)
    assert stun.is_signed(check, PASSWORD)
    assert not stun.is_signed(check, b"another")


def test_nomination_is_seen() -> None:
    check = stun.parse_check(request(**{"USE-CANDIDATE": None}))
    assert check is not None
    assert check.nominated


SPOILT = {
    "empty": b"",
    "zeros": b"\0" * 20,
    "unsigned": request(key=None),
    "cut": request()[:-1],
    "longer than told": request() + b"\0\0\0\0",
    "wrong fingerprint": (good := request())[:-1] + bytes([good[-1] ^ 1]),
    "response": bytes(theirs.Message(theirs.Method.BINDING, theirs.Class.RESPONSE)),
    "allocate": bytes(theirs.Message(theirs.Method.ALLOCATE, theirs.Class.REQUEST)),
    "attribute too long": request()[:20] + b"\x00\x06\xff\xff" + request()[24:],
}


@pytest.mark.parametrize("data", SPOILT.values(), ids=SPOILT)
def test_anything_else_is_nothing(data: bytes) -> None:
    assert stun.parse_check(data) is None


def test_what_follows_the_signature_does_not_count() -> None:
    signed = request()[:-8]  # without fingerprint
    forged = signed + b"\x00\x25\x00\x00"
    forged = forged[:2] + (len(forged) - 20).to_bytes(2, "big") + forged[4:]
    check = stun.parse_check(forged)
    assert check is not None
    assert not check.nominated


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7"])
def test_the_answer_is_what_a_full_agent_expects(address: str) -> None:
    transaction = bytes(range(12))
    packed = ipaddress.ip_address(address).packed
    message = theirs.parse_message(stun.success(transaction, packed, 40123, PASSWORD))
    assert message.message_class is theirs.Class.RESPONSE
    assert message.transaction_id == transaction
    assert message.attributes["XOR-MAPPED-ADDRESS"] == (address, 40123)
    assert message.check_message_integrity(PASSWORD)


@given(st.binary(max_size=200))
def test_random_bytes_never_raise(data: bytes) -> None:
    assert stun.parse_check(data) is None


@given(st.data())
def test_a_changed_byte_is_never_a_signed_request(data: st.DataObject) -> None:
    good = request()
    fingerprint = len(good) - 8  # not covered by the signature, and of no consequence
    at = data.draw(st.integers(0, fingerprint - 1))
    bad = good[:at] + bytes([good[at] ^ data.draw(st.integers(1, 255))]) + good[at + 1 :]
    check = stun.parse_check(bad)
    assert check is None or not stun.is_signed(check, PASSWORD)
