"""The verbs around a guest: invite, join, leave, remove. Each is safe to repeat."""

import secrets
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from care.encounter.events import GuestJoined, GuestLeft
from care.encounter.guests.access import GuestView, digest, open_link
from care.encounter.guests.models import EncounterGuest
from care.encounter.guests.schemas import GuestIn
from care.encounter.guests.states import EXPECTED, GUEST, GuestStatus
from care.encounter.models import Encounter
from care.encounter.policy import params
from care.encounter.states import OVER, ROOM_OPEN, TALKING
from care.encounter.steps import ids, subject
from core import clock, db, outbox
from core.audit import Who, audit
from core.errors import Conflict, Gone, NotFound
from core.states import advance

MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Invitation:
    """A guest with the link's secret, which is shown once and kept nowhere."""

    guest: EncounterGuest
    link: str


async def invite(who: Who, row: Encounter, entry: GuestIn) -> Invitation:
    """Make a link for one person; the caller has opened the visit. Raises Conflict."""
    if row.status not in TALKING:
        raise Conflict("not_now", "现在没有在看诊,不能请人一起。")
    link, moment = secrets.token_urlsafe(24), clock.now()
    async with db.atomic():
        await Encounter.filter(id=row.id).select_for_update().first()
        here = EncounterGuest.filter(encounter_id=row.id, status__in=list(EXPECTED))
        if await here.count() >= MOST:
            raise Conflict("too_many", f"最多请 {MOST} 个人一起,请先移除一个。")
        guest = await EncounterGuest.create(
            id=uuid4(),
            encounter_id=row.id,
            part=entry.part,
            name=entry.name,
            relation=entry.relation,
            history=entry.history,
            link_sha256=digest(link),
            made_by=who.account_id,
            made_by_name=who.name,
            made_at=moment,
            expires_at=moment + params().guest_link,
        )
        await _write(who, row, guest, "invite")
    return Invitation(guest, link)


async def join(link: str, phone: str) -> GuestView:
    """Come in with the link; it belongs to this phone from now on.

    Raises what `open_link` raises, Conflict `link_used` for another phone, `not_yet` before the
    doctor has called, Gone when the visit is over.
    """
    async with db.atomic():
        view = await open_link(link, lock=True)
        guest, row = view.guest, view.encounter
        if guest.phone_sha256 and guest.phone_sha256 != digest(phone):
            raise Conflict("link_used", "这个链接已经在别的手机上用过了。请让邀请您的人再发一个。")
        if row.status in OVER:
            raise Gone("visit_over", "这次看诊已经结束。")
        if guest.status is GuestStatus.JOINED:
            return view
        if row.status not in ROOM_OPEN:
            raise Conflict("not_yet", "医生还没有开始,请等一会儿再点。")
        await _step(view.who, view, "join", joined_at=clock.now(), phone_sha256=digest(phone))
        event = GuestJoined(**ids(row), guest_id=str(guest.id))
        await outbox.record(event, subject=subject(row.id))
    return view


async def leave(view: GuestView) -> None:
    """The guest goes; the same phone may come back while the visit runs."""
    if view.guest.status is GuestStatus.JOINED:
        await _go(view.who, view, "leave")


async def remove(who: Who, row: Encounter, guest_id: UUID) -> None:
    """Put a guest out, or take an unused link back. Raises NotFound."""
    guest = await EncounterGuest.get_or_none(id=guest_id, encounter_id=row.id)
    if guest is None:
        raise NotFound("not_found", "没有找到这个人。")
    if guest.status in EXPECTED:
        action = "withdraw" if guest.status is GuestStatus.INVITED else "remove"
        await _go(who, GuestView(guest, row), action)


async def _go(who: Who, view: GuestView, action: str) -> None:
    row = view.encounter
    async with db.atomic():
        await _step(who, view, action, ended_at=clock.now(), ended_by_name=who.name[:60])
        event = GuestLeft(**ids(row), guest_id=str(view.guest.id), how=view.guest.status.value)
        await outbox.record(event, subject=subject(row.id))


async def _step(who: Who, view: GuestView, action: str, **changes: Any) -> None:
    await advance(view.guest, GUEST, action, **changes)
    await _write(who, view.encounter, view.guest, action)


async def _write(who: Who, row: Encounter, guest: EncounterGuest, action: str) -> None:
    said = f"{guest.name} {guest.relation}"
    name = subject(row.id)
    await audit(who, f"encounter.guest.{action}", name, patient_id=row.patient_id, reason=said)


async def of(encounter_id: UUID) -> list[EncounterGuest]:
    """Everybody who was asked, in that order."""
    return await EncounterGuest.filter(encounter_id=encounter_id).order_by("made_at", "id")
