"""The agreement's words, by version."""

from pathlib import Path
from typing import Final

from core import texts
from core.errors import FieldError, Invalid

TEXTS: Final = Path(__file__).with_name("texts")
KIND: Final = "contract"


def agreement() -> texts.Text:
    """The words to agree to today."""
    return texts.current(TEXTS, KIND)


def agreement_of(version: str) -> texts.Text:
    """The words of a contract that was asked for earlier."""
    return texts.version_of(TEXTS, KIND, version)


def require_read(version: str) -> texts.Text:
    """The text that was agreed to. Raises Invalid for other words than today's (诊疗办法 art. 17:
    content, flow, duties and risks are told before signing)."""
    text = agreement()
    if version != text.version:
        sentence = f"请先看过并同意《{text.title}》。"
        raise Invalid("consents", sentence, errors=[FieldError("consents", sentence)])
    return text
