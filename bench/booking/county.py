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
    """Fill an empty database; the connection stays open."""
    await db.connect(url, APPS)
    house = await Organization.create(code="B", name="医院", short_name="院", tier=Tier.COUNTY)
    doctor = await Practitioner.create(name="名医", organization_id=house.id)
    slots = await _slots(house.id, doctor.id, places)
    patients = [_patient(house.id) for _ in range(RESIDENTS)]
    await Patient.bulk_create(patients)
    tokens = await _accounts(patients)
    await _numbered()
    return Given(
        practitioner=str(doctor.id),
        day=str(slots[0].day),
        slots=[str(slot.id) for slot in slots],
        residents=[
            {"patient": str(patient.id), "token": token}
            for patient, token in zip(patients, tokens, strict=True)
        ],
    )


async def _slots(house: UUID, doctor: UUID, places: int) -> list[Slot]:
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
        for n in range(SLOTS)
    ]
    await Slot.bulk_create(slots)
    return slots


def _patient(house: UUID) -> Patient:
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
    own = list(zip(accounts, patients, strict=True))
    await Bond.bulk_create([_bond(a.id, p.id, moment) for a, p in own])
    await ResidentAgreement.bulk_create(
        [row for a, p in own for row in _agreements(a.id, p, moment)]
    )
    return [token for token, _ in tokens]


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
