"""The life of a card."""

from enum import StrEnum
from typing import Final


class CardStatus(StrEnum):
    """active: reads at every desk; lost: given up for a new one, reads nowhere."""

    ACTIVE = "active"
    LOST = "lost"


CARD: Final = {(CardStatus.ACTIVE, "lose"): CardStatus.LOST}
