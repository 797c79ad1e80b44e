"""The only doors to a guest's place: the link, once; then the phone that opened it.

A wrong key, a removed guest and an id that does not exist are refused alike.
"""

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from care.encounter.guests.models import EncounterGuest
from care.encounter.guests.states import GuestStatus
from care.encounter.models import Encounter
from care.encounter.states import OVER, TALKING
from core import clock
from core.audit import NOBODY
from core.errors import Conflict, Forbidden, Gone, NotFound

LOADED = ("encounter__patient", "encounter__practitioner", "encounter__organization")


def digest(secret: str) -> str:
    """What is kept of a link or of a phone's key."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class GuestWho:
    """A guest as audit and conversation name them: no account, no house."""

    account_id: UUID
    name: str
    organization_id: UUID = NOBODY


@dataclass(frozen=True, slots=True)
class GuestView:
    """A guest's place in a visit; patient, doctor and house are loaded."""

    guest: EncounterGuest
    encounter: Encounter

    @property
    def who(self) -> GuestWho:
        """Whom the audit trail names."""
        return GuestWho(self.guest.id, f"{self.guest.name}({self.guest.relation})")

    @property
    def running(self) -> bool:
        """Whether there is a visit to join."""
        return self.encounter.status in TALKING

    def require_running(self) -> None:
        """Raise Gone when the visit is over, Conflict `left` for one who has left it."""
        if self.encounter.status in OVER:
            raise Gone("visit_over", "这次看诊已经结束。谢谢您陪同。")
        if self.guest.status is not GuestStatus.JOINED:
            raise Conflict("left", "您已经离开了,要回来请点“再进去”。")


async def open_link(link: str, *, lock: bool = False) -> GuestView:
    """What a link leads to. Raises NotFound, Gone `link_expired` when nobody came in time."""
    rows = EncounterGuest.filter(link_sha256=digest(link))
    guest = await (rows.select_for_update() if lock else rows).first()
    if guest is None or guest.status in (GuestStatus.WITHDRAWN, GuestStatus.REMOVED):
        raise NotFound("link_unknown", "这个链接不能用了。请让邀请您的人再发一个。")
    if guest.status is GuestStatus.INVITED and guest.expires_at <= clock.now():
        raise Gone("link_expired", "这个链接过期了。请让邀请您的人再发一个。")
    return await _view(guest)


async def open_place(key: str) -> GuestView:
    """The place of the phone that shows this key (`id.secret`). Raises Forbidden."""
    id, _, secret = key.partition(".")
    try:
        guest = await EncounterGuest.get_or_none(id=UUID(id))
    except ValueError:
        guest = None
    known = guest is not None and bool(guest.phone_sha256)
    if (
        guest is None
        or not known
        or not hmac.compare_digest(guest.phone_sha256, digest(secret))
        or guest.status is GuestStatus.REMOVED
    ):
        raise Forbidden("no_place", "您不在这次看诊里。请让邀请您的人再发一个链接。")
    return await _view(guest)


async def _view(guest: EncounterGuest) -> GuestView:
    row = await Encounter.get(id=guest.encounter_id).select_related(
        "patient", "practitioner", "organization"
    )
    return GuestView(guest, row)
