"""The words patients sign: released versions, pinned by `SHA256SUMS` (see `core.texts`)."""

from pathlib import Path
from typing import Final

from core import texts
from core.texts import Text, TextChanged, load

__all__ = ["HERE", "Text", "TextChanged", "current", "load", "version_of"]

HERE: Final = Path(__file__).parent


def current(kind: str) -> Text:
    """The newest text of a kind. Raises KeyError."""
    return texts.current(HERE, kind)


def version_of(kind: str, version: str) -> Text:
    """One released text. Raises KeyError."""
    return texts.version_of(HERE, kind, version)
