"""A printed card is only paper: who holds it shows a document as well."""

from datetime import timedelta
from typing import Final

from core.audit import refused
from core.errors import FieldError, Invalid
from people import throttle
from people.actor import Actor
from people.cards import rules
from people.cards.models import HealthCard
from people.links import same_person
from people.models import Patient, PatientIdentifier

SHORTEST: Final = 4
TRIES: Final = throttle.Limit(
    "card-document", 5, timedelta(minutes=1), timedelta(hours=1), window=timedelta(days=1)
)


async def require_document(actor: Actor, card: HealthCard, typed: str) -> None:
    """Compare the end of the document (of the phone, for those without one) with the records.

    Raises Invalid `document_needed` or `document_differs`, TooMany after some wrong ones.
    """
    tail = rules.tail_of(typed)
    if len(tail) < SHORTEST:
        raise _wrong("document_needed", "这是印制的卡:请看居民的证件,输入证件号的最后 4 位。")
    await throttle.count(TRIES, str(card.id))
    if not any(known.endswith(tail) for known in await _known(card)):
        differs = _wrong("document_differs", "和登记的证件对不上,请核对证件和卡是不是同一个人的。")
        raise refused(
            differs,
            actor,
            "health_card.scan",
            f"HealthCard/{card.id}",
            patient_id=card.patient_id,
            reason="document differs",
        )
    await throttle.forget(TRIES, str(card.id))


async def _known(card: HealthCard) -> list[str]:
    ids = await same_person(card.patient_id)
    documents = await PatientIdentifier.filter(patient_id__in=ids)
    if documents:
        return [document.value for document in documents]
    return [patient.phone for patient in await Patient.filter(id__in=ids) if patient.phone]


def _wrong(code: str, sentence: str) -> Invalid:
    return Invalid(code, sentence, errors=[FieldError("document", sentence)])
