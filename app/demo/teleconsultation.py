"""Agreements, the on-call roster, and consultations of 云河县 in several states."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from PIL import Image, ImageDraw

from app.demo.people import organization_id, practitioner_id
from app.demo.places import demo_id
from app.settings import Settings
from care.consent.models import SignatureMethod, Signer
from care.consent.schemas import ConsentIn
from care.consent.service import sign_consent
from care.consent.texts import current
from care.record import service as record
from care.record.models import AllergyCategory, AttachmentKind
from care.record.queries import attachments
from care.record.schemas import AllergyIn, AttachmentsIn, MedicationIn, VitalsIn
from care.teleconsultation import attendance, desk, opinions, requests, session, times
from care.teleconsultation.access import DUTY
from care.teleconsultation.fees import FeeTable
from care.teleconsultation.hours import (
    ConsultHours,
    Shift,
)
from care.teleconsultation.models import (
    Agreement,
    Consultation,
    OpinionKind,
)
from care.teleconsultation.schemas import (
    ApplicationIn,
    DecisionIn,
    MaterialRequestIn,
    OpinionIn,
)
from care.teleconsultation.steps import subject
from core import clock
from core.blobs import Store
from people.actor import Actor
from people.models import Account, Organization, Patient, Tier
from people.queries import practitioner

DAYS: Final = 14
DAYS_BACK: Final = 3
ON_CALL: Final = (
    ("cardiology", "county1", 1),
    ("cardiology", "county4", 2),
    ("endocrinology", "county2", 1),
    ("emergency", "county3", 1),
    (DUTY, "county3", 1),
)
HOURS: Final = (("county1", 14, 17), ("county2", 9, 11), ("county2", 14, 16))


async def create(settings: Settings) -> None:
    """Everything of the remote consultation. Called once, in the county's transaction."""
    await conclude_agreements()
    await staff_the_desk()
    await hold_consultations(Store(settings.data_dir / "blobs"))


async def conclude_agreements() -> None:
    """Every clinic and health centre has an agreement with the county hospital."""
    year = clock.today().year
    for number, house in enumerate(
        await Organization.exclude(tier=Tier.COUNTY).order_by("code"), 1
    ):
        await Agreement.create(
            id=demo_id("agreement", house.code),
            number=f"云远协〔{year}〕{number:02d}号",
            inviter_organization_id=house.id,
            invitee_organization_id=organization_id("YH-H1"),
            purpose="远程会诊、远程诊断",
            valid_from=date(year, 1, 1),
            valid_until=date(year + 2, 12, 31),
        )


async def staff_the_desk() -> None:
    """Shifts from eight to eight, round the clock, and hours for booked consultations."""
    first = datetime.combine(clock.today(), time(8), clock.SHANGHAI) - timedelta(days=DAYS_BACK)
    await Shift.bulk_create(
        [
            Shift(
                organization_id=organization_id("YH-H1"),
                practitioner_id=practitioner_id(username),
                specialty=specialty,
                position=position,
                starts_at=first + timedelta(days=day),
                ends_at=first + timedelta(days=day + 1),
            )
            for day in range(DAYS_BACK + DAYS)
            for specialty, username, position in ON_CALL
        ]
    )
    await ConsultHours.bulk_create(
        [
            ConsultHours(
                practitioner_id=practitioner_id(username),
                weekday=weekday,
                opens=opens * 60,
                closes=closes * 60,
            )
            for username, opens, closes in HOURS
            for weekday in range(5)
        ]
    )


async def actor(username: str) -> Actor:
    """Somebody of the county at work, with a fresh proof of identity."""
    account = await Account.get(username=username)
    card = await practitioner(practitioner_id(username))
    return Actor(
        account_id=account.id,
        practitioner_id=card.id,
        name=card.name,
        title=card.title,
        organization_id=card.organization_id,
        organization_name=card.organization_name,
        tier=card.tier,
        roles=frozenset(account.roles),
        session_id=account.id,
        reauthenticated_at=clock.now(),
    )


@contextmanager
def _ago(**amount: float) -> Iterator[None]:
    """Let things happen some time before now."""
    moment = clock.now() - timedelta(**amount)
    with clock.set_clock(lambda: moment):
        yield


async def hold_consultations(store: Store) -> None:
    """One finished, one to decide, one that wants material, one booked, one just asked."""
    await _finished(store)
    await _to_decide(store)
    await _wants_material(store)
    await _booked(store)
    await _just_asked(store)


def _typed(**more: Any) -> dict[str, Any]:
    return {
        "mode": "instant",
        "format": "single",
        "urgency": "ordinary",
        "patient_here": "1",
        **more,
    }


CHEST: Final = _typed(
    urgency="urgent",
    specialty="cardiology",
    aim="明确胸闷原因,要不要转到县医院",
    chief_complaint="活动后胸闷 3 天",
    history="3 天前上坡时出现胸闷,休息几分钟能缓解,没有出汗和晕倒,没有用药。",
    exam="神志清楚,心率 84 次/分,律齐,两肺呼吸音清,双下肢不肿。",
    working_diagnosis="冠心病待查",
    questions="要不要转县医院?\n先用什么药?",
)
SUGAR: Final = _typed(
    mode="async",
    specialty="endocrinology",
    aim="调整降糖药",
    chief_complaint="空腹血糖高 1 个月",
    history="2 型糖尿病 6 年,近 1 个月空腹血糖 10 左右,饮食没有变化。",
    exam="神志清楚,双足皮肤完好,足背动脉搏动好。",
    working_diagnosis="2 型糖尿病,血糖控制不好",
    questions="要不要加药?\n多久复查一次?",
)


async def ask(
    store: Store, username: str, clinic: str, number: int, typed: dict[str, Any]
) -> Consultation:
    """A complete request, sent with a signed consent."""
    who, patient = await actor(username), await _grown(clinic, number)
    await _examine(store, who, patient)
    draft = await requests.begin_draft(who, patient)
    documents = [str(a.id) for a in await attachments(patient)]
    draft = await requests.save_draft(who, draft.id, {**typed, "attachments": documents})
    fee = await requests.quote(draft, ApplicationIn.model_validate(draft.typed), FeeTable.read())
    await _consent(store, who, draft, fee)
    return await requests.submit(who, draft.id, fees=FeeTable.read())


async def _grown(clinic: str, number: int) -> UUID:
    """One of the clinic's older residents."""
    old = Patient.filter(
        managing_organization_id=organization_id(clinic), birth_date__lt=date(1972, 1, 1)
    )
    residents = await old.order_by("birth_date", "id")
    return residents[number].id


async def _examine(store: Store, who: Actor, patient: UUID) -> None:
    measured = VitalsIn(
        systolic=Decimal(152),
        diastolic=Decimal(92),
        pulse=Decimal(84),
        temperature=Decimal("36.6"),
        respiration=Decimal(18),
        spo2=Decimal(97),
        glucose=Decimal("9.8"),
        weight=Decimal(61),
        height=Decimal(158),
        measured_at=clock.now(),
    )
    await record.record_vitals(who, patient, measured)
    await record.add_allergy(who, patient, AllergyIn(category=AllergyCategory.NONE_KNOWN))
    medicine = MedicationIn(name="二甲双胍片", dosage="0.5 g,一天两次", since="2020年")
    await record.add_medication(who, patient, medicine)
    strip = await store.receive(_ecg(), name="心电图.png")
    entry = AttachmentsIn(kind=AttachmentKind.ECG, title="十二导联心电图", taken_on=clock.today())
    await record.add_attachments(who, patient, entry, [strip])


def _ecg() -> bytes:
    """A strip of regular beats on pink squares."""
    picture = Image.new("RGB", (900, 300), "#fff5f3")
    pen = ImageDraw.Draw(picture)
    for x in range(0, 900, 20):
        pen.line((x, 0, x, 300), "#f6c9c2", 2 if x % 100 == 0 else 1)
    for y in range(0, 300, 20):
        pen.line((0, y, 900, y), "#f6c9c2", 2 if y % 100 == 0 else 1)
    beat = ((0, 0), (18, -8), (34, 0), (48, 0), (54, 14), (62, -96), (70, 26), (76, 0), (104, -18))
    points = [
        (start + x, 170 + y) for start in range(0, 900, 140) for x, y in (*beat, (128, 0), (139, 0))
    ]
    pen.line(points, "#1d2b33", 3)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


async def _consent(store: Store, who: Actor, draft: Consultation, fee: int) -> None:
    patient = await Patient.get(id=draft.patient_id)
    entry = ConsentIn(
        signer=Signer.SELF,
        signer_name=patient.name,
        method=SignatureMethod.TYPED,
        typed_name=patient.name,
        text_version=current(requests.CONSENT_KIND).version,
        fee_fen=fee,
        explained=True,
    )
    await sign_consent(
        who,
        kind=requests.CONSENT_KIND,
        patient_id=patient.id,
        subject=subject(draft.id),
        fee_fen=fee,
        entry=entry,
        store=store,
    )


async def _meet(consultation: Consultation, inviter: str, expert: str) -> None:
    for username in (inviter, expert):
        await attendance.somebody_entered(consultation.id, practitioner_id(username))
    await attendance.room_emptied(consultation.id)


async def _finished(store: Store) -> None:
    with _ago(days=2, hours=3):
        done = await ask(store, "village1", "YH-T1-V1", 0, CHEST)
        await desk.accept(await actor("county1"), done.id)
        await _meet(done, "village1", "county1")
    with _ago(days=2, hours=2):
        await session.end(await actor("county1"), done.id)
        await _opine(done, "county1", "冠心病,稳定型心绞痛可能")
    with _ago(days=2, hours=1):
        decision = DecisionIn(
            adoption="full",
            diagnosis="冠心病,稳定型心绞痛可能",
            plan="按专家意见用药,一周内到县医院做运动试验;胸痛加重随时拨打 120。",
        )
        await opinions.decide(await actor("village1"), done.id, decision)


async def _opine(consultation: Consultation, username: str, diagnosis: str) -> None:
    entry = OpinionIn(
        findings="症状与劳累有关,休息缓解;静息心电图没有明显 ST-T 改变,血压偏高。",
        diagnosis=diagnosis,
        advice="阿司匹林肠溶片 100 mg 每天一次,阿托伐他汀 20 mg 每晚一次;控制血压,避免劳累。",
        answers="目前可以在家观察,一周内到县医院门诊;静息时胸痛或超过 15 分钟不缓解立即拨打 120。",
        follow_up="一周后门诊复查,带上血压记录。",
    )
    who = await actor(username)
    await opinions.sign_opinion(who, consultation.id, OpinionKind.EXPERT, entry)


async def _to_decide(store: Store) -> None:
    with _ago(hours=20):
        asked = await ask(store, "village1", "YH-T1-V1", 1, CHEST)
        await desk.accept(await actor("county4"), asked.id)
        await _meet(asked, "village1", "county4")
    with _ago(hours=19):
        await session.end(await actor("county4"), asked.id)
        await _opine(asked, "county4", "高血压 1 级,胸闷待查")


async def _wants_material(store: Store) -> None:
    with _ago(hours=3):
        asked = await ask(store, "village1", "YH-T1-V1", 2, SUGAR)
    with _ago(hours=2):
        who = await actor("county2")
        await desk.accept(who, asked.id)
        wanted = MaterialRequestIn(text="请补近 3 天的空腹血糖和一张肾功能化验单。")
        await desk.request_material(who, asked.id, wanted)


async def _booked(store: Store) -> None:
    with _ago(hours=5):
        offered = await times.free_times([practitioner_id("county1")])
        chosen = [item.at for item in offered if item.at > clock.now() + timedelta(hours=20)][:3]
        typed = CHEST | {
            "mode": "scheduled",
            "urgency": "ordinary",
            "times": [at.isoformat() for at in chosen],
        }
        asked = await ask(store, "village2", "YH-T2-V1", 0, typed)
    with _ago(hours=4):
        await desk.accept(await actor("county1"), asked.id, chosen[0])


async def _just_asked(store: Store) -> None:
    with _ago(minutes=25):
        await ask(store, "village2", "YH-T2-V1", 1, SUGAR)
