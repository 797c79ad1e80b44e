"""A call in one row: what of its samples the county keeps. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from rtc.quality.models import QualitySample
from rtc.quality.scoring import BAD, CUT

TYPICAL: Final = (
    "rtt_ms",
    "jitter_ms",
    "loss_up",
    "loss_down",
    "kbps_up",
    "kbps_down",
    "concealed",
    "voice_score",
    "video_score",
)


def is_bad(sample: QualitySample) -> bool:
    """Nearly all would complain (G.107 Table B.1), or the line was away for a tenth of the time."""
    if sample.cut_s > CUT * sample.seconds:
        return True
    return sample.voice_score is not None and sample.voice_score < BAD


def summed_up(samples: Sequence[QualitySample]) -> dict[str, Any]:
    """The fields of a CallQuality that its samples decide; at least one sample."""
    largest = max(samples, key=lambda one: one.width * one.height)
    scores = [one.voice_score for one in samples if one.voice_score is not None]
    whole = {name: _typical(samples, name) for name in TYPICAL}
    for name in ("kbps_up", "kbps_down"):
        whole[name] = None if whole[name] is None else round(whole[name])
    return {
        "began_at": min(one.at for one in samples),
        "ended_at": max(one.at for one in samples),
        "seconds": sum(one.seconds for one in samples),
        "bad_s": sum(one.seconds for one in samples if is_bad(one)),
        "relayed_s": sum(one.seconds for one in samples if one.path == "relayed"),
        "cut_s": sum(one.cut_s for one in samples),
        "protocol": _usual(one.protocol for one in samples if one.protocol),
        "worst_score": min(scores, default=None),
        "codec": largest.codec,
        "width": largest.width,
        "height": largest.height,
        "freezes": sum(one.freezes for one in samples),
        "frozen_s": sum(one.frozen_s for one in samples),
        **whole,
    }


def _typical(samples: Sequence[QualitySample], name: str) -> Any:
    known = ((getattr(one, name), one.seconds) for one in samples)
    return median((value, seconds) for value, seconds in known if value is not None)


def median(weighed: Iterable[tuple[float, float]]) -> float | None:
    """The value that half of the time was at or below; `weighed` are (value, seconds)."""
    known = sorted(weighed)
    half = sum(seconds for _, seconds in known) / 2
    passed = 0.0
    for value, seconds in known:
        passed += seconds
        if passed >= half:
            return value
    return None


def _usual(words: Iterable[str]) -> str:
    counted = Counter(words).most_common(1)
    return counted[0][0] if counted else ""
