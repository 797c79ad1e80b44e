"""What one receiver is shown of each video, now: its line, the rules, and not too much to and fro.

Down at once, up after a while; after a step up that failed the while is twice as long.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

from rtc.media.allocation import FLOOR, SPARE, VOICE, Demand, Grant, choose
from rtc.media.patience import Patience
from rtc.media.probing import Prober
from rtc.signals import Picture

if TYPE_CHECKING:
    from rtc.media.consumer import Consumer
    from rtc.media.layer import Layer
    from rtc.media.peer import Peer
    from rtc.media.producer import Producer

EVERY: Final = 0.5  # s between two looks when nothing presses
MOST: Final = {"camera": 800_000.0, "screen": 1_500_000.0, "microphone": 0.0}
PADDED: Final = 40  # packets of padding at once


class Adaptation:
    """One subscribe connection. `pictures` says what is not shown in full, and why."""

    def __init__(self, peer: "Peer") -> None:
        self.peer = peer
        self.pictures: tuple[Picture, ...] = ()
        self._prober = Prober()
        self._next = 0.0
        self._looked = 0.0
        self._padded_at = 0.0
        self._sending = 0.0  # bit/s, without padding
        self._patience = Patience()

    def due(self, now: float) -> bool:
        """Whether `tick` would do anything now; asked ten times a second, of every receiver."""
        pressing = self.peer.line.congested_at > self._looked or self._prober.goal > 0
        return now >= self._next or pressing

    def tick(self, now: float, consumers: Sequence["Consumer"], speaker: str) -> None:
        """Look at the line and at what is shown, and pad while a probe runs."""
        self._sending = sum(c.layer.bitrate for c in consumers if c.layer is not None)
        self._pad(now, consumers)
        if now < self._next and self.peer.line.congested_at <= self._looked:
            return
        if self.peer.line.pardoned_at > self._looked:  # it need not have gone down
            self._patience.pardon(now)
        self._next, self._looked = now + EVERY, now
        videos = [c for c in consumers if c.active and c.producer.video]
        voices = sum(1 for c in consumers if c.active and not c.producer.video)
        self.pictures = self._look(now, videos, voices, speaker)

    @property
    def budget(self) -> float:
        """Bit/s that may be sent; no limit where the receiver does not tell what arrives."""
        return self.peer.line.estimate if self.peer.departures is not None else float("inf")

    def _look(
        self, now: float, videos: Sequence["Consumer"], voices: int, speaker: str
    ) -> tuple[Picture, ...]:
        flowing = [c.producer.flowing(now) for c in videos]
        demands = [
            demand(c, layers, c.producer.seat == speaker)
            for c, layers in zip(videos, flowing, strict=True)
        ]
        shown = [_place(c, layers) for c, layers in zip(videos, flowing, strict=True)]
        may_rise = [c.fresh or self._may_rise(now, at) for c, at in zip(videos, shown, strict=True)]
        chosen = choose(self.budget, voices, demands, shown, may_rise)
        for consumer, layers, grant in zip(videos, flowing, chosen, strict=True):
            self._show(consumer, layers, grant)
        lowered = any(grant.layer < at for grant, at in zip(chosen, shown, strict=True))
        raised = any(grant.layer > at for grant, at in zip(chosen, shown, strict=True))
        if lowered:
            self._patience.fell(now)
        elif raised:
            self._patience.rose(now)
            self._prober.rest(now)
        if self.peer.departures is not None:
            self._prober.want(now, self.peer.line, wanted_rate(demands, voices) / SPARE)
        return self._told(videos, flowing)

    def _may_rise(self, now: float, at: int) -> bool:
        """Not while a probe runs: of two things tried at once, neither is known to have failed."""
        return not self._prober.goal and self._patience.over(now, blank=at < 0)

    def _show(self, consumer: "Consumer", layers: Sequence["Layer"], grant: Grant) -> None:
        consumer.grant = grant.rate if grant.rate != float("inf") else 0.0
        if layers:
            consumer.show(layers[grant.layer] if grant.layer >= 0 else None)

    def _told(
        self, videos: Sequence["Consumer"], flowing: Sequence[Sequence["Layer"]]
    ) -> tuple[Picture, ...]:
        found = []
        for consumer, layers in zip(videos, flowing, strict=True):
            producer = consumer.producer
            if not layers:
                continue
            if consumer.wanted is None:
                found.append(picture(producer, "paused", "line"))
            elif consumer.wanted is not layers[-1]:
                found.append(picture(producer, "small", "line"))
            elif producer.thin:
                found.append(picture(producer, "small", "sender"))
        return tuple(found)

    def _pad(self, now: float, consumers: Sequence["Consumer"]) -> None:
        """Padding while a probe runs."""
        line, prober = self.peer.line, self._prober
        prober.judge(now, line)
        since, self._padded_at = self._padded_at, now
        if not prober.goal:
            return
        due = prober.padding(self._sending) * min(0.2, now - since) / 8
        video = next((c for c in consumers if c.active and c.producer.video), None)
        if video is not None and due > 0:
            video.pad(min(PADDED, round(due / 313)))


def picture(
    producer: "Producer", shown: Literal["small", "paused"], why: Literal["line", "sender"]
) -> Picture:
    """One line of what a page is told."""
    return Picture(seat=producer.seat, source=producer.source, shown=shown, why=why)


def _place(consumer: "Consumer", layers: Sequence["Layer"]) -> int:
    """Which of the layers is shown; the best, when the one that was has stopped."""
    if consumer.wanted is None:
        return -1
    return layers.index(consumer.wanted) if consumer.wanted in layers else len(layers) - 1


def demand(consumer: "Consumer", layers: Sequence["Layer"], speaking: bool) -> Demand:
    """What a video asks of the line."""
    source = consumer.producer.source
    if consumer.producer.simulcast:
        return Demand(source, tuple(layer.bitrate for layer in layers), speaking)
    return Demand(source, (FLOOR[source],), speaking, elastic=True, most=MOST[source])


def wanted_rate(demands: Sequence[Demand], voices: int) -> float:
    """Bit/s at which everything would be shown in full."""
    videos = (d.most if d.elastic else d.rates[-1] if d.rates else 0.0 for d in demands)
    return sum(videos) + voices * VOICE
