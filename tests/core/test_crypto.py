"""Sealed columns: unreadable at rest, findable, and able to change keys."""

import base64

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from core.crypto import Keyring, parse_field_keys


def key(name: str) -> str:
    return f"{name}:{base64.b64encode(name.encode().ljust(32, b'.')).decode()}"


def ring(*names: str) -> Keyring:
    return Keyring(secret_key="s" * 40, field_keys=parse_field_keys(",".join(map(key, names))))


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_again_and_never_looks_the_same(plain):
    keys = ring("a")
    first, second = keys.seal(plain), keys.seal(plain)
    assert keys.open(first) == keys.open(second) == plain
    assert first != second


def test_a_changed_box_and_a_moved_box_do_not_open():
    keys = ring("a")
    box = keys.seal(b"110105", about=b"row 1")
    with pytest.raises(InvalidTag):
        keys.open(box[:-6] + ("A" if box[-6] != "A" else "B") + box[-5:], about=b"row 1")
    with pytest.raises(InvalidTag):
        keys.open(box, about=b"row 2")


def test_keys_rotate():
    old, both, new = ring("a"), ring("b", "a"), ring("b")
    box = old.seal(b"x")
    assert both.open(box) == b"x"
    assert not both.is_current(box)
    assert both.is_current(both.seal(b"x"))
    assert old.index("1") in both.indexes("1")
    assert new.index("1") == both.index("1") != old.index("1")
    with pytest.raises(LookupError, match="FIELD_KEY with id a"):
        new.open(box)


def test_the_index_ignores_case_and_blanks():
    keys = ring("a")
    assert keys.index(" 11010519491231002x ") == keys.index("11010519491231002X")


@pytest.mark.parametrize("text", ["", "a", "a:", "a:AAAA", "a b:" + "A" * 44])
def test_a_poor_field_key_is_refused(text):
    with pytest.raises(ValueError, match=r"FIELD_KEY|base64|padding|Only"):
        parse_field_keys(text)
