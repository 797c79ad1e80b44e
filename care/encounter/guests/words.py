"""Guests in the words of pages."""

from typing import Final

from care.encounter.guests.models import EncounterGuest, Part
from care.encounter.guests.states import GuestStatus
from core import clock

PARTS: Final[dict[Part, str]] = {Part.FAMILY: "家属", Part.INTERPRETER: "翻译"}
STATUS: Final[dict[GuestStatus, tuple[str, str]]] = {
    GuestStatus.INVITED: ("waiting", "等对方打开链接"),
    GuestStatus.JOINED: ("progress", "在一起"),
    GuestStatus.LEFT: ("neutral", "自己离开了"),
    GuestStatus.REMOVED: ("neutral", "已移除"),
    GuestStatus.WITHDRAWN: ("neutral", "链接已收回"),
}
EXPIRED: Final = ("neutral", "链接过期了")


def status_of(guest: EncounterGuest) -> tuple[str, str]:
    """Badge and words; an unopened link runs out by itself."""
    if guest.status is GuestStatus.INVITED and guest.expires_at <= clock.now():
        return EXPIRED
    return STATUS[guest.status]


def inviter(guest: EncounterGuest, doctor: str) -> str:
    """Who asked: the doctor by name, else the patient's side; accounts have no name."""
    return f"{doctor}医生" if guest.made_by_name == doctor else "病人"


def title(guest: EncounterGuest) -> str:
    """王强(儿子,家属), as the conversation announces somebody."""
    part = PARTS[guest.part]
    more = part if guest.relation == part else f"{guest.relation},{part}"
    return f"{guest.name}({more})"
