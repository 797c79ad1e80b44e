"""How names sound: pinyin and its initials, so that a drug is found by what one types quickest."""

import functools
import unicodedata
from collections.abc import Callable


@functools.cache
def _reader() -> Callable[[str], list[str]]:
    """Loaded at the first name that is read: the dictionary takes a moment and some memory."""
    from pypinyin import Style, lazy_pinyin

    return functools.partial(lazy_pinyin, style=Style.NORMAL)


def tidy(words: str) -> str:
    """Full-width letters, capitals and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", words).split()).lower()


def pinyin(name: str) -> str:
    """二甲双胍片: erjiashuangguapian. Letters and digits stay, signs go."""
    return "".join(_syllables(name))


def initials(name: str) -> str:
    """二甲双胍片: ejsgp."""
    return "".join(syllable[0] for syllable in _syllables(name))


def _syllables(name: str) -> list[str]:
    found = []
    for syllable in _reader()(unicodedata.normalize("NFKC", name)):
        plain = "".join(letter for letter in syllable.lower() if letter.isascii())
        if letters := "".join(letter for letter in plain if letter.isalnum()):
            found.append(letters)
    return found


@functools.lru_cache(maxsize=20_000)
def of(*names: str) -> tuple[str, str]:
    """Initials and pinyin of these names, each joined by a space; cut to what is stored."""
    spoken = [name for name in names if name]
    return (
        " ".join(map(initials, spoken))[:80],
        " ".join(map(pinyin, spoken))[:255],
    )
