"""What the house has decided about messages; set once by the composition root."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from core.quiet import Quiet
from notifications.models import Channel


def _rates() -> dict[Channel, float]:
    return {
        Channel.WECHAT: 150.0,
        Channel.OFFICIAL: 50.0,
        Channel.SMS: 20.0,
        Channel.PHONE: 20.0,
    }


@dataclass(frozen=True, slots=True)
class Params:
    """No national numbers exist for these.

    `per_second` is for each channel, of all processes together. `batch`: rows begun in one
    transaction; of WeChat's messages `ahead` batches are begun side by side. `at_once`: open calls
    of a channel. `lease`: so long a process may have a batch. `word`: so long a channel's own word
    about a lost answer is awaited.
    """

    per_second: Mapping[Channel, float] = field(default_factory=_rates)
    closed: frozenset[Channel] = frozenset({Channel.OFFICIAL})
    batch: int = 300
    ahead: int = 3
    at_once: int = 100
    lease: timedelta = timedelta(seconds=60)
    word: timedelta = timedelta(minutes=3)
    quiet: Quiet = field(default_factory=Quiet)


_params = Params()


def configure(decided: Params) -> None:
    """Called when the application is made."""
    global _params
    _params = decided


def params() -> Params:
    """What counts."""
    return _params
