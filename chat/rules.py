"""Pure decisions of conversations."""

from datetime import datetime, timedelta
from typing import Final

RECALL_WITHIN: Final = timedelta(minutes=2)
LONGEST_TEXT: Final = 4000
PAGE: Final = 200


def may_recall(*, said_at: datetime, asked_at: datetime) -> bool:
    """Whether the author may still take a message back from the screens."""
    return asked_at - said_at <= RECALL_WITHIN
