"""Sealing packets for many receivers: the plain text is the same for all, the keys are not."""

from typing import Any, Final

from rtc.media.datagrams import RUN_BYTES, SLOT, WORDS, Outbox
from rtc.media.dtls_srtp import srtp
from rtc.media.mux import EXTENSION
from rtc.media.transport import MASK, NUMBER_AT, Departures, put_number

RUN: Final = 40  # segments in one message
PADDING: Final = (b"", b"\1", b"\0\2", b"\0\0\3", b"\0\0\0\4")  # RFC 3550 section 5.1
_protect = srtp.protect

# SRTP key and address of a receiver, and the log of what it was sent when it tells what arrived
Target = tuple[Any, int, Departures | None]


def fan_out(outbox: Outbox, packets: list[bytes], targets: tuple[Target, ...]) -> None:
    """Queue these packets for each of the receivers; they leave with the next flush."""
    if len(packets) == 1:
        fan_out_one(outbox, packets[0], targets)
    else:
        _many(outbox, packets, targets)


def fan_out_numbered(
    outbox: Outbox, packets: list[bytes], targets: tuple[Target, ...], now: float
) -> None:
    """The same for receivers on whose line every packet has a number (transport-wide)."""
    lane = outbox.runs
    buffer, memory, lengths = lane.buffer, lane.memory, lane.iovecs
    pointers, length_pointers = lane.pointers, lane.length_pointers
    runs = _runs(even(packets), outbox.segmentation)
    for key, destination, log in targets:
        if log is None:
            continue
        number, sizes, times = log.number, log.sizes, log.times
        first = slot = lane.room(len(packets))
        for packet in packets:
            size = len(packet)
            at = slot * SLOT
            buffer[at : at + size] = packet
            put_number(memory, at + NUMBER_AT, number & 0xFFFF)
            sizes[number & MASK], times[number & MASK] = size, now
            number += 1
            lengths[2 * slot + 1] = size
            if _protect(key, pointers[slot], length_pointers[slot]):
                break
            slot += 1
        else:
            lane.used = slot
            for skip, length in runs:
                lane.post(first + skip, length, destination)
        log.number = number


def fan_out_one(outbox: Outbox, packet: bytes, targets: tuple[Target, ...]) -> None:
    """The same for one packet."""
    lane = outbox.singles
    buffer, lengths, headers = lane.buffer, lane.iovecs, lane.headers
    pointers, length_pointers = lane.pointers, lane.length_pointers
    slot = lane.room(len(targets))
    size = len(packet)
    for key, destination, _ in targets:
        at = slot * SLOT
        buffer[at : at + size] = packet
        lengths[2 * slot + 1] = size
        if not _protect(key, pointers[slot], length_pointers[slot]):
            headers[WORDS * slot] = destination
            slot += 1
    lane.used = slot


def _many(outbox: Outbox, packets: list[bytes], targets: tuple[Target, ...]) -> None:
    lane = outbox.runs
    buffer, lengths = lane.buffer, lane.iovecs
    pointers, length_pointers = lane.pointers, lane.length_pointers
    runs = _runs(even(packets), outbox.segmentation)
    for key, destination, _ in targets:
        first = slot = lane.room(len(packets))
        for packet in packets:
            size = len(packet)
            at = slot * SLOT
            buffer[at : at + size] = packet
            lengths[2 * slot + 1] = size
            if _protect(key, pointers[slot], length_pointers[slot]):
                break
            slot += 1
        else:
            lane.used = slot
            for skip, length in runs:
                lane.post(first + skip, length, destination)


def even(packets: list[bytes]) -> list[bytes]:
    """Pad packets that are a few bytes short of the longest, so that one message carries them all.

    Browsers cut a frame into packets that differ by a byte. Segments of one message must be equal,
    except the last: RTP padding makes them so, in place.
    """
    longest = max(map(len, packets))
    for i in range(len(packets) - 1):
        packet = packets[i]
        short = longest - len(packet)
        if 0 < short < len(PADDING):
            packets[i] = b"\xb0" + packet[1:] + PADDING[short]  # version 2, padding, extension
    return packets


def _runs(packets: list[bytes], segmentation: bool) -> list[tuple[int, int]]:
    """Cut a burst into (first, count): equal packets, the last may be shorter (UDP_SEGMENT)."""
    if len(packets) == 1:
        return [(0, 1)]
    if not segmentation:
        return [(i, 1) for i in range(len(packets))]
    runs: list[tuple[int, int]] = []
    first, size, ended = 0, len(packets[0]), False
    for i in range(1, len(packets)):
        length = len(packets[i])
        full = i - first >= RUN or (i - first + 1) * (size + EXTENSION + 32) > RUN_BYTES
        if ended or length > size or full:
            runs.append((first, i - first))
            first, size, ended = i, length, False
        else:
            ended = length < size
    runs.append((first, len(packets) - first))
    return runs
