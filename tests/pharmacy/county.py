"""A county that prescribes: its doctor, two pharmacists on duty, a visit, what is written."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

from app import reactions
from app.demo import people as demo
from care.encounter.models import (
    EligibilityVerdict,
    Encounter,
    EncounterEvidence,
    EvidenceSource,
    EvidenceType,
    Kind,
    Verdict,
)
from care.encounter.states import Status as Visit
from core import clock
from core.outbox import Dispatcher
from notifications import reminders, reminding
from people.actor import Actor, Role
from pharmacy.formulary.models import Pharmacy
from pharmacy.orders import clockwork, paying
from pharmacy.review.models import ReviewerTraining, ReviewShift
from tests.pharmacy.till import Cashier
from tests.plumbing.actors import actor
from tests.plumbing.clocks import HeldClock

DIAGNOSIS = "I10 高血压"


@dataclass
class County:
    """Who works, and with what."""

    cashier: Cashier
    people: list[Actor]
    place: Pharmacy
    held: HeldClock | None = None
    boxes: int = 0

    @property
    def doctor(self):
        """Who prescribes; has just shown who they are."""
        return replace(self.people[0], reauthenticated_at=clock.now())

    @property
    def pharmacists(self):
        """Who review, pick and check."""
        return [replace(one, reauthenticated_at=clock.now()) for one in self.people[1:]]

    @property
    def both(self):
        """The doctor, if the house had also made them a pharmacist."""
        return replace(self.doctor, roles=self.doctor.roles | {Role.PHARMACIST})

    async def wake(self):
        """Everybody is on duty."""
        for person in self.people:
            if not await ReviewShift.exists(live=person.practitioner_id):
                await on_duty(person)


async def open_county(cashier, place, held=None):
    """The two pharmacists and the doctor, all trained to review and on duty."""
    names = ("county1", "pharmacist1", "pharmacist2")
    people = [await actor(name) for name in names]
    for person in people:
        await ReviewerTraining.create(
            practitioner_id=person.practitioner_id,
            passed_on=clock.today() - timedelta(days=300),
            recorded_by=person.practitioner_id,
            recorded_by_name=person.name,
            recorded_at=clock.now(),
        )
    county = County(cashier, people, place, held)
    await county.wake()
    return county


async def on_duty(person):
    """At the review desk."""
    await ReviewShift.create(
        practitioner_id=person.practitioner_id,
        organization_id=person.organization_id,
        live=person.practitioner_id,
        method="password",
        checked_at=clock.now(),
        opened_at=clock.now(),
        acted_at=clock.now(),
    )


def dispatcher():
    """All that follows for prescriptions, drugs and money, but what needs sockets or a chat."""
    reminders.bring(*reminding.OWN)
    follows = {}
    for table in (reactions.PRESCRIPTIONS, reactions.DRUGS):
        for fact, found in table.items():
            kept = [one for one in found if "review_talk" not in getattr(one, "__module__", "")]
            follows.setdefault(fact, []).extend(kept)
    return Dispatcher(follows)


async def new_visit(county, patient_id):
    """A follow-up in progress, found eligible."""
    moment = clock.now()
    row = await Encounter.create(
        status=Visit.IN_PROGRESS,
        kind=Kind.TEXT,
        patient_id=patient_id,
        practitioner_id=county.doctor.practitioner_id,
        organization_id=county.doctor.organization_id,
        account_id=uuid4(),
        condition="hypertension",
        consent_version="1",
        consent_sha256="0" * 64,
        consent_relation="self",
        consented_at=moment,
        asked_at=moment,
        began_at=moment,
    )
    await EncounterEvidence.create(
        encounter=row,
        type=EvidenceType.OUTPATIENT_RECORD,
        source=EvidenceSource.OWN_HIS,
        institution="云河县人民医院",
        visit_date=clock.today(),
        icd10="I10",
        diagnosis_text="高血压",
        reference=f"Condition/{uuid4()}",
        added_at=moment,
    )
    await EligibilityVerdict.create(
        encounter=row,
        verdict=Verdict.ELIGIBLE,
        reason="本院确诊",
        practitioner_id=county.doctor.practitioner_id,
        practitioner_name=county.doctor.name,
        at=moment,
    )
    return row


def tablets(drug, dose="5", days=7):
    """One tablet a day; a week of them splits a box."""
    line = {"medication": str(drug.id), "dose": dose, "dose_unit": "mg", "route": "口服"}
    line |= {"frequency": "qd", "days": str(days)}
    words = {"diagnosis": [DIAGNOSIS], "valid_days": "3", "lines": [line]}
    return words | ({"reason": "慢性病,病情稳定"} if days > 7 else {})


def pieces(drug):
    """Three doses, boiled for one."""
    words = {"diagnosis": [DIAGNOSIS], "valid_days": "3", "doses": "3", "way": "bid"}
    words |= {"route": "口服", "preparation": "decoct", "tcm_disease": "眩晕"}
    line = {"medication": str(drug.id), "dose": "9"}
    return words | {"tcm_pattern": "肝阳上亢", "lines": [line]}


def clockwork_of(cashier):
    """What the caretaker does for orders."""
    return partial(clockwork.tick, may_expire=partial(paying.may_expire, wechat=cashier.wechat))


async def move_in():
    """The county's houses and staff."""
    await demo.found_organizations()
    await demo.hire_staff()
