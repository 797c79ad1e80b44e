"""The life of a link between two records."""

from enum import StrEnum
from typing import Final


class LinkStatus(StrEnum):
    """active: two records read as one person; undone: they are two people again."""

    ACTIVE = "active"
    UNDONE = "undone"


LINK: Final = {(LinkStatus.ACTIVE, "unmerge"): LinkStatus.UNDONE}
