"""What stands on pages about results."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from care.laboratory.states import Status

STATUSES: Final[Mapping[Status, tuple[str, str]]] = {
    Status.FINAL: ("done", "有效"),
    Status.CORRECTED: ("done", "有效(更正过)"),
    Status.REPLACED: ("neutral", "已被更正"),
    Status.ENTERED_IN_ERROR: ("returned", "记错"),
}
"""A badge of the design system, and its word."""


def day(on: date) -> str:
    """2026年11月3日: results reach back over years."""
    return f"{on.year}年{on.month}月{on.day}日"
