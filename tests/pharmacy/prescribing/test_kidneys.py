"""A creatinine in the record decides what may be prescribed, and the finding says which one."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from care.encounter.models import Encounter
from care.laboratory.models import DiagnosticReport, LaboratoryObservation
from care.record.models import Interpretation
from core import clock as time
from tests.care.fhir.conftest import by
from tests.pharmacy.prescribing.conftest import drug
from tests.pharmacy.prescribing.test_pages import home, posted, row

DIABETES = "E11.900 2型糖尿病"


async def creatinine(visit, value, *, days):
    """One in the record of the visit's patient, so many days old."""
    encounter = await Encounter.get(id=visit[2])
    taken = time.now() - timedelta(days=days)
    report = await DiagnosticReport.create(
        id=(own := uuid4()),
        document_id=own,
        patient_id=encounter.patient_id,
        taken_at=taken,
        laboratory="县医院",
        recorded_at=taken,
        **by(),
    )
    await LaboratoryObservation.create(
        report=report,
        patient_id=encounter.patient_id,
        taken_at=taken,
        code="creatinine",
        place=0,
        value=Decimal(value),
        given_value=value,
        interpretation=Interpretation.HIGH,
    )
    return taken.astimezone(time.SHANGHAI).date()


async def test_metformin_by_the_kidneys(visit, desk):
    product = await drug("W026")
    fields = posted(row(product, dose="0.5", dose_unit="g", frequency="bid"), diagnosis=DIABETES)

    async def said():
        answer = await desk.post(f"{home(visit, 'western')}/check", fields)
        assert answer.status == 200
        return await answer.text()

    assert "eGFR" not in await said(), "young, well, and nothing known: as before"
    old = await creatinine(visit, "250", days=200)
    words = f"{old.year}年{old.month}月{old.day}日肌酐 250 μmol/L"
    page = await said()
    assert f"最近一次是{words},太久了,请药师判断" in page
    day = await creatinine(visit, "230", days=10)
    page = await said()
    assert f"{day.year}年{day.month}月{day.day}日肌酐 230 μmol/L),低于30禁用" in page
    assert "太久了" not in page
    await creatinine(visit, "70", days=1)
    assert "禁用" not in await said()
