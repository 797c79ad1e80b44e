"""What review does because something happened; wired in `app.reactions`."""

from uuid import UUID

from core.live import Hint
from core.outbox import outside
from pharmacy.prescribing.events import (
    MedicationRequestEvent,
    MedicationRequestRejected,
    MedicationRequestSigned,
)
from pharmacy.review import claims, duty
from pharmacy.review.access import TOPIC
from pharmacy.review.appraisal import service as appraisals
from pharmacy.review.events import (
    AppraisalJudged,
    ReviewMoved,
    ReviewShiftChanged,
    ReviewShiftIdle,
    ReviewSilent,
)
from pharmacy.review.models import Origin


@outside
async def tell_desk(event: ReviewMoved | ReviewShiftChanged, *, hint: Hint) -> None:
    """The queue looks different; the hint names no patient."""
    await hint(TOPIC, event.name)


@outside
async def tell_pages(event: MedicationRequestEvent, *, hint: Hint) -> None:
    """A prescription came to the queue, left it or was decided: queue, and its doctor's pages."""
    await hint(TOPIC, event.name)
    await hint(f"staff:{event.author_id}", event.name, id=event.request_id)


async def give_back(event: ReviewSilent) -> None:
    """A pharmacist has gone silent."""
    await claims.time_out(UUID(event.review_id))


async def void(event: MedicationRequestEvent) -> None:
    """Cancelled or run out: nobody has to look at it any more."""
    await claims.void(UUID(event.request_id))


async def appraise_confirmed(event: MedicationRequestSigned) -> None:
    """Kept against a pharmacist's advice: recorded for 点评 (处方办法 art. 36, §2.4)."""
    if event.confirmed:
        await appraisals.note(UUID(event.request_id), Origin.CONFIRMED)


async def appraise_rejected(event: MedicationRequestRejected) -> None:
    """Refused as severely irrational: recorded for 点评."""
    await appraisals.note(UUID(event.request_id), Origin.REJECTED)


@outside
async def tell_doctor(event: AppraisalJudged, *, hint: Hint) -> None:
    """The doctor's pages."""
    await hint(f"staff:{event.author_id}", event.name, id=event.appraisal_id)


async def shift_idle(event: ReviewShiftIdle) -> None:
    """A duty may have been forgotten."""
    await duty.end_if_idle(UUID(event.shift_id))
