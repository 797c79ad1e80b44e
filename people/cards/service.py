"""Issue a card, show its code, give a lost one up, and read one at a desk.

Whether `who` may act for the person has been decided by the caller's door (staff:
`access.open_patient`; residents: their own). Every act is audited. Reading a card is presenting
it: the institution may open the record for a while, as with a document.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, crypto, db
from core.audit import Who, audit, refused
from core.errors import Conflict, FieldError, Gone, Invalid, NotFound
from core.rows import rows_by
from core.states import advance
from people import access
from people.actor import Actor, Role
from people.cards import alerts, printed, rules
from people.cards.models import HealthCard, UsedCode
from people.cards.states import CARD, CardStatus
from people.links import same_person, survivor
from people.models import Patient
from people.policy import policy

DESKS: Final = access.BY_GRANT | {Role.SCHEDULER}
"""Who reads cards: those who open records, and the outpatient office, which opens none."""


@dataclass(frozen=True, slots=True)
class Card:
    """A person's live card as it may be shown."""

    card_no: str
    issued_at: datetime

    @property
    def grouped(self) -> str:
        """The number in fours."""
        return rules.grouped(self.card_no)


@dataclass(frozen=True, slots=True)
class Code:
    """What the phone shows until `expires_at`; a new one is fetched at `refresh_at`."""

    qr_text: str
    expires_at: datetime
    refresh_at: datetime


async def issue(who: Who, patient_id: UUID) -> Card:
    """The person's card; made when there is none. A repeat gives the same. Raises NotFound."""
    if (known := await _live(patient_id)) is None:
        try:
            async with db.atomic():
                known = await _make(who, await survivor(patient_id))
        except IntegrityError:  # somebody issued it at the same moment
            known = await _live(patient_id)
    if known is None:
        raise _nobody()
    return _shown(known)


async def card_of(patient_id: UUID) -> Card | None:
    """The person's live card, if there is one. No door, no trace: for pages behind a door."""
    found = await _live(patient_id)
    return _shown(found) if found else None


async def dynamic_code(who: Who, patient_id: UUID) -> Code:
    """A fresh code for the phone. Raises NotFound `no_health_card`."""
    card = await _live(patient_id)
    if card is None:
        raise NotFound("no_health_card", "还没有领健康卡,请先领取。")
    moment, house = clock.now(), policy()
    expires = int((moment + house.card_code).timestamp())
    unsigned = rules.DynamicCode(card.card_ref, expires, rules.new_ref(), "")
    code = rules.DynamicCode(card.card_ref, expires, unsigned.nonce, _mac(unsigned))
    await audit(who, "health_card.show", f"HealthCard/{card.id}", patient_id=card.patient_id)
    return Code(code.text, code.expires_at, moment + house.card_refresh)


async def rotate(who: Who, patient_id: UUID, reason: str, *, card_no: str | None = None) -> Card:
    """The card is lost: its number and its codes die, and the same person gets a new one.

    With `card_no`, only that card: Conflict when it is no longer the live one.
    """
    ids = await same_person(patient_id)
    async with db.atomic():
        if await Patient.filter(id=ids[0]).select_for_update().only("id").first() is None:
            raise _nobody()
        cards = await HealthCard.filter(patient_id__in=ids, status=CardStatus.ACTIVE)
        if card_no is not None and card_no not in {card.card_no for card in cards}:
            raise Conflict("card_changed", "这张卡刚刚已经换过了,请刷新页面看新的卡号。")
        for card in cards:
            await advance(card, CARD, "lose", lost_at=clock.now(), lost_reason=reason[:200])
            await audit(
                who,
                "health_card.lose",
                f"HealthCard/{card.id}",
                patient_id=card.patient_id,
                reason=reason,
            )
        return _shown(await _make(who, ids[0]))


async def resolve(actor: Actor, text: str, *, place: str, document: str = "") -> UUID:
    """Whose card this is, at a desk. A phone's code opens once; a printed card needs `document`,
    the last four characters of what the person shows.

    Raises Invalid (no card at all, or `document_needed`, `document_differs`), Forbidden
    `code_forged`, Gone `code_expired` or `card_lost`, Conflict `code_used`, TooMany.
    """
    actor.require(*DESKS)
    code = rules.read(text)
    if code is None:
        raise not_a_card()
    if isinstance(code, rules.PrintedCard):
        return await _resolve_printed(actor, code, place, document)
    return await _resolve_dynamic(actor, code, place)


def not_a_card() -> Invalid:
    """The text is no health card."""
    sentence = "这不是健康卡的码,请重新扫,或者看证件。"
    return Invalid("not_a_card", sentence, errors=[FieldError("code", sentence)])


async def _resolve_dynamic(actor: Actor, code: rules.DynamicCode, place: str) -> UUID:
    if not hmac.compare_digest(_mac(code), code.mac):
        raise await alerts.forged(actor, place)
    subject = f"CardCode/{code.nonce}"
    if code.expires_at <= clock.now():
        late = Gone("code_expired", "这个码已过期,请居民刷新健康卡,重新出示。")
        raise refused(late, actor, "health_card.scan", subject, reason=place)
    async with db.atomic():
        try:
            await UsedCode.create(nonce=code.card_ref + code.nonce, expires_at=code.expires_at)
        except IntegrityError:
            again = Conflict("code_used", "这个码已经用过一次,请居民刷新健康卡,重新出示。")
            raise refused(again, actor, "health_card.scan", subject, reason=place) from None
        card = await HealthCard.get_or_none(card_ref=code.card_ref)
        return await _admit(actor, card, place, "code")


async def _resolve_printed(
    actor: Actor, code: rules.PrintedCard, place: str, document: str
) -> UUID:
    card = await HealthCard.get_or_none(card_no=code.card_no)
    if card is None:
        sentence = "没有这个健康卡号,请核对后再试。"
        raise refused(
            Invalid("unknown_card", sentence, errors=[FieldError("code", sentence)]),
            actor,
            "health_card.scan",
            "HealthCard/unknown",
            reason=place,
        )
    if card.status is CardStatus.ACTIVE:
        await printed.require_document(actor, card, document)
    async with db.atomic():
        return await _admit(actor, card, place, "printed")


async def _admit(actor: Actor, card: HealthCard | None, place: str, how: str) -> UUID:
    """Let the institution in, and write down where it was shown."""
    if card is None or card.status is not CardStatus.ACTIVE:
        gone = Gone("card_lost", "这张卡已经挂失换新,不能再用。请居民出示新卡,或者看证件。")
        subject = f"HealthCard/{card.id}" if card else "HealthCard/unknown"
        whose = card.patient_id if card else None
        raise refused(gone, actor, "health_card.scan", subject, patient_id=whose, reason=place)
    patient_id = await survivor(card.patient_id)
    if actor.has(*access.BY_GRANT):
        await access.presented(actor, patient_id)
    await audit(
        actor,
        "health_card.scan",
        f"HealthCard/{card.id}",
        patient_id=patient_id,
        reason=f"{place} ({how})",
    )
    return patient_id


async def forget_old() -> int:
    """Delete used codes whose time is over: the clock refuses them by itself."""
    return await UsedCode.filter(expires_at__lt=clock.now()).delete()


def _mac(code: rules.DynamicCode) -> str:
    return crypto.keyring().mac("health-card", code.signed)[: rules.MAC_LENGTH].upper()


async def _live(patient_id: UUID) -> HealthCard | None:
    """The survivor's own card first; after a merge two may be in people's hands."""
    ids = await same_person(patient_id)
    for one in ids:
        for card in await _cards.ask(one):
            if card.status is CardStatus.ACTIVE:
                return card
    return None


_cards: Final = rows_by(HealthCard, "patient_id")


async def _make(who: Who, patient_id: UUID) -> HealthCard:
    if not await Patient.exists(id=patient_id):
        raise _nobody()
    card = await HealthCard.create(
        id=uuid4(),
        patient_id=patient_id,
        card_no=rules.new_number(),
        card_ref=rules.new_ref(),
        issued_at=clock.now(),
        issued_by=who.account_id,
    )
    await audit(who, "health_card.issue", f"HealthCard/{card.id}", patient_id=patient_id)
    return card


def _shown(card: HealthCard) -> Card:
    return Card(card.card_no, card.issued_at)


def _nobody() -> NotFound:
    return NotFound("patient_not_found", "没有找到这位居民。")
