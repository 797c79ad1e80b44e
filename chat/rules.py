"""Pure decisions of conversations."""

import unicodedata
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


def folded(text: str) -> str:
    """The text as searches compare it: full-width as half-width, capitals as small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


KEEP_AT_LEAST: Final = timedelta(days=3 * 366)
"""互联网诊疗监管细则(试行) 2022: text, pictures, sound and video of a visit, 3 years at least."""


def may_forget(
    *,
    closed_at: datetime | None,
    last_said_at: datetime,
    held: bool,
    keep: timedelta,
    now: datetime,
) -> bool:
    """Whether a conversation may be deleted: over, not held, and older than `keep`.

    The time counts from the end or from the last word, whichever is later. `keep` below three
    years counts as three years (互联网诊疗监管细则); a legal hold stops the clock.
    """
    if closed_at is None or held:
        return False
    return now - max(closed_at, last_said_at) > max(keep, KEEP_AT_LEAST)
