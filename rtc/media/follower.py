"""Somebody who follows a track through its layers and sees one stream without a seam."""

from typing import TYPE_CHECKING, Final, NamedTuple

from rtc.media.fanout import Target
from rtc.media.layer import HISTORY, NO_SHIFT, Layer, Packet, Shift, Tap
from rtc.media.pictures import vp8_numbers

if TYPE_CHECKING:
    from rtc.media.producer import Producer

CREDIBLE: Final = 2.0  # s; sender reports that place a picture further from its arrival are wrong
FRAME: Final = 1 / 30  # s between two pictures when nothing better is known


class Past(NamedTuple):
    """A layer that was followed: the last numbers in the follower's own count, and since when."""

    layer: Layer
    shift: Shift
    length: int  # packets, from its first to its last
    sequence: int
    timestamp: int
    picture: int
    tl0: int
    at: float  # monotonic time of leaving


class Follower:
    """Follows `track`. `layer` is what flows now, `wanted` what shall flow from a key frame on.

    `target` (where to send) or `tap` (whom to tell) is what a layer passes packets on to.
    """

    __slots__ = ("_past", "_since", "layer", "shift", "tap", "target", "track", "wanted")

    def __init__(self, track: "Producer") -> None:
        self.track = track
        self.layer: Layer | None = None
        self.wanted: Layer | None = None
        self.shift = NO_SHIFT
        self.target: Target | None = None
        self.tap: Tap | None = None
        self._past: list[Past] = []
        self._since = 0  # extended sequence number of the layer's first packet here

    @property
    def fresh(self) -> bool:
        """Whether nothing has been passed on yet."""
        return self.layer is None and not self._past

    def join(self, layer: Layer) -> None:
        """Be served at once, without a key frame; only for the first layer."""
        self.wanted = self.layer = layer
        self._since = layer.highest
        layer.serve((*layer.followers, self))
        layer.request_keyframe()

    def follow(self, layer: Layer | None) -> None:
        """Be served this layer from its next key frame on; None is a pause, at once."""
        if self.wanted is layer:
            return
        self._give_up_waiting()
        self.wanted = layer
        if layer is None:
            self._leave()
        elif layer is not self.layer:
            layer.waiting.append(self)
            layer.request_keyframe()

    def begin(self, layer: Layer, first: Packet) -> None:
        """The key frame has come; its first packet is the first of this layer to be passed on."""
        self._leave()
        self.shift = self._seam(layer, first)
        self.layer = layer
        self._since = layer.highest - ((layer.highest - first[0]) & 0xFFFF)
        layer.serve((*layer.followers, self))

    def stop(self) -> None:
        """Follow nothing any more."""
        self.follow(None)

    def ended(self) -> None:
        """The layer came to its end."""
        self.layer = self.wanted = None

    def find(self, sequence: int) -> tuple[Packet, Shift] | None:
        """A packet that was passed on with this number, if it is still kept."""
        layer, shift = self.layer, self.shift
        if layer is not None:
            back = (layer.highest + shift.sequence - sequence) & 0xFFFF
            if back <= layer.highest - self._since:
                return _kept(layer, shift, sequence)
        for past in reversed(self._past):
            if (past.sequence - sequence) & 0xFFFF < min(past.length, HISTORY):
                return _kept(past.layer, past.shift, sequence)
        return None

    def send_rtcp(self, data: bytes) -> None:
        """A sender report for the stream."""

    def _give_up_waiting(self) -> None:
        if self.wanted is not None and self in self.wanted.waiting:
            self.wanted.waiting.remove(self)

    def _leave(self) -> None:
        layer, shift = self.layer, self.shift
        if layer is None:
            return
        layer.serve(f for f in layer.followers if f is not self)
        self.layer = None
        newest = layer.newest
        length = layer.highest - self._since + 1
        if newest is None or length <= 0:
            return
        sequence, timestamp, _, payload = newest
        numbers = vp8_numbers(payload)
        past = Past(
            layer,
            shift,
            length,
            (sequence + shift.sequence) & 0xFFFF,
            (timestamp + shift.timestamp) & 0xFFFFFFFF,
            (numbers.picture + shift.picture) & 0x7FFF if numbers.picture >= 0 else -1,
            (numbers.tl0 + shift.tl0) & 0xFF if numbers.tl0 >= 0 else -1,
            layer.now,
        )
        self._past = [*self._past[-3:], past]

    def _seam(self, layer: Layer, first: Packet) -> Shift:
        if not self._past:
            return NO_SHIFT
        past = self._past[-1]
        sequence, timestamp, _, payload = first
        numbers = vp8_numbers(payload) if self.track.vp8 else None
        picture = tl0 = 0
        if numbers is not None and numbers.picture >= 0 and past.picture >= 0:
            picture = (past.picture + 1 - numbers.picture) & 0x7FFF
        if numbers is not None and numbers.tl0 >= 0 and past.tl0 >= 0:
            tl0 = (past.tl0 + 1 - numbers.tl0) & 0xFF
        return Shift(
            (past.sequence + 1 - sequence) & 0xFFFF,
            (self._time(layer, timestamp, past) - timestamp) & 0xFFFFFFFF,
            picture,
            tl0,
        )

    def _time(self, layer: Layer, timestamp: int, past: Past) -> int:
        """When the picture is shown, on the follower's clock: by sender reports, else by arrival.

        All layers are taken from the same pictures, but each counts time from a start of its own.
        """
        rate = self.track.codec.clock_rate
        waited = max(FRAME, layer.now - past.at)
        by_arrival = past.timestamp + round(waited * rate)
        found = by_arrival
        if layer.clock is not None and past.layer.clock is not None:
            before, now = past.layer.clock, layer.clock
            captured = (now.ntp - before.ntp) / (1 << 32) + _signed(timestamp - now.rtp) / rate
            by_sender = before.rtp + round(captured * rate) + past.shift.timestamp
            if abs(_signed(by_sender - by_arrival)) < CREDIBLE * rate:
                found = by_sender
        if _signed(found - past.timestamp) <= 0:  # the same picture in another size
            found = past.timestamp + rate // 1000
        return found & 0xFFFFFFFF


def _kept(layer: Layer, shift: Shift, sequence: int) -> tuple[Packet, Shift] | None:
    number = (sequence - shift.sequence) & 0xFFFF
    known = layer.history[number % HISTORY]
    return (known, shift) if known is not None and known[0] == number else None


def _signed(difference: int) -> int:
    """A difference of two 32-bit times, as the shorter way round."""
    difference &= 0xFFFFFFFF
    return difference if difference < 1 << 31 else difference - (1 << 32)
