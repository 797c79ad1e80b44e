"""Write down what a patient's people are to be told; channels follow by event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from core import clock
from core.outbox import record
from notifications.events import CommunicationWritten
from notifications.models import Communication
from people.residents.access import accounts_of
from people.residents.models import Scope

Word = str | int | date | datetime


@dataclass(frozen=True, slots=True)
class Message:
    """What is said: in full for the inbox, and as words for a channel's template."""

    topic: str
    title: str
    text: str
    words: Mapping[str, Word]
    page: str = ""


async def tell(patient_id: UUID, subject: str, message: Message) -> int:
    """Tell every account that may see this patient, each once; return how many were new.

    Call in the transaction of the reaction that knows of the fact.
    """
    told = 0
    for account_id in await accounts_of(patient_id, Scope.VIEW):
        row, created = await Communication.get_or_create(
            account_id=account_id,
            topic=message.topic,
            subject=subject,
            defaults={
                "id": uuid4(),
                "patient_id": patient_id,
                "title": message.title,
                "text": message.text,
                "words": {name: _plain(word) for name, word in message.words.items()},
                "page": message.page,
                "created_at": clock.now(),
            },
        )
        if created:
            event = CommunicationWritten(communication_id=str(row.id))
            await record(event, subject=f"Communication/{row.id}")
        told += created
    return told


def _plain(word: Word) -> Any:
    """A word as JSON keeps it; `revive` reads it back."""
    if isinstance(word, datetime):
        return {"at": word.isoformat()}
    return {"day": word.isoformat()} if isinstance(word, date) else word


def revive(word: Any) -> Word:
    """A word as it was given to `tell`."""
    if not isinstance(word, dict):
        found: str | int = word
        return found
    return datetime.fromisoformat(word["at"]) if "at" in word else date.fromisoformat(word["day"])
