"""Pure decisions of conversations."""

from datetime import datetime, timedelta
from typing import Final

RECALL_WITHIN: Final = timedelta(minutes=2)
LONGEST_TEXT: Final = 4000
PAGE: Final = 200
LONGEST_VOICE: Final = timedelta(seconds=60)
SHORTEST_VOICE: Final = timedelta(milliseconds=300)
VOICE_SLACK: Final = timedelta(milliseconds=1500)  # a browser stops a little late


def may_recall(*, said_at: datetime, asked_at: datetime) -> bool:
    """Whether the author may still take a message back from the screens."""
    return asked_at - said_at <= RECALL_WITHIN


def length_in_words(milliseconds: int) -> str:
    """0:07, 1:00: minutes and full seconds, never 0:00."""
    seconds = max(1, round(milliseconds / 1000))
    return f"{seconds // 60}:{seconds % 60:02d}"
