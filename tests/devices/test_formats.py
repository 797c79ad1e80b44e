"""Whatever bytes a device sends: a reading with sound numbers, or the reason why there is none."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import formats
from devices.envelope import from_mqtt
from devices.formats import FORMATS, Measure, Quantity, Unreadable
from devices.formats.reading import MEALS
from devices.sandbox import Instrument, glucose, pressure

AT = datetime(2026, 11, 22, 8, 31, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                (
                    *("id", "sequence", "measured_at", "timestamp", "values", "observations"),
                    *("code", "value", "unit", "glucose", "systolic", "patient", "card", "meal"),
                )
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
OWN = st.fixed_dictionaries(
    {
        "id": st.text(min_size=1, max_size=70),
        "measured_at": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
        | st.text(max_size=30),
        "values": st.dictionaries(
            st.sampled_from([m.value for m in Measure]),
            st.fixed_dictionaries(
                {"value": st.decimals().map(str) | st.floats(), "unit": st.text(max_size=10)}
            ),
            max_size=4,
        ),
    },
    optional={"meal": st.text(max_size=10), "battery": st.integers(), "patient": JSON},
)


def is_sound(name: str, raw: bytes) -> None:
    try:
        found = formats.read(name, raw)
    except Unreadable:
        return
    assert 0 < len(found.number) <= 64
    assert "\0" not in found.number
    assert found.measured_at.tzinfo is not None
    assert found.meal in (None, *MEALS)
    assert found.battery is None or 0 <= found.battery <= 100
    assert found.values
    for quantity in found.values.values():
        assert 0 <= quantity.value < 100_000
    assert len(found.said) < 1000


@pytest.mark.parametrize("name", sorted(FORMATS))
@given(raw=st.binary(max_size=60))
def test_any_bytes(name, raw):
    is_sound(name, raw)


@pytest.mark.parametrize("name", sorted(FORMATS))
@given(said=JSON)
def test_any_json(name, said):
    is_sound(name, json.dumps(said).encode())


@given(said=OWN)
def test_nearly_our_own(said):
    is_sound("doorstep", json.dumps(said).encode())


@given(
    code=st.integers(0, 10**7) | st.text(max_size=6),
    value=st.floats() | st.text(max_size=8) | st.integers(),
    sequence=st.text(max_size=70) | st.integers(),
)
def test_nearly_a_gateways(code, value, sequence):
    one = {"code": 150021, "value": 120, "unit": 266016}
    said = {
        "sequence": sequence,
        "timestamp": AT.isoformat(),
        "observations": [one, {"code": code, "value": value, "unit": code}],
    }
    is_sound("ieee11073", json.dumps(said).encode())


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize(
    "raw", [b"[" * 12_000, b"1" * 6000, b'{"id":' * 3000, b"\xff\xfe", b"null", b"1e999999999"]
)
def test_what_breaks_parsers(name, raw):
    with pytest.raises(Unreadable):
        formats.read(name, raw)


def test_numbers_beyond_all_scales_are_none():
    for value in ("1e-999999", "1e999999", "NaN", "-1", "Infinity"):
        raw = json.dumps(glucose("1", AT, 1)).replace('"value": 1', f'"value": {value}').encode()
        assert value.encode() in raw
        with pytest.raises(Unreadable):
            formats.read("doorstep", raw)


def test_our_own_says_what_it_means():
    found = formats.read("doorstep", json.dumps(pressure("7", AT, 138.5, 86, pulse=70)).encode())
    assert found.number == "7"
    assert found.measured_at == AT
    assert found.values == {
        Measure.SYSTOLIC: Quantity(Decimal("138.5"), "mmHg"),
        Measure.DIASTOLIC: Quantity(Decimal(86), "mmHg"),
        Measure.PULSE: Quantity(Decimal(70), "/min"),
    }


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(Unreadable, match="时区"):
        formats.read("doorstep", json.dumps(glucose("1", AT.replace(tzinfo=None), 6)).encode())


@given(st.binary(max_size=80))
def test_whatever_comes_from_a_topic_becomes_a_message(payload):
    found = from_mqtt("X-1", "doorstep/devices/X-1/messages", payload)
    assert not found.is_signed_by("key")


@given(st.text(max_size=60))
def test_what_an_instrument_wraps_is_genuine(text):
    instrument = Instrument("X-1", "key")
    found = from_mqtt("X-1", "any", instrument.wrapped(text.encode("utf-8", "replace")))
    assert found.is_signed_by("key")
    assert not found.is_signed_by("kez")
    assert found.body == text.encode("utf-8", "replace")
