"""Online visits in the demo: clinics of county1 and county2 today and in the next days, diagnoses
of the last weeks for the families who can sign in, and a template of a note for each doctor.
"""

from datetime import timedelta
from typing import Final

from app.demo.booking import clinic
from app.demo.places import demo_id, organization_id
from app.demo.staff import practitioner_id
from app.settings import Settings
from booking.models import ActorKind, ServiceType
from care.note import orders
from care.note.models import NoteTemplate
from care.record.models import Condition
from core import clock
from people.ages import years
from people.models import Organization, Practitioner
from people.residents.models import Bond

HOUSE: Final = "YH-H1"
HOURS: Final = ((8 * 60, 12 * 60), (14 * 60, 22 * 60))
CLINICS: Final = (
    ("county1", "刘明华", "cardiology", 1000),
    ("county2", "孙雅琴", "endocrinology", 0),
)
DAYS_AGO: Final = 40
TEMPLATES: Final = (
    (
        "county1",
        "高血压复诊,平稳",
        {
            "findings": "家测血压:",
            "plan": "血压平稳,继续原方案。",
            "advice": "药按时吃,不要自己停。盐吃少一点,每天走路半小时。每周量两三次血压,记下来。",
            "alarm": orders.set_of("hypertension").alarm,
            "orders": ["随访:在家量血压并记下来,随访时带来"],
        },
    ),
    (
        "county2",
        "糖尿病复诊,平稳",
        {
            "findings": "空腹血糖:\n餐后血糖:",
            "plan": "血糖平稳,继续原方案。",
            "advice": "药按时吃,饭定时定量。每天看看脚有没有破口。心慌出汗先吃糖,再量血糖。",
            "alarm": orders.set_of("diabetes").alarm,
            "orders": ["化验:空腹血糖(每 3 个月 1 次)"],
        },
    ),
)


async def create(settings: Settings) -> None:
    """Called once, in the county's transaction."""
    for username, name, department, fee in CLINICS:
        await clinic(
            f"{username}-online",
            name,
            department,
            kind=ActorKind.DOCTOR,
            practitioner_id=practitioner_id(username),
            service_type=ServiceType.ONLINE,
            place="线上",
            fee_fen=fee,
            hours=HOURS,
            places={"public": 2, "followup": 1},
        )
    await _diagnoses()
    await _templates()


async def _templates() -> None:
    for username, title, content in TEMPLATES:
        doctor = await Practitioner.get(id=practitioner_id(username))
        await NoteTemplate.create(
            id=demo_id("note-template", username),
            owner_id=doctor.id,
            organization_id=doctor.organization_id,
            title=title,
            content=content,
            made_by=doctor.id,
            created_at=clock.now(),
        )


async def _diagnoses() -> None:
    doctor = await Practitioner.get(id=practitioner_id("county1"))
    house = await Organization.get(id=organization_id(HOUSE))
    moment = clock.now() - timedelta(days=DAYS_AGO)
    known = set()
    for bond in await Bond.all().select_related("patient").order_by("asked_at"):
        patient = bond.patient
        if patient.id in known:
            continue
        known.add(patient.id)
        grown = years(patient.birth_date, clock.today()) >= 18
        await Condition.create(
            id=demo_id("condition", str(patient.id)),
            patient_id=patient.id,
            name="原发性高血压" if grown else "过敏性鼻炎",
            icd10="I10.x00" if grown else "J30.400",
            note="门诊确诊,规律用药",
            recorded_at=moment,
            recorder_id=doctor.id,
            recorder_name=doctor.name,
            organization_id=house.id,
            organization_name=house.name,
        )
