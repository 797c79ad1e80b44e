"""The code on the door of a waiting area: who scans it is there, and checks in without a desk.

It says only "this department of this house" and comes from the house's key, so there is nothing to
store and nothing to guess. It hangs on paper at the door: a photograph of it gains nobody
anything, because the queue goes by booked time and who does not answer a call is passed over.
"""

import hashlib
import hmac
from typing import Final
from uuid import UUID

from booking.models import Schedule
from booking.places import ALPHABET
from core import crypto

LENGTH: Final = 8


def code_of(organization_id: UUID, department: str) -> str:
    """What the QR at this door holds; short enough to be typed."""
    mac = crypto.keyring().mac("booking-door", f"{organization_id}/{department}".encode())
    number = int.from_bytes(hashlib.sha256(mac.encode()).digest())
    letters = []
    for _ in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)


def opens(code: str, schedule: Schedule) -> bool:
    """Whether this code, scanned or typed, hangs where the schedule's patients wait."""
    typed = "".join(letter for letter in code.upper() if letter.isalnum() and letter.isascii())
    wanted = code_of(schedule.organization_id, schedule.department)
    return hmac.compare_digest(typed, wanted)
