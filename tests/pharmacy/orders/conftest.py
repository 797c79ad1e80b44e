"""Approved prescriptions as signing and review leave them, a pharmacy, and a phone that pays."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from app.demo import people as demo
from core import clock as time
from pharmacy.orders import reconcile
from pharmacy.prescribing.models import Category, MedicationRequest, PrescribedLine
from pharmacy.prescribing.states import Status
from pharmacy.shipping import reconcile as parcels
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import until
from tests.pharmacy.formulary.conftest import new_drug, new_lot, new_pharmacy

__all__ = ["phone"]

PREFIX = "8123456"


def trace(number, prefix=PREFIX):
    """A pack's trace code."""
    return f"{prefix}{number:013d}"


async def approved(patient_id, drug, *, units=28, status=Status.ACTIVE, **changes):
    """A prescription of one drug that a pharmacist has let pass, good until midnight."""
    moment = time.now()
    midnight = moment.astimezone(time.SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    values = {
        "document_id": uuid4(),
        "number": f"CF{uuid4().hex[:10].upper()}",
        "status": status,
        "category": Category.WESTERN,
        "subject": f"Encounter/{uuid4()}",
        "patient_id": UUID(str(patient_id)),
        "author_id": demo.practitioner_id("county1"),
        "organization_id": demo.organization_id("YH-H1"),
        "department": "心内科",
        "content": {"diagnosis": ["I10 高血压"]},
        "saved_at": moment,
        "signed_at": moment,
        "author_name": "刘明华",
        "author_title": "副主任医师",
        "author_organization": "云河县人民医院",
        "valid_until": midnight + timedelta(days=1),
        "reviewed_by": demo.practitioner_id("pharmacist1"),
        "reviewed_at": moment,
    }
    row = await MedicationRequest.create(**(values | changes))
    packs = Decimal(units) / drug.pack_size
    await PrescribedLine.create(
        request_id=row.id,
        rank=1,
        medication_id=drug.id,
        name=drug.generic_name,
        form=drug.form,
        strength=drug.strength,
        unit=drug.unit,
        dose=Decimal(1),
        dose_unit=drug.unit,
        route=drug.route,
        frequency="qm",
        days=units,
        quantity=units,
        price_fen=drug.price_fen,
        amount_fen=int(drug.price_fen * packs),
    )
    return row


@pytest.fixture
async def shop(house, clock):
    """The hospital's pharmacy with 100 tablets of one drug, and a township one with nothing."""
    place = await new_pharmacy(hours="每天 8:00 到 20:00")
    place.elsewhere = await new_pharmacy("YH-T1", "township", name="青石药房")
    place.drug = await new_drug(trace_prefix=PREFIX)
    place.lot = await new_lot(place, place.drug, 100)
    return place


async def came(phone, request_id, status):
    """The prescription, once it has come to this state."""
    path = f"/medication-requests/{request_id}"
    found = await until(lambda: phone.get(path), lambda one: one.body["status"] == status)
    return found.body


async def sound():
    """Money, drugs and prescriptions agree."""
    assert (await reconcile.check()).faults == []
    assert await parcels.check() == []
