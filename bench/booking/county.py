"""A small county to measure in: one popular clinic, and residents who are signed in with WeChat."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from app.packages import APPS
from booking.models import ActorKind, Pool, Schedule, ServiceType, Slot
from core import clock, db
from people.models import Organization, Patient, Practitioner, Sex, Tier
from people.residents import agreements, rules
from people.residents.models import (
    AgreementChannel,
    Bond,
    BondStatus,
    Proof,
    Relation,
    ResidentAccount,
    ResidentAgreement,
    ResidentSession,
)
from people.residents.sessions import new_token

RESIDENTS: Final = 2000
SLOTS: Final = 20


@dataclass(frozen=True)
class Given:
    """What the crowd needs to know."""

    practitioner: str
    day: str
    slots: list[str]
    residents: list[dict[str, str]]


async def seed(url: str, places: int) -> Given:
    """Fill an empty PostgreSQL database; the connection stays open."""
    await db.connect(url, APPS)
    given = await fill(places)
    await _numbered()
    return given


async def fill(places: int, *, residents: int = RESIDENTS, slots: int = SLOTS) -> Given:
    """A house, a doctor, a morning of slots, and people with accounts."""
    house = await Organization.create(code="B", name="医院", short_name="院", tier=Tier.COUNTY)
    doctor = await Practitioner.create(name="名医", organization_id=house.id)
    times = await _slots(house.id, doctor.id, places, slots)
    patients = [patient(house.id) for _ in range(residents)]
    await Patient.bulk_create(patients)
    tokens = await _accounts(patients)
    return Given(
        practitioner=str(doctor.id),
        day=str(times[0].day),
        slots=[str(slot.id) for slot in times],
        residents=[
            {"patient": str(patient.id), "token": token}
            for patient, token in zip(patients, tokens, strict=True)
        ],
    )


async def _slots(house: UUID, doctor: UUID, places: int, count: int) -> list[Slot]:
    moment = datetime.now(UTC)
    schedule = await Schedule.create(
        organization_id=house,
        kind=ActorKind.DOCTOR,
        practitioner_id=doctor,
        name="名医",
        department="cardiology",
        service_type=ServiceType.VISIT,
        fee_fen=1500,
        created_at=moment,
    )
    first = datetime.combine(clock.today() + timedelta(days=2), time(8), clock.SHANGHAI)
    slots = [
        Slot(
            schedule_id=schedule.id,
            pool=Pool.PUBLIC,
            day=first.date(),
            starts_at=first + timedelta(minutes=30 * n),
            ends_at=first + timedelta(minutes=30 * (n + 1)),
            quota=places,
            remaining=places,
            release_at=moment,
        )
        for n in range(count)
    ]
    await Slot.bulk_create(slots)
    return slots


def patient(house: UUID) -> Patient:
    """Nobody in particular, not yet written."""
    return Patient(
        name="居民",
        sex=Sex.FEMALE,
        birth_date=date(1960, 1, 1),
        managing_organization_id=house,
        created_at=datetime.now(UTC),
        created_by=house,
    )


async def _accounts(patients: list[Patient]) -> list[str]:
    """An account, a session, a bond with oneself and the agreements for each."""
    moment = datetime.now(UTC)
    accounts = [
        ResidentAccount(id=uuid4(), openid=f"bench-{n}", created_at=moment)
        for n in range(len(patients))
    ]
    tokens = [new_token() for _ in patients]
    sessions = [
        ResidentSession(
            token_hash=hashed,
            account_id=account.id,
            created_at=moment,
            seen_at=moment,
            expires_at=moment + timedelta(days=1),
        )
        for account, (_, hashed) in zip(accounts, tokens, strict=True)
    ]
    await ResidentAccount.bulk_create(accounts)
    await ResidentSession.bulk_create(sessions)
    await admit([(a.id, p) for a, p in zip(accounts, patients, strict=True)])
    return [token for token, _ in tokens]


async def admit(own: list[tuple[UUID, Patient]]) -> None:
    """Let each account act for its patient, who is its owner and has agreed to what is needed."""
    moment = datetime.now(UTC)
    await Bond.bulk_create([_bond(a, p.id, moment) for a, p in own])
    await ResidentAgreement.bulk_create([row for a, p in own for row in _agreements(a, p, moment)])


def _bond(account: UUID, patient: UUID, moment: datetime) -> Bond:
    return Bond(
        account_id=account,
        patient_id=patient,
        relation=Relation.SELF,
        status=BondStatus.ACTIVE,
        proof=Proof.REAL_NAME,
        scopes="book,pay,view,chat",
        asked_at=moment,
        proven_at=moment,
    )


def _agreements(account: UUID, patient: Patient, moment: datetime) -> list[ResidentAgreement]:
    kinds = rules.needed_agreements(Relation.SELF, patient.birth_date, moment.date())
    return [
        ResidentAgreement(
            account_id=account,
            patient_id=None if kind in agreements.OF_ACCOUNT else patient.id,
            kind=kind,
            version=agreements.current_version(kind),
            text_sha256="",
            relation=Relation.SELF,
            channel=AgreementChannel.PHONE,
            agreed_at=moment,
        )
        for kind in kinds
    ]


async def _numbered() -> None:
    """Slots and patients by number, for pgbench; and statistics for the planner."""
    run: Any = db.connection().execute_script
    for table, source in (("bench_slot", "booking_slot"), ("bench_patient", "people_patient")):
        await run(f"CREATE TABLE {table} AS SELECT row_number() OVER () AS n, id FROM {source}")
        await run(f"ALTER TABLE {table} ADD PRIMARY KEY (n)")
    await run("ANALYZE")
