"""The six digits against which a parcel is given: worked out from the parcel, kept nowhere.

They open nothing by themselves: who gives the parcel has it in hand, and a parcel is given once.
"""

import hmac
from typing import Final
from uuid import UUID

from core.crypto import keyring
from core.errors import FieldError, Invalid

PURPOSE: Final = "parcel-code"
DIGITS: Final = 6
WRONG: Final = "收药码不对:6 位数字,请照着手机上的再输一次。"


def code_of(parcel_id: UUID) -> str:
    """What the resident's phone shows, once the parcel has left the house."""
    return f"{int(keyring().mac(PURPOSE, parcel_id.bytes), 16) % 10**DIGITS:0{DIGITS}}"


def check(parcel_id: UUID, text: str) -> None:
    """Raise Invalid unless `text` is the parcel's code, however it is spaced. Count the tries."""
    said = "".join(sign for sign in text if sign.isdigit())
    if not hmac.compare_digest(code_of(parcel_id), said):
        raise Invalid("code", WRONG, errors=[FieldError("code", WRONG)])
