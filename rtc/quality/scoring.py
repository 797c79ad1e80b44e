"""From what was measured to a score: pure, and the only place where lines are judged."""

from collections.abc import Iterable, Mapping
from math import sqrt
from typing import Final
from uuid import UUID

from rtc.quality.e_model import OPUS_DELAY_MS, delayed, equipment, voice_score
from rtc.quality.schemas import Heard, Picture, Quality, Trouble, Verdict
from rtc.quality.video_model import video_score

# Steps of user satisfaction, ITU-T G.107 Table B.1: R 80, 70 and 60 as MOS.
SATISFIED: Final = 4.03
SOME_DISSATISFIED: Final = 3.60
MANY_DISSATISFIED: Final = 3.10
BAD: Final = MANY_DISSATISFIED
"""Below it "nearly all users are dissatisfied": such a minute is a bad one."""

ENOUGH_PACKETS: Final = 20
"""Fewer say nothing about loss: a silent microphone sends a packet every 400 ms (Opus DTX)."""

LOSES: Final = 1.0
"""Percent from which a line is one that loses."""

FROZEN: Final = 0.1
CUT: Final = 0.1
"""Shares of the time at which a frozen picture or a dead line is the trouble."""


def level(score: float | None) -> int:
    """Bars: 4 satisfied, 3 some are dissatisfied, 2 many are, 1 nearly all; 0 not known."""
    if score is None:
        return 0
    return 1 + sum(score >= step for step in (BAD, SOME_DISSATISFIED, SATISFIED))


def percent(lost: float, packets: float) -> float | None:
    """The share lost in percent, None when there is too little to say."""
    if lost + packets < ENOUGH_PACKETS:
        return None
    return min(100.0, 100 * lost / (lost + packets))


def delay(rtt_ms: float | None, buffer_ms: float | None) -> float:
    """Mouth to ear over one's own line only, in ms: codec, half the round trip, jitter buffer."""
    return OPUS_DELAY_MS + (rtt_ms or 0) / 2 + (buffer_ms or 0)


def buffered(report: Quality) -> float | None:
    """How long voices waited in the jitter buffer, ms: the mean of all of them."""
    waits = [one.voice.buffer_ms for one in report.heard if one.voice]
    return mean(waits)


def mean(values: Iterable[float | None]) -> float | None:
    """Of those that are known."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def lost_up(report: Quality) -> float | None:
    """Loss on the way from me to the node, percent."""
    return percent(report.sent.lost, report.sent.packets) if report.sent else None


def lost_down(report: Quality, lost_by_sender: Mapping[UUID, float]) -> float | None:
    """Loss on the way from the node to me, percent.

    The node passes gaps on, so what came from somebody also lacks what *their* line lost
    (`lost_by_sender`, percent), give or take the chance of so many packets (two standard
    deviations). And my line loses from all alike: whoever came through best shows it.
    """
    shares = [
        max(0.0, share - _theirs(lost_by_sender.get(one.seat, 0.0), sum(_tell(one))))
        for one in report.heard
        if (share := _lost_of(one)) is not None
    ]
    return min(shares) if shares else None


def _theirs(lost: float, packets: int) -> float:
    """The most that a line with this loss is likely to have lost of so many packets, percent."""
    share = min(1.0, lost / 100)
    return 100 * (share + 2 * sqrt(share * (1 - share) / max(1, packets)))


def _tell(one: Heard) -> tuple[int, int]:
    """(lost, came) of the voice; of the picture while the voice is silent.

    Lost pictures are sent again, so they tell less.
    """
    voice, picture = one.voice, one.picture
    if picture and (voice is None or voice.packets + voice.lost < ENOUGH_PACKETS):
        return picture.lost, picture.packets
    return (voice.lost, voice.packets) if voice else (0, 0)


def _lost_of(one: Heard) -> float | None:
    return percent(*_tell(one))


def line_score(
    rtt_ms: float | None, buffer_ms: float | None, up: float | None, down: float | None
) -> float | None:
    """Voice over this line in its worse direction, MOS; None when nothing was measured."""
    if rtt_ms is None and up is None and down is None:
        return None
    return voice_score(delay(rtt_ms, buffer_ms), max(up or 0.0, down or 0.0))


def pictures_score(pictures: Iterable[Picture]) -> float | None:
    """The mean over the pictures that came."""
    return mean(picture_score(picture) for picture in pictures)


def picture_score(picture: Picture) -> float:
    """ITU-T G.1070 for one camera."""
    lost = percent(picture.lost, picture.packets) or 0.0
    return video_score(picture.kbps, picture.fps, lost)


def judge_line(report: Quality, lost_by_sender: Mapping[UUID, float]) -> Verdict:
    """My own line, for its bars."""
    up, down = lost_up(report), lost_down(report, lost_by_sender)
    waited = buffered(report)
    score = line_score(report.rtt_ms, waited, up, down)
    if report.cut_s > CUT * report.seconds:
        return Verdict(level=min(1, level(score)), voice=score, trouble="cut")
    lost = max(up or 0.0, down or 0.0)
    mine = [  # a picture from a line that loses froze there
        one.picture
        for one in report.heard
        if one.picture and lost_by_sender.get(one.seat, 0.0) < LOSES
    ]
    return _verdict(score, delay(report.rtt_ms, waited), lost, mine, report.seconds)


def judge_heard(one: Heard, report: Quality) -> Verdict:
    """What came from one person, for the bars on their tile: what I hear, whoever lost it."""
    missed = _missed(one)
    waited = delay(report.rtt_ms, one.voice.buffer_ms if one.voice else None)
    score = None if missed is None else voice_score(waited, missed)
    pictures = [one.picture] if one.picture else []
    return _verdict(score, waited, missed or 0.0, pictures, report.seconds)


def _missed(one: Heard) -> float | None:
    """Percent of the voice that the ear missed after FEC and jitter buffer, as concealed.

    While somebody is silent, what their packets lost.
    """
    voice = one.voice
    if voice and voice.concealed is not None and voice.packets + voice.lost >= ENOUGH_PACKETS:
        return 100 * voice.concealed
    return _lost_of(one)


def _trouble(
    score: float | None, delay_ms: float, lost: float, pictures: Iterable[Picture], seconds: float
) -> Trouble:
    """What costs most; a frozen picture only counts where the voice is fine."""
    if score is not None and score < SATISFIED:
        return "loss" if equipment(lost) - equipment(0) >= delayed(delay_ms) else "delay"
    stopped = [picture.frozen_s > FROZEN * seconds for picture in pictures]
    return "frozen" if stopped and all(stopped) else ""


def _verdict(
    score: float | None, delay_ms: float, lost: float, pictures: list[Picture], seconds: float
) -> Verdict:
    """Bars are the voice's; four of them beside a frozen picture would be a mockery."""
    trouble = _trouble(score, delay_ms, lost, pictures, seconds)
    bars = level(score)
    return Verdict(
        level=min(bars, 2) if trouble == "frozen" else bars,
        voice=score,
        video=pictures_score(pictures),
        trouble=trouble,
    )
