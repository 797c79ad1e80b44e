"""The E-model: how good a voice connection is for talking (ITU-T Rec. G.107, 06/2015).

R = Ro - Is - Id - Ie,eff + A (clause 7.1), here with A = 0, and R to MOS by Annex B. Every
parameter that is not measured has the default value of Table 2 of the Recommendation.

Opus is none of the codecs of ITU-T G.113 Appendix I. Its Ie and Bpl on this narrow-band scale are
those of Alahmadi, Pocta, Melvin: "An Adaptive Bitrate Switching Algorithm for Speech Applications
in Context of WebRTC", ACM TOMM 17(4), article 133, 2021, doi:10.1145/3458751 (Opus NB at 11 kbit/s
CBR, random loss): the best narrow-band working point they measured. Browsers send Opus at 16 kbit/s
and more, so the codec itself is never rated better than it is.
"""

from math import exp, log2, log10, pow, sqrt
from typing import Final

OPUS_IE: Final = 2.030115291
OPUS_BPL: Final = 15.95164784
OPUS_DELAY_MS: Final = 26.5
"""A 20 ms frame and 6.5 ms look-ahead (RFC 6716, section 2)."""

# Defaults of G.107, Table 2: dB, dBm0p, ms.
SLR: Final = 8.0
RLR: Final = 2.0
OLR: Final = SLR + RLR
STMR: Final = 15.0
DS: Final = 3.0
LSTR: Final = 18.0
TELR: Final = 65.0
WEPL: Final = 110.0
QDU: Final = 1.0
NC: Final = -70.0
NFOR: Final = -64.0
PS: Final = 35.0
PR: Final = 35.0

WORST_MOS: Final = 1.0
BEST_MOS: Final = 4.5


def rating(
    delay_ms: float,
    loss_percent: float,
    *,
    ie: float = OPUS_IE,
    bpl: float = OPUS_BPL,
    burst_ratio: float = 1.0,
) -> float:
    """R, 93.2 at best for a perfect codec. `delay_ms` is mouth to ear, one way (Ta).

    `loss_percent` is what the ear misses: lost or too late, and not repaired by FEC.
    """
    return (
        signal_to_noise()
        - simultaneous(delay_ms)
        - delayed(delay_ms)
        - equipment(loss_percent, ie=ie, bpl=bpl, burst_ratio=burst_ratio)
    )


def mos(r: float) -> float:
    """Estimated mean opinion score of conversations, 1 to 4.5 (G.107 Annex B, B-4)."""
    if r <= 0:
        return WORST_MOS
    if r >= 100:
        return BEST_MOS
    return max(WORST_MOS, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def voice_score(delay_ms: float, loss_percent: float) -> float:
    """How good Opus sounds with this delay and loss: MOS 1 to 4.5."""
    return mos(rating(delay_ms, loss_percent))


def equipment(
    loss_percent: float, *, ie: float = OPUS_IE, bpl: float = OPUS_BPL, burst_ratio: float = 1.0
) -> float:
    """Ie,eff: the codec and what is lost of it (7-29). `burst_ratio` 1 is random loss."""
    return ie + (95 - ie) * loss_percent / (loss_percent / burst_ratio + bpl)


def signal_to_noise() -> float:
    """Ro: speech against noise of the rooms and the circuit (7-2)."""
    return 15 - 1.5 * (SLR + _noise())


def _noise() -> float:
    """No, all noises at the 0 dBr point (7-3 to 7-7)."""
    sender = PS - SLR - DS - 100 + 0.004 * (PS - OLR - DS - 14) ** 2
    heard = PR + 10 * log10(1 + 10 ** ((10 - LSTR) / 10))
    receiver = RLR - 121 + heard + 0.008 * (heard - 35) ** 2
    floor = NFOR + RLR
    return 10 * log10(sum(10 ** (level / 10) for level in (NC, sender, receiver, floor)))


def simultaneous(delay_ms: float = 0.0) -> float:
    """Is: what comes together with the voice: loudness, sidetone, quantizing (7-8 to 7-17)."""
    return _loudness() + _sidetone(delay_ms) + _quantizing()


def _loudness() -> float:
    excess = OLR + 0.2 * (64 + _noise() - RLR)
    return 20 * (pow(1 + (excess / 8) ** 8, 1 / 8) - excess / 8)


def _sidetone(delay_ms: float) -> float:
    stmro = -10 * log10(10 ** (-STMR / 10) + exp(-delay_ms / 4) * 10 ** (-TELR / 10))
    return (
        12 * pow(1 + ((stmro - 13) / 6) ** 8, 1 / 8)
        - 28 * pow(1 + ((stmro + 1) / 19.4) ** 35, 1 / 35)
        - 13 * pow(1 + ((stmro - 3) / 33) ** 13, 1 / 13)
        + 29
    )


def _quantizing() -> float:
    q = 37 - 15 * log10(QDU)
    g = 1.07 + 0.258 * q + 0.0602 * q**2
    y = (signal_to_noise() - 100) / 15 + 46 / 8.4 - g / 9
    z = 46 / 30 - g / 40
    return 15 * log10(1 + 10**y + 10**z)


def delayed(delay_ms: float) -> float:
    """Id: echo at both ends and the delay itself (7-18 to 7-28); T = Ta, Tr = 2 Ta."""
    return _talker_echo(delay_ms) + _listener_echo(2 * delay_ms) + _too_long(delay_ms)


def _talker_echo(delay_ms: float) -> float:
    terv = (
        TELR - 40 * log10((1 + delay_ms / 10) / (1 + delay_ms / 150)) + 6 * exp(-0.3 * delay_ms**2)
    )
    lost = (-1.5 * (_noise() - RLR)) - (80 + 2.5 * (terv - 14))
    return (lost / 2 + sqrt(lost**2 / 4 + 100) - 1) * (1 - exp(-delay_ms))


def _listener_echo(round_trip_ms: float) -> float:
    rle = 10.5 * (WEPL + 7) * pow(round_trip_ms + 1, -0.25)
    lost = signal_to_noise() - rle
    return lost / 2 + sqrt(lost**2 / 4 + 169)


def _too_long(delay_ms: float) -> float:
    if delay_ms <= 100:
        return 0.0
    x = log2(delay_ms / 100)
    return 25 * (pow(1 + x**6, 1 / 6) - 3 * pow(1 + (x / 3) ** 6, 1 / 6) + 2)
