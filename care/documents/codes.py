"""Verification codes: what is printed on a paper and asked for on the public page.

Sixteen letters and digits, 80 bits of an HMAC over kind, subject and version: nobody can guess
one, and making a paper again gives the same code, so a repeated reaction does no harm.
"""

import base64
import re
from typing import Final
from uuid import UUID

from core import crypto
from core.qr import qr_svg

_LENGTH: Final = 16
_FOLD: Final = str.maketrans({"0": "O", "1": "I", "8": "B"})


def code_of(kind: str, subject_id: UUID, version: int) -> str:
    """The code of one version of one document."""
    mac = crypto.keyring().mac("document-code", f"{kind}|{subject_id}|{version}".encode())
    return base64.b32encode(bytes.fromhex(mac)).decode()[:_LENGTH]


def normalised(typed: str) -> str:
    """A code as it was typed or scanned: spaces, dashes and case do not matter, and 0, 1 and 8,
    which no code holds, are read as the letters they look like."""
    return re.sub(r"[^A-Z2-7]", "", typed.upper().translate(_FOLD))[:_LENGTH]


def grouped(code: str) -> str:
    """The code in fours, to be read over the phone."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def verification(code: str, base_url: str) -> dict[str, str]:
    """What a paper prints of its code: in fours, where to type it, and as a QR that leads there."""
    return {
        "code": grouped(code),
        "verify_address": f"{base_url}/verify",
        "qr": qr_svg(f"{base_url}/verify/{code}"),
    }
