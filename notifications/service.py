"""Write down what a patient's people are to be told; the sender brings it when it is due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from core import clock
from notifications import rules
from notifications.models import Channel, Communication, RecipientKind
from notifications.sending.waking import wake
from notifications.states import Stage
from notifications.topics import topic
from people.deaths.queries import is_deceased
from people.residents.access import accounts_of
from people.residents.models import Scope

STAFF_DAY: Final = timedelta(days=1)
Word = str | int | date | datetime


@dataclass(frozen=True, slots=True)
class Message:
    """What is said: in full for the inbox, and as words for a channel's template."""

    topic: str
    title: str
    text: str
    words: Mapping[str, Word]
    page: str = ""


async def tell(
    patient_id: UUID,
    subject: str,
    message: Message,
    *,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> int:
    """Tell every account that may see this patient, each once; return how many were new.

    Somebody without an account hears it by telephone, where the topic is told so. Of the dead
    nobody is reminded; what concerns the family (money back, who looked) they still hear.

    Call in the transaction of the reaction that knows of the fact. Nobody hears of it before
    `due_at`, and by no channel after `expires_at`.
    """
    accounts = await accounts_of(patient_id, Scope.VIEW)
    silent = not accounts or topic(message.topic).after_death == "silent"
    if silent and await is_deceased(patient_id):
        return 0
    when = {"due_at": due_at, "expires_at": expires_at}
    if accounts:
        return await tell_accounts(accounts, patient_id, subject, message, **when)
    first = rules.first_for_patient(topic(message.topic).channels)
    if first is None:
        return 0
    return await _write(
        RecipientKind.PATIENT, [patient_id], patient_id, subject, message, first, **when
    )


async def tell_accounts(
    accounts: Iterable[UUID],
    patient_id: UUID,
    subject: str,
    message: Message,
    *,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> int:
    """Tell these accounts and no others about a patient; as `tell`."""
    first = topic(message.topic).after(None)
    return await _write(
        RecipientKind.ACCOUNT,
        accounts,
        patient_id,
        subject,
        message,
        first,
        due_at=due_at,
        expires_at=expires_at,
    )


async def tell_staff(
    practitioner_ids: Iterable[UUID], patient_id: UUID, subject: str, message: Message
) -> int:
    """Tell these members of the staff that something waits; the words say nothing of the patient.

    As `tell`; it is of use for a day.
    """
    return await _write(
        RecipientKind.STAFF,
        practitioner_ids,
        patient_id,
        subject,
        message,
        topic(message.topic).after(None),
        due_at=None,
        expires_at=clock.now() + STAFF_DAY,
    )


async def _write(
    kind: RecipientKind,
    recipients: Iterable[UUID],
    patient_id: UUID,
    subject: str,
    message: Message,
    first: Channel | None,
    *,
    due_at: datetime | None,
    expires_at: datetime | None,
) -> int:
    told, moment = 0, clock.now()
    for recipient_id in recipients:
        _, created = await Communication.get_or_create(
            recipient_id=recipient_id,
            topic=message.topic,
            subject=subject,
            defaults={
                "id": uuid4(),
                "recipient_kind": kind,
                "patient_id": patient_id,
                "created_at": moment,
                "due_at": due_at or moment,
                "next_at": due_at or moment,
                "expires_at": expires_at,
                **_first(first),
                **_said(message),
            },
        )
        told += created
    if told:
        wake()
    return told


def _first(channel: Channel | None) -> dict[str, Any]:
    return {"channel": channel, "status": Stage.WAITING if channel else Stage.INBOX}


def _said(message: Message) -> dict[str, Any]:
    return {
        "title": message.title,
        "text": message.text,
        "words": {name: _plain(word) for name, word in message.words.items()},
        "page": message.page,
    }


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
