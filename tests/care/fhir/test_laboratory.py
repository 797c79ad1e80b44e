"""Partners read results as Observation (laboratory) and DiagnosticReport, found by code and day."""

from datetime import timedelta

from care.laboratory.models import DiagnosticReport
from care.record.models import Meal, VitalSign
from core import clock as time
from people.partners.models import Scope
from tests.care.fhir.conftest import measured
from tests.care.laboratory.test_walk import panel, slip_of

LOINC = "http://loinc.org"


async def test_results_are_resources_that_a_system_narrows_down(house, system, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    slip = await slip_of(house, patient)
    path = f"/patients/{patient.id}/laboratory-reports"
    old = (time.today() - timedelta(days=300)).isoformat()
    await doctor.post(
        path, panel(crp="<0.5", hba1c="48", hba1c_unit="mmol/mol") | {"taken_on": old}
    )
    typed = panel(slip=str(slip.id), creatinine="120", urine_protein="2+", taken_time="08:05")
    typed |= {"taken_on": (time.today() - timedelta(days=1)).isoformat()}
    first = (await doctor.post(path, typed)).headers["Location"]
    mended = typed | {"creatinine": "130", "reason": "看错一行"}
    assert (await doctor.post(f"{first}/correction", mended)).status == 303
    await measured(patient, VitalSign.GLUCOSE, "7.8", meal=Meal.FASTING)
    await measured(patient, VitalSign.PULSE, "80")

    partner = await system()
    about = f"patient=Patient/{patient.id}"

    async def found(kind, more=""):
        status, page = await partner.get(f"/{kind}?{about}{more}")
        assert status == 200, page
        ones = [entry["resource"] for entry in page.get("entry", [])]
        assert page["total"] == len(ones)
        for entry in page.get("entry", []):
            assert (await partner.get(entry["fullUrl"]))[1] == entry["resource"]
        return ones

    reports = await found("DiagnosticReport", "&category=LAB")
    assert sorted(one["status"] for one in reports) == ["corrected", "entered-in-error", "final"]
    newest = next(one for one in reports if one["status"] == "corrected")
    assert newest["presentedForm"][0]["url"].endswith(f"/Binary/{slip.id}")
    assert newest["conclusion"] == "看错一行"
    assert newest["effectiveDateTime"].endswith("T08:05:00.000+08:00")
    assert len(newest["result"]) == 2
    for each in newest["result"]:
        assert (await partner.get(f"/{each['reference']}"))[0] == 200

    creatinine = await found("Observation", f"&code={LOINC}|14682-9")
    right = next(one for one in creatinine if one["status"] == "corrected")
    wrong = next(one for one in creatinine if one["status"] == "entered-in-error")
    assert right["valueQuantity"] == {
        "value": 130,
        "unit": "μmol/L",
        "system": "http://unitsofmeasure.org",
        "code": "umol/L",
    }
    assert right["extension"][0]["valueReference"] == {"reference": f"Observation/{wrong['id']}"}
    assert right["interpretation"][0]["coding"][0]["code"] == "H"
    assert right["referenceRange"][0]["high"]["value"] == 81

    laboratory = await found("Observation", "&category=laboratory")
    assert {one["code"]["text"] for one in laboratory} == {
        "血糖",
        "肌酐",
        "尿蛋白",
        "C反应蛋白",
        "糖化血红蛋白",
    }
    vitals = await found("Observation", "&category=vital-signs")
    assert [one["code"]["text"] for one in vitals] == ["脉搏"]
    before = await found("Observation", f"&code=1988-5,4548-4&date=lt{time.today():%Y-%m-%d}")
    assert {one["valueQuantity"].get("comparator") for one in before} == {"<", None}
    assert before[0]["effectiveDateTime"] == old
    hba1c = next(one for one in before if one["code"]["text"] == "糖化血红蛋白")
    assert "48 mmol/mol" in hba1c["note"][0]["text"]
    lately = (time.today() - timedelta(days=30)).isoformat()
    both = f"&date=ge{lately}&date=le{time.today().isoformat()}&category=laboratory"
    assert {one["code"]["text"] for one in await found("Observation", both)} == {
        "血糖",
        "肌酐",
        "尿蛋白",
    }
    assert await found("DiagnosticReport", "&code=nothing") == []
    _, posted = await partner.find("Observation", patient=str(patient.id), code="14682-9")
    assert posted["total"] == 2
    assert await DiagnosticReport.all().count() == 3

    for bad in ("&date=soon", "&date=2026-13", "&code=", "&code=a&code=b", "&status=final"):
        assert (await partner.get(f"/Observation?{about}{bad}"))[0] == 400, bad
    assert (await partner.get(f"/Condition?{about}&code=x"))[0] == 400
    other = await system("YH-T1-V1", scopes=(Scope.OBSERVATION,))
    assert (await other.get(f"/DiagnosticReport?{about}"))[0] == 403
