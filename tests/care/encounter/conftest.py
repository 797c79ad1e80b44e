"""A doctor on shift, residents with evidence, and what they ask for."""

import base64
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.demo import people as demo
from care.record.models import Condition
from core import clock as time
from tests.care.pictures import jpeg
from tests.mini_program_api.conftest import phone
from tests.plumbing.actors import actor

__all__ = ["actor", "phone"]

ANSWERS = [
    {"id": "emergency", "answer": "no"},
    {"id": "pressure", "answer": "138/86"},
    {"id": "drugs", "answer": "氨氯地平 5 mg,每天早上一片"},
    {"id": "missed", "answer": "没有"},
]


async def diagnosed(patient_id, *, days=30, icd10="I10.x00", name="原发性高血压", house="YH-H1"):
    """A diagnosis in the county's records, so many days old."""
    return await Condition.create(
        id=uuid4(),
        patient_id=UUID(str(patient_id)),
        name=name,
        icd10=icd10,
        recorded_at=time.now() - timedelta(days=days),
        recorder_id=demo.practitioner_id("county1"),
        recorder_name="刘明华",
        organization_id=demo.organization_id(house),
        organization_name="云河县人民医院",
    )


async def request_for(phone, patient_id, *, doctor="county1", **more):
    """The body of POST /encounters as the H5 sends it."""
    texts = (await phone.get("/consents")).body["items"]
    consent = next(text for text in texts if text["kind"] == "online_visit")
    body = {
        "patient_id": patient_id,
        "condition": "hypertension",
        "kind": "text",
        "complaint": "药快吃完了",
        "answers": ANSWERS,
        "consents": [{"kind": "online_visit", "version": consent["version"]}],
    }
    if "appointment_id" not in more:
        body["practitioner_id"] = str(demo.practitioner_id(doctor))
    return body | more


def paper(**more):
    """A photographed certificate."""
    body = {
        "type": "diagnosis_certificate",
        "institution": "市中心医院",
        "visit_date": time.today().isoformat(),
        "diagnosis_text": "高血压 2 级",
        "file": base64.b64encode(jpeg()).decode(),
    }
    return body | more


def note(**more):
    """A whole note as a doctor types it."""
    return {
        "complaint": "高血压复诊,药快吃完了",
        "history": "服药规律,无头晕胸闷",
        "findings": "家测血压 138/86",
        "diagnosis": "I10 原发性高血压",
        "plan": "继续氨氯地平 5 mg 每日一次",
        "advice": "继续吃氨氯地平,一个月后再来",
        "alarm": "胸口痛、说话不清:马上打 120。",
    } | more


async def noted(desk, visit, *, then="finish", **more):
    """Sign a visit's note, and end the visit with it."""
    page = await (await desk.get(visit)).text()
    return await desk.post(f"{visit}/note", note(then=then, **standing(page), **more))


def standing(page):
    """Where the form on this page stands, as its hidden fields say."""
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("revision", "tab")
    }


@pytest.fixture
async def desk(house, clock):
    """county1 in a browser, on shift."""
    doctor = await house.signed_in("county1")
    answer = await doctor.post("/visits/shift", {"password": demo.PASSWORD, "walk_ins": "1"})
    assert answer.status == 303, await answer.text()
    return doctor
