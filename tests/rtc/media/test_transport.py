"""Transport-wide feedback: what is written is read again, and nonsense is refused."""

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtc.media.transport import LOG, MOST, OVERHEAD, TICKS, Arrivals, Departures, parse

SSRC, MEDIA = 1, 2


def written(arrived: list[tuple[int, float]]) -> bytes:
    arrivals = Arrivals()
    arrivals.fresh = arrived
    return arrivals.feedback(SSRC, MEDIA)


def test_the_layout_is_that_of_the_draft() -> None:
    """Section 3.1 of draft-holmer-rmcat-transport-wide-cc-extensions-01, by hand."""
    data = written([(5, 64.0), (6, 64.001), (8, 64.101)])
    head = struct.unpack_from("!BBHLLHH", data)
    assert head[:6] == (0xAF, 205, len(data) // 4 - 1, SSRC, MEDIA, 5)
    assert head[6] == 4
    assert data[16:19] == (1000).to_bytes(3, "big")  # 64 s in units of 64 ms
    assert data[19] == 1  # the first feedback
    assert data[20:22] == bytes([0b11_01_01_00, 0b10_000000])  # small, small, lost, large
    assert data[22:26] == bytes([0, 4]) + (400).to_bytes(2, "big")  # 250 µs each
    assert data[-1] == 2  # padding


def test_a_long_run_takes_two_bytes() -> None:
    data = written([(n, 1.0 + n / 1000) for n in range(300)])
    assert data[20:22] == (1 << 13 | 300).to_bytes(2, "big")


@given(
    first=st.integers(0, 0xFFFF),
    steps=st.lists(st.tuples(st.integers(1, 30), st.floats(0, 2)), min_size=1, max_size=200),
)
def test_what_is_written_is_read(first: int, steps: list[tuple[int, float]]) -> None:
    number, at = first, 1000.0
    sent = [(first, at)]
    for skip, wait in steps:
        if number + skip - first >= MOST:
            break
        number, at = number + skip, at + wait
        sent.append((number & 0xFFFF, at))
    base, ticks = parse(written(list(sent)))
    assert base == first
    assert len(ticks) == number - first + 1
    for known, arrived in sent:
        assert ticks[(known - first) & 0xFFFF] == int(arrived * TICKS)
    assert sum(tick is not None for tick in ticks) == len(sent)


def test_what_was_missing_is_told_of_when_it_comes_late() -> None:
    arrivals = Arrivals()
    arrivals.fresh = [(1, 1.0), (3, 1.1)]
    arrivals.feedback(SSRC, MEDIA)
    arrivals.fresh = [(2, 1.2), (4, 1.3)]
    base, ticks = parse(arrivals.feedback(SSRC, MEDIA))
    assert base == 2
    assert [tick is not None for tick in ticks] == [True, False, True]
    assert arrivals.feedback(SSRC, MEDIA) == b""


def test_a_leap_of_the_numbers_is_told_in_one_packet() -> None:
    arrivals = Arrivals()
    arrivals.fresh = [(1, 1.0), (30_000, 1.1)]
    base, ticks = parse(arrivals.feedback(SSRC, MEDIA))
    assert len(ticks) == MOST
    assert (base + MOST - 1) & 0xFFFF == 30_000


@given(st.binary(max_size=80))
def test_nonsense_is_refused_in_one_way(body: bytes) -> None:
    try:
        _, ticks = parse(b"\x8f\xcd\0\x05" + body)
    except ValueError:
        return
    assert 0 < len(ticks) <= MOST


def test_departures_settle_once_and_only_what_was_sent() -> None:
    log = Departures()
    for n in range(10):
        log.stamp(50.0 + n, 100 + n)
    told = log.settle(written([(n, 7.0 + n) for n in (0, 1, 3)]))
    assert [(sent, size, arrived is None) for sent, size, arrived in told] == [
        (50.0, 100 + OVERHEAD, False),
        (51.0, 101 + OVERHEAD, False),
        (52.0, 102 + OVERHEAD, True),
        (53.0, 103 + OVERHEAD, False),
    ]
    assert log.settle(written([(3, 7.0)])) == []  # told before
    for number in (11, 40_000):
        with pytest.raises(ValueError, match="not sent"):
            log.settle(written([(number, 7.0)]))


def test_random_feedback_does_not_hurt() -> None:
    rng = random.Random(9)
    log = Departures()
    for _ in range(LOG * 3):
        log.stamp(1.0, 1)
    for _ in range(2000):
        data = b"\x8f\xcd\0\x10" + rng.randbytes(64)
        try:
            log.settle(data)
        except ValueError:
            continue
