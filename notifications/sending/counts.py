"""Attempts by channel and end, for `/metrics`."""

from collections import Counter as Counted
from collections.abc import Iterable
from typing import Final

from prometheus_client import Counter

from notifications.models import Channel
from notifications.states import Delivery

ATTEMPTS: Final = Counter(
    "doorstep_messages_total", "Attempts to bring a message, by their end", ["channel", "end"]
)


def count(channel: Channel, ends: Iterable[Delivery]) -> None:
    """So many attempts of a channel ended so."""
    for end, times in Counted(ends).items():
        ATTEMPTS.labels(channel.value, end.value).inc(times)
