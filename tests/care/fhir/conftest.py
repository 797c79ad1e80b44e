"""A house with a resident who has a record, and partners' systems that knock at it."""

import importlib
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from app.demo import people as demo
from care.encounter.models import Encounter, Kind
from care.encounter.states import Status
from care.record.models import Condition, EntryStatus, Interpretation, Meal, Observation, VitalSign
from care.teleconsultation.models import Consultation
from care.teleconsultation.states import Status as Asked
from core import clock as time
from core.audit import SYSTEM
from people.partners import tokens
from people.partners.models import Scope
from tests.people.conftest import resident

__all__ = ["resident"]

VALUES = {
    VitalSign.PULSE: "72",
    VitalSign.TEMPERATURE: "36.5",
    VitalSign.RESPIRATION: "16",
    VitalSign.SPO2: "97",
    VitalSign.WEIGHT: "61.5",
    VitalSign.HEIGHT: "158",
}


def by(house="YH-T1-V1"):
    """Who wrote an entry."""
    return {
        "recorder_id": demo.practitioner_id("village1"),
        "recorder_name": "李春梅",
        "organization_id": demo.organization_id(house),
        "organization_name": "大槐树村卫生室",
    }


async def measured(patient, code, value, *, minutes=0, **more):
    """One measurement."""
    return await Observation.create(
        patient=patient,
        panel_id=uuid4(),
        code=code,
        value=Decimal(value),
        measured_at=time.now() - timedelta(minutes=minutes),
        recorded_at=time.now(),
        interpretation=more.pop("interpretation", Interpretation.NORMAL),
        **by(),
        **more,
    )


async def record_of(patient):
    """Every kind of row that becomes a resource."""
    await measured(
        patient,
        VitalSign.BLOOD_PRESSURE,
        "168",
        diastolic=Decimal(102),
        interpretation=Interpretation.HIGH,
    )
    await measured(patient, VitalSign.GLUCOSE, "7.8", meal=Meal.FASTING, device="血糖仪")
    await measured(
        patient,
        VitalSign.PULSE,
        "99",
        status=EntryStatus.ENTERED_IN_ERROR,
        change_reason="量错了人",
        interpretation=Interpretation.NOT_JUDGED,
    )
    for code, value in VALUES.items():
        await measured(patient, code, value)
    for status in EntryStatus:
        await Condition.create(
            patient=patient,
            name="原发性高血压",
            icd10="I10.x00" if status is EntryStatus.ACTIVE else "",
            onset="2019 年",
            status=status,
            recorded_at=time.now(),
            change_reason="写错了" if status is EntryStatus.ENTERED_IN_ERROR else "",
            **by(),
        )
    for status in Status:
        await visit(patient, status)
    for status in Asked:
        await Consultation.create(
            patient=patient,
            inviter_id=demo.practitioner_id("village1"),
            inviter_organization_id=demo.organization_id("YH-T1-V1"),
            status=status,
            working_diagnosis="高血压 3 级",
            began_at=time.now() if status is Asked.ARCHIVED else None,
            ended_at=time.now() if status is Asked.ARCHIVED else None,
        )


async def visit(patient, status=Status.FINISHED):
    """One online visit with county1."""
    moment = time.now()
    return await Encounter.create(
        patient=patient,
        status=status,
        kind=Kind.TEXT,
        practitioner_id=demo.practitioner_id("county1"),
        organization_id=demo.organization_id("YH-H1"),
        account_id=uuid4(),
        condition="hypertension",
        icd10="I10.x00",
        consent_version="1",
        consent_sha256="0" * 64,
        consent_relation="self",
        consented_at=moment,
        asked_at=moment,
        began_at=moment if status in (Status.IN_PROGRESS, Status.FINISHED) else None,
        ended_at=moment if status is Status.FINISHED else None,
    )


@dataclass
class System:
    """A partner's information system. Whatever comes back as JSON is valid FHIR."""

    session: ClientSession
    address: str
    token: str
    id: Any = None

    async def call(self, method, path, **options):
        """Status and resource."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = self.address + (path if path.startswith("http") else f"/fhir/R4{path}")
        url = path if path.startswith("http") else url
        async with self.session.request(
            method, url, headers=headers | options.pop("headers", {}), **options
        ) as answer:
            self.headers = answer.headers
            assert answer.headers["Cache-Control"] == "no-store"
            if "json" not in answer.content_type:
                return answer.status, await answer.read()
            assert answer.content_type == "application/fhir+json"
            return answer.status, valid(await answer.json())

    async def get(self, path, **options):
        """Look."""
        return await self.call("GET", path, **options)

    async def find(self, kind, **fields):
        """Search by POST."""
        return await self.call("POST", f"/{kind}/_search", data=fields)


def valid(resource):
    """The resource, which the models of `fhir.resources` accept without a word."""
    kind = resource["resourceType"]
    module = importlib.import_module(f"fhir.resources.R4B.{kind.lower()}")
    getattr(module, kind).model_validate(resource)
    return resource


@pytest.fixture
async def system(house):
    """`await system("YH-T1-V1")`: a system of this institution with a token."""
    async with ClientSession() as session:

        async def connect(organization="YH-T1-V1", *, scopes=tuple(Scope), days=365):
            entry = tokens.NewPartner(
                name="卫生室信息系统", organization=organization, scopes=list(scopes), days=days
            )
            made, token = await tokens.issue(SYSTEM, entry)
            return System(session, house.address, token, made.id)

        yield connect
