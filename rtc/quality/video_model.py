"""How good a picture is: the video quality estimation of ITU-T Rec. G.1070 (06/2018), clause 11.2.

Vq = 1 + Icoding x Itransmission, from bit rate, frame rate and the share of packets lost for
good. The coefficients v1 to v12 are the Recommendation's provisional set #5 (H.264, VGA, 9.2-inch
screen).

Its limits, and why it stands *beside* the voice score and never replaces it:
- the coefficients were fitted to encoders of that time; VP8 and today's H.264 look better at the
  same rate, and a still face needs less than the moving scenes of the test. A good picture of
  800 kbit/s is rated 3.7, and nothing is rated above 4.5;
- the size of the picture does not enter. It is remembered next to the score;
- freezes do not enter as such: a frozen picture is a low frame rate. They are remembered as well.
"""

from math import exp, log, pow
from typing import Final

V1: Final = 5.517
V2: Final = 0.0129
V3: Final = 3.459
V4: Final = 178.53
V5: Final = 1.02
V6: Final = 1.15
V7: Final = 3.55e-4
V8: Final = 0.114
V9: Final = 513.77
V10: Final = 0.736
V11: Final = -6.451
V12: Final = 13.684
FASTEST: Final = 30.0


def video_score(kbps: float, frames_per_second: float, loss_percent: float = 0.0) -> float:
    """Vq, 1 to 5. `loss_percent` counts packets that no retransmission brought."""
    if kbps <= 0 or frames_per_second <= 0:
        return 1.0
    return 1 + coding(kbps, frames_per_second) * transmission(kbps, frames_per_second, loss_percent)


def coding(kbps: float, frames_per_second: float) -> float:
    """Icoding, 0 to 4 (11-2 to 11-5): what the encoder could do with this rate."""
    best_rate = min(FASTEST, max(1.0, V1 + V2 * kbps))
    at_best = V3 - V3 / (1 + pow(kbps / V4, V5))
    tolerance = V6 + V7 * kbps
    miss = log(frames_per_second) - log(best_rate)
    return at_best * exp(-(miss**2) / (2 * tolerance**2))


def transmission(kbps: float, frames_per_second: float, loss_percent: float) -> float:
    """Itransmission, 0 to 1 (11-6, 11-7): what loss leaves of it."""
    robustness = V10 + V11 * exp(-frames_per_second / V8) + V12 * exp(-kbps / V9)
    return exp(-loss_percent / robustness)
