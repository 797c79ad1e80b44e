"""A notification of WeChat Pay: whose it is, how old, and what it says.

The same fact may come many times, late, and after a later one: `key` names the fact, so that the
caller can lock, look at its own state, compare the amount and only then act.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError
from wechatpayv3.async_.utils import aes_decrypt

from core.errors import Problem
from wechat.pay.platform_keys import forged
from wechat.pay.schemas import Envelope, Refund, Transaction
from wechat.settings import Merchant

ALGORITHM: Final = "AEAD_AES_256_GCM"
LARGEST: Final = 64 * 1024
TAKEN: Final = 204


@dataclass(frozen=True, slots=True)
class Notification:
    """One notice. It speaks of a payment or of a refund; `id` is WeChat's name for the notice."""

    id: str
    event_type: str
    created_at: datetime
    transaction: Transaction | None = None
    refund: Refund | None = None

    @property
    def key(self) -> str:
        """What to de-duplicate by: the fact, whichever notice brings it."""
        fact = self.transaction or self.refund
        return fact.key if fact else f"notice:{self.id}"


def open_notification(merchant: Merchant, raw: bytes) -> Notification:
    """Open a notification whose signature was verified. Raises Forged."""
    try:
        envelope = Envelope.model_validate_json(raw)
        content = _open(merchant, envelope)
        return _read(merchant, envelope, content)
    except (ValidationError, ValueError, TypeError):
        raise forged("content") from None


def _open(merchant: Merchant, envelope: Envelope) -> dict[str, Any]:
    sealed = envelope.resource
    if envelope.resource_type != "encrypt-resource" or sealed.algorithm != ALGORITHM:
        raise forged("algorithm")
    plain = aes_decrypt(
        nonce=sealed.nonce,
        ciphertext=sealed.ciphertext,
        associated_data=sealed.associated_data,
        apiv3_key=merchant.api_key,
    )
    content = json.loads(plain) if plain else None
    if not isinstance(content, dict):
        raise forged("sealed content")
    return content


def _read(merchant: Merchant, envelope: Envelope, content: dict[str, Any]) -> Notification:
    if content.get("mchid") != merchant.merchant_id:
        raise forged("another merchant")
    transaction, refund = None, None
    if envelope.event_type.startswith("TRANSACTION."):
        transaction = Transaction.model_validate(content)
        if transaction.appid != merchant.app_id:
            raise forged("another app")
    elif envelope.event_type.startswith("REFUND."):
        refund = Refund.model_validate(content | {"status": content.get("refund_status")})
    return Notification(envelope.id, envelope.event_type, envelope.create_time, transaction, refund)


def refusal(problem: Problem) -> tuple[int, Mapping[str, str]]:
    """Status and JSON with which to answer a notification that is not taken; WeChat repeats it."""
    status = problem.status if problem.status >= 400 else 500
    return status, {"code": "FAIL", "message": problem.detail}
