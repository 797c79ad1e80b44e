"""Who gets how much of one receiver's line. Pure: numbers in, layers out.

Voice comes first: it is never refused, and video gets what it leaves. Then a shared screen, then
who speaks, then the others alike: everybody's smallest picture before anybody's larger one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rtc.signals import Source

VOICE: Final = 36_000.0  # bit/s kept for each voice: 24 kbit/s of Opus in packets of 40 ms
FLOOR: Final[dict[Source, float]] = {"screen": 150_000.0, "camera": 120_000.0, "microphone": 0.0}
"""The least of a video that is sent in one size only: below it the picture is no use."""
SPARE: Final = 0.9  # of the line that a step up may fill
SOME: Final = 0.95  # the same for a picture instead of none
STAY: Final = 1.1  # of the line that what is shown may take: rates are never quite what they were


@dataclass(frozen=True)
class Demand:
    """One video that a receiver could be sent.

    `rates` are those of its layers that flow, smallest first, in bit/s. `elastic`: there is only
    one, and its sender can be asked for as little as `rates[0]` and as much as `most`.
    """

    source: Source
    rates: tuple[float, ...]
    speaking: bool = False
    elastic: bool = False
    most: float = 0.0


@dataclass(frozen=True)
class Grant:
    """What a video gets: the number of its layer, -1 for a pause, and the bit/s that may take."""

    layer: int
    rate: float = 0.0


def rank(demand: Demand) -> int:
    """Who goes first."""
    return 0 if demand.source == "screen" else 1 if demand.speaking else 2


def choose(
    line: float,
    voices: int,
    demands: Sequence[Demand],
    shown: Sequence[int],
    may_rise: Sequence[bool],
) -> list[Grant]:
    """What to show instead of these layers: less where the line is too full, more where it may."""
    roomy = allocate(line * STAY, voices, demands)
    tight = allocate(line * SPARE, voices, demands)
    some = allocate(line * SOME, voices, demands)
    found = []
    for at, may, most, least, any_ in zip(shown, may_rise, roomy, tight, some, strict=True):
        if at < 0 and least.layer < 0:
            least = any_
        wanted = min(max(at, least.layer), most.layer)
        if wanted > at and not may:
            wanted = at
        found.append(Grant(wanted, (least if least.layer >= 0 else most).rate))
    return found


def allocate(line: float, voices: int, demands: Sequence[Demand]) -> list[Grant]:
    """Divide a line of so many bit/s; the answer is in the order of the demands."""
    left = line - voices * VOICE
    order = sorted(range(len(demands)), key=lambda n: rank(demands[n]))
    layers = [-1] * len(demands)
    rates = [0.0] * len(demands)
    for n in order:
        if demands[n].rates and demands[n].rates[0] <= left:
            layers[n], rates[n] = 0, demands[n].rates[0]
            left -= rates[n]
    for place in (0, 1, 2):
        alike = [n for n in order if rank(demands[n]) == place and layers[n] >= 0]
        left = _improve(demands, alike, layers, rates, left)
    return [Grant(layer, rate) for layer, rate in zip(layers, rates, strict=True)]


def _improve(
    demands: Sequence[Demand],
    alike: Sequence[int],
    layers: list[int],
    rates: list[float],
    left: float,
) -> float:
    """Larger pictures for those of one rank, one step for each in turn."""
    stretching = [n for n in alike if demands[n].elastic]
    for count, n in enumerate(stretching):
        more = min(max(0.0, demands[n].most - rates[n]), left / (len(stretching) - count))
        rates[n] += more
        left -= more
    rising = [n for n in alike if not demands[n].elastic]
    while rising:
        risen = []
        for n in rising:
            steps = demands[n].rates
            if layers[n] + 1 < len(steps) and steps[layers[n] + 1] - rates[n] <= left:
                left -= steps[layers[n] + 1] - rates[n]
                layers[n] += 1
                rates[n] = steps[layers[n]]
                risen.append(n)
        rising = risen
    return left
