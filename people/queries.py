"""Reads for screens and for the packages above. None of these is a door: see `access`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from tortoise.queryset import QuerySet

from core import clock
from core.errors import NotFound
from people.ages import age_in_words
from people.masking import mask_name, mask_number, mask_phone
from people.models import (
    Account,
    IdentifierKind,
    Organization,
    Patient,
    PatientIdentifier,
    Practitioner,
    Sex,
    Tier,
)
from people.specialties import SPECIALTIES

SEX_WORDS: Final = {Sex.MALE: "男", Sex.FEMALE: "女", Sex.UNKNOWN: "未说明"}
TIER_WORDS: Final = {Tier.VILLAGE: "村", Tier.TOWNSHIP: "乡", Tier.COUNTY: "县"}


@dataclass(frozen=True, slots=True)
class OrganizationCard:
    """An organization as others see it. `tier` is village, township or county.

    `provides_care` is False for offices such as the health bureau.
    """

    id: UUID
    code: str
    name: str
    short_name: str
    tier: str
    parent_id: UUID | None
    phone: str
    address: str
    latitude: float | None
    longitude: float | None
    provides_care: bool


@dataclass(frozen=True, slots=True)
class PractitionerCard:
    """A colleague as others see them. `specialty_name` is Chinese, empty when there is none."""

    id: UUID
    name: str
    title: str
    licence: str
    practising_since: date | None
    specialty: str
    specialty_name: str
    organization_id: UUID
    organization_name: str
    tier: str
    roles: frozenset[str]
    active: bool


@dataclass(frozen=True, slots=True)
class PatientHeader:
    """What stands above everything that is about one patient.

    `sex` and `age` are words (男, 46岁; of the dead the age they reached), `sex_code` is FHIR's.
    Fits `patient_header` of the design system together with allergies and flags.
    """

    id: UUID
    name: str
    name_masked: str
    sex: str
    sex_code: str
    birth_date: date
    age: str
    id_kind: str
    id_masked: str
    phone_masked: str
    village: str
    guardian: str
    managing_organization_id: UUID
    managing_organization_name: str
    deceased_on: date | None = None

    @property
    def deceased(self) -> str:
        """已故 with the day; empty for the living."""
        return f"已故({self.deceased_on})" if self.deceased_on else ""

    @property
    def href(self) -> str:
        """The patient's page."""
        return f"/patients/{self.id}"

    @property
    def reveal_href(self) -> str:
        """Where the full number is shown, for a reason."""
        return f"/patients/{self.id}/disclosure"


async def organization(organization_id: UUID) -> OrganizationCard:
    """One organization. Raises NotFound."""
    found = await Organization.get_or_none(id=organization_id)
    if found is None:
        raise NotFound("not_found", "没有找到这家机构。")
    return _organization_card(found)


async def organizations(*, tier: str | None = None) -> list[OrganizationCard]:
    """All organizations, or those of one tier, by code."""
    wanted = Organization.filter(tier=Tier(tier)) if tier else Organization.all()
    return [_organization_card(found) for found in await wanted.order_by("code")]


async def practitioner(practitioner_id: UUID) -> PractitionerCard:
    """One colleague, also one who has left. Raises NotFound."""
    found = await _cards(Practitioner.filter(id=practitioner_id))
    if not found:
        raise NotFound("not_found", "没有找到这位同事。")
    return found[0]


async def practitioners(
    *,
    ids: Iterable[UUID] | None = None,
    specialty: str | None = None,
    tier: str | None = None,
    role: str | None = None,
    organization_id: UUID | None = None,
    active: bool | None = True,
) -> list[PractitionerCard]:
    """Colleagues by specialty, tier, role or organization, in the order of their names.

    Only those at work, unless `active` is False or None (all). An account without the asked role
    is left out.
    """
    wanted = Practitioner.all()
    if ids is not None:
        wanted = wanted.filter(id__in=list(ids))
    if active is not None:
        wanted = wanted.filter(active=active)
    if specialty is not None:
        wanted = wanted.filter(specialty=specialty)
    if tier is not None:
        wanted = wanted.filter(organization__tier=Tier(tier))
    if organization_id is not None:
        wanted = wanted.filter(organization_id=organization_id)
    found = await _cards(wanted)
    return [card for card in found if role is None or role in card.roles]


async def patient_header(patient_id: UUID) -> PatientHeader:
    """One patient's header. Raises NotFound."""
    found = await patient_headers([patient_id])
    if not found:
        raise NotFound("not_found", "没有找到这位居民。")
    return found[patient_id]


async def patient_headers(patient_ids: Iterable[UUID]) -> dict[UUID, PatientHeader]:
    """Headers of many patients at once, for queues and lists."""
    ids = list(set(patient_ids))
    patients = await Patient.filter(id__in=ids).select_related("managing_organization")
    documents: dict[UUID, PatientIdentifier] = {}
    for row in sorted(await PatientIdentifier.filter(patient_id__in=ids), key=_weight):
        documents.setdefault(row.patient_id, row)
    return {found.id: header_of(found, documents.get(found.id)) for found in patients}


def _weight(document: PatientIdentifier) -> int:
    """The document people know best comes first."""
    return list(IdentifierKind).index(document.kind)


def header_of(patient: Patient, document: PatientIdentifier | None) -> PatientHeader:
    """Make the header of a patient whose organization is loaded."""
    guardian = patient.guardian_name
    if guardian and patient.guardian_relation:
        guardian = f"{guardian}({patient.guardian_relation})"
    return PatientHeader(
        id=patient.id,
        name=patient.name,
        name_masked=mask_name(patient.name),
        sex=SEX_WORDS[patient.sex],
        sex_code=patient.sex.value,
        birth_date=patient.birth_date,
        age=age_in_words(patient.birth_date, patient.deceased_on or clock.today()),
        id_kind=document.kind.value if document else "",
        id_masked=mask_number(document.value) if document else "",
        phone_masked=mask_phone(patient.phone) if patient.phone else "",
        village=patient.village,
        guardian=guardian,
        managing_organization_id=patient.managing_organization.id,
        managing_organization_name=patient.managing_organization.name,
        deceased_on=patient.deceased_on,
    )


def _organization_card(found: Organization) -> OrganizationCard:
    return OrganizationCard(
        id=found.id,
        code=found.code,
        name=found.name,
        short_name=found.short_name,
        tier=found.tier.value,
        parent_id=found.parent_id,
        phone=found.phone,
        address=found.address,
        latitude=found.latitude,
        longitude=found.longitude,
        provides_care=found.provides_care,
    )


async def _cards(wanted: QuerySet[Practitioner]) -> list[PractitionerCard]:
    rows = await wanted.select_related("organization").order_by("name")
    accounts = await Account.filter(practitioner_id__in=[row.id for row in rows])
    roles = {account.practitioner_id: frozenset(account.roles) for account in accounts}
    return [
        PractitionerCard(
            id=row.id,
            name=row.name,
            title=row.title,
            licence=row.licence.value,
            practising_since=row.practising_since,
            specialty=row.specialty,
            specialty_name=SPECIALTIES.get(row.specialty, ""),
            organization_id=row.organization.id,
            organization_name=row.organization.name,
            tier=row.organization.tier.value,
            roles=roles.get(row.id, frozenset()),
            active=row.active,
        )
        for row in rows
    ]
