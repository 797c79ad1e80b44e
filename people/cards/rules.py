"""What is on a card and what a scanner makes of it. Pure.

Own format (design, domain facts §5.2: no national layout of the dynamic code is published):
`v1.<card_ref>.<exp>.<nonce>.<mac>`; 60 s (param), one use, nothing about the person inside.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

VERSION: Final = "v1"
REF_LENGTH: Final = 16  # hexadecimal, 64 bits
MAC_LENGTH: Final = 32  # hexadecimal, 128 bits of HMAC-SHA256
LONGEST: Final = 120  # longer than any code we make
_CODE: Final = re.compile(
    rf"V1\.([0-9A-F]{{{REF_LENGTH}}})\.(\d{{10}})\.([0-9A-F]{{{REF_LENGTH}}})"
    rf"\.([0-9A-F]{{{MAC_LENGTH}}})",
    re.ASCII,
)
_NUMBER: Final = re.compile(r"E\d{15}", re.ASCII)
_DOTS: Final = str.maketrans({"。": "."})


@dataclass(frozen=True, slots=True)
class DynamicCode:
    """What the phone shows, taken apart; nothing of it is believed before the MAC is checked."""

    card_ref: str
    expires: int
    nonce: str
    mac: str

    @property
    def signed(self) -> bytes:
        """What the MAC speaks of."""
        return f"{VERSION}.{self.card_ref}.{self.expires}.{self.nonce}".encode()

    @property
    def text(self) -> str:
        """What the QR says."""
        return f"{self.signed.decode()}.{self.mac}"

    @property
    def expires_at(self) -> datetime:
        """When it ends."""
        return datetime.fromtimestamp(self.expires, UTC)


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """The number on a printed card."""

    card_no: str


def tidy(text: str) -> str:
    """What a scanner typed: full-width letters, 。for a dot, spaces and case put right."""
    plain = unicodedata.normalize("NFKC", text[: 4 * LONGEST]).translate(_DOTS)
    return re.sub(r"[^0-9A-Z.]", "", plain.upper())


def read(text: str) -> DynamicCode | PrintedCard | None:
    """Which code of a health card this is; None for everything else, such as a slip's code."""
    found = tidy(text)
    if len(found) > LONGEST:
        return None
    if dynamic := _CODE.fullmatch(found):
        card_ref, expires, nonce, mac = dynamic.groups()
        return DynamicCode(card_ref, int(expires), nonce, mac)
    if _NUMBER.fullmatch(found) and found == number_of(found[1:14]):
        return PrintedCard(found)
    return None


def number_of(digits: str) -> str:
    """`E`, thirteen digits and their two check digits (ISO/IEC 7064 MOD 97-10)."""
    return f"E{digits}{98 - int(digits) * 100 % 97:02d}"


def new_number() -> str:
    """A card number: random, so it tells neither who nor when."""
    return number_of("".join(secrets.choice("0123456789") for _ in range(13)))


def new_ref() -> str:
    """A random reference or nonce."""
    return secrets.token_hex(REF_LENGTH // 2).upper()


def grouped(card_no: str) -> str:
    """The number in fours, to be read aloud."""
    return " ".join(card_no[n : n + 4] for n in range(0, len(card_no), 4))


def tail_of(text: str) -> str:
    """The last characters of a document as somebody types them."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[^0-9A-Z]", "", plain)
