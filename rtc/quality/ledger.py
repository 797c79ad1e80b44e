"""The reports of one seat, added up until they make a sample of about a minute."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from rtc.quality import scoring
from rtc.quality.models import QualitySample
from rtc.quality.schemas import Heard, Picture, Quality, Sent, Voice


class Ledger:
    """Holds reports; `total` is all of them as one, over all their seconds."""

    def __init__(self, reports: Iterable[Quality] = ()) -> None:
        self.reports = list(reports)

    @property
    def seconds(self) -> float:
        """How much time the reports cover."""
        return sum(report.seconds for report in self.reports)

    def total(self) -> Quality:
        """One report that says what all of them say."""
        heard: dict[UUID, list[tuple[float, Heard]]] = defaultdict(list)
        for report in self.reports:
            for one in report.heard:
                heard[one.seat].append((report.seconds, one))
        sent = [(report.seconds, report.sent) for report in self.reports if report.sent]
        return Quality.model_construct(
            seconds=self.seconds,
            cut_s=sum(report.cut_s for report in self.reports),
            path=_longest((r.seconds, r.path) for r in self.reports),
            protocol=_longest((r.seconds, r.protocol) for r in self.reports),
            rtt_ms=_weighted((r.seconds, r.rtt_ms) for r in self.reports),
            sent=_sent(sent) if sent else None,
            heard=[_heard(seat, parts) for seat, parts in heard.items()],
            down_kbps=_whole(_weighted((r.seconds, r.down_kbps) for r in self.reports)),
        )


Weighed = tuple[float, float | None]
W = TypeVar("W", bound=str)


def _weighted(values: Iterable[Weighed]) -> float | None:
    """The mean over time of what is known."""
    known = [(seconds, value) for seconds, value in values if value is not None]
    time = sum(seconds for seconds, _ in known)
    return sum(seconds * value for seconds, value in known) / time if time else None


def _longest(words: Iterable[tuple[float, W | None]]) -> W | None:
    """The word that held for most of the time."""
    held: dict[W, float] = defaultdict(float)
    for seconds, word in words:
        if word:
            held[word] += seconds
    return max(held, key=lambda word: held[word], default=None)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _sent(parts: list[tuple[float, Sent]]) -> Sent:
    largest = max((one for _, one in parts), key=lambda one: one.width * one.height)
    return Sent.model_construct(
        packets=sum(one.packets for _, one in parts),
        lost=sum(one.lost for _, one in parts),
        kbps=round(_weighted((seconds, one.kbps) for seconds, one in parts) or 0),
        jitter_ms=_weighted((seconds, one.jitter_ms) for seconds, one in parts),
        width=largest.width,
        height=largest.height,
        fps=_weighted((seconds, one.fps) for seconds, one in parts) or 0.0,
        codec=largest.codec,
    )


def _heard(seat: UUID, parts: list[tuple[float, Heard]]) -> Heard:
    voices = [(seconds, one.voice) for seconds, one in parts if one.voice]
    pictures = [(seconds, one.picture) for seconds, one in parts if one.picture]
    return Heard.model_construct(
        seat=seat,
        voice=_voice(voices) if voices else None,
        picture=_picture(pictures) if pictures else None,
    )


def _voice(parts: list[tuple[float, Voice]]) -> Voice:
    return Voice.model_construct(
        packets=sum(one.packets for _, one in parts),
        lost=sum(one.lost for _, one in parts),
        jitter_ms=_weighted((seconds, one.jitter_ms) for seconds, one in parts),
        buffer_ms=_weighted((seconds, one.buffer_ms) for seconds, one in parts),
        concealed=_weighted((seconds, one.concealed) for seconds, one in parts),
    )


def _picture(parts: list[tuple[float, Picture]]) -> Picture:
    largest = max((one for _, one in parts), key=lambda one: one.width * one.height)
    return Picture.model_construct(
        packets=sum(one.packets for _, one in parts),
        lost=sum(one.lost for _, one in parts),
        kbps=round(_weighted((seconds, one.kbps) for seconds, one in parts) or 0),
        fps=_weighted((seconds, one.fps) for seconds, one in parts) or 0.0,
        width=largest.width,
        height=largest.height,
        codec=largest.codec,
        freezes=sum(one.freezes for _, one in parts),
        frozen_s=sum(one.frozen_s for _, one in parts),
    )


def sample_of(report: Quality, lost_by_sender: Mapping[UUID, float]) -> QualitySample:
    """A report as a row, not yet saved and without room, seat and time."""
    up, down = scoring.lost_up(report), scoring.lost_down(report, lost_by_sender)
    waited = scoring.buffered(report)
    voices = [one.voice for one in report.heard if one.voice]
    pictures = [one.picture for one in report.heard if one.picture]
    seen = _largest(report.sent, pictures)
    jitters = [voice.jitter_ms for voice in voices]
    return QualitySample(
        seconds=report.seconds,
        cut_s=min(report.cut_s, report.seconds),
        path=report.path or "",
        protocol=report.protocol or "",
        rtt_ms=report.rtt_ms,
        jitter_ms=scoring.mean([*jitters, report.sent.jitter_ms if report.sent else None]),
        buffer_ms=waited,
        loss_up=up,
        loss_down=down,
        kbps_up=report.sent.kbps if report.sent else None,
        kbps_down=report.down_kbps,
        concealed=scoring.mean(voice.concealed for voice in voices),
        codec=seen.codec if seen else "",
        width=seen.width if seen else 0,
        height=seen.height if seen else 0,
        fps=seen.fps if seen else None,
        freezes=sum(picture.freezes for picture in pictures),
        frozen_s=min(report.seconds, max((picture.frozen_s for picture in pictures), default=0.0)),
        voice_score=scoring.line_score(report.rtt_ms, waited, up, down),
        video_score=scoring.pictures_score(pictures),
    )


def _largest(sent: Sent | None, pictures: list[Picture]) -> Sent | Picture | None:
    """The picture that is remembered: the one this line carries *up*, else the largest it got."""
    if sent and sent.width:
        return sent
    return max(pictures, key=lambda one: one.width * one.height, default=None)
