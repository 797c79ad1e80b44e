"""A health card that a machine has read: it says whose a measurement is, and opens nothing.

A desk that reads a card gets to see a record, so a phone's code works there once and a printed
number wants a document. A blood pressure monitor only adds to a record, several times in a row.
"""

import hmac
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core import crypto
from core.errors import Gone, Invalid
from people.cards import rules
from people.cards.models import HealthCard
from people.cards.states import CardStatus
from people.links import survivor

SLACK: Final = timedelta(minutes=10)
"""Between the scan and the last value of a round: sitting down, resting, measuring twice."""


async def holder(text: str, *, at: datetime) -> UUID:
    """Whose card a machine has read, with a value of `at`. Raises Invalid for what is no card of
    ours, Gone for a code whose time was over and for a card that was given up."""
    code = rules.read(text)
    if isinstance(code, rules.DynamicCode):
        mac = crypto.keyring().mac("health-card", code.signed)[: rules.MAC_LENGTH].upper()
        if not hmac.compare_digest(mac, code.mac):
            raise Invalid("not_a_card", "这不是本县健康卡的码。")
        if not code.expires_at - SLACK <= at <= code.expires_at + SLACK:
            raise Gone("code_expired", "扫的健康卡码已经过期。")
        card = await HealthCard.get_or_none(card_ref=code.card_ref)
    elif isinstance(code, rules.PrintedCard):
        card = await HealthCard.get_or_none(card_no=code.card_no)
    else:
        raise Invalid("not_a_card", "这不是本县健康卡的码。")
    if card is None:
        raise Invalid("unknown_card", "没有这个健康卡号。")
    if card.status is not CardStatus.ACTIVE:
        raise Gone("card_lost", "这张健康卡已经挂失换新。")
    return await survivor(card.patient_id)
