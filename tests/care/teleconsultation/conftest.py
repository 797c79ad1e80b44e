"""A county with agreements and a roster, a patient with a record, and people who act over HTTP."""

import asyncio
import re
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from app.demo import people as demo
from app.demo import teleconsultation as county
from app.main import DISPATCHER
from care.consent.texts import current
from care.record import service as record
from care.record.models import AllergyCategory, AttachmentKind
from care.record.schemas import AllergyIn, AttachmentsIn, MedicationIn, VitalsIn
from care.teleconsultation import reactions
from care.teleconsultation.models import Consultation
from core import clock, csrf
from core.blobs import STORE
from core.outbox import OutboxEntry, OutboxStatus
from tests.care.pictures import jpeg
from tests.plumbing.house import form_token

COMPLETE = {
    "mode": "instant",
    "format": "single",
    "urgency": "urgent",
    "specialty": "cardiology",
    "aim": "明确胸闷原因",
    "chief_complaint": "胸闷 3 天",
    "history": "3 天前活动后出现胸闷,休息可缓解,未用药。",
    "exam": "心率 84 次/分,律齐,双下肢不肿。",
    "working_diagnosis": "冠心病待查",
    "questions": "要不要转县医院?\n先用什么药?",
}
OPINION = {
    "findings": "静息心电图没有缺血改变。",
    "diagnosis": "稳定型心绞痛可能",
    "advice": "阿司匹林 100 mg 每天一次。",
}
DECISION = {"adoption": "full", "diagnosis": "稳定型心绞痛可能", "plan": "按意见用药,一周复查。"}


class Story:
    """What the people of a test do, over HTTP where a person would."""

    def __init__(self, house, patient) -> None:
        self.house, self.patient = house, patient
        self.visitors = {}

    async def person(self, username):
        """Somebody signed in, the same browser each time."""
        if username not in self.visitors:
            self.visitors[username] = await self.house.signed_in(username)
        return self.visitors[username]

    async def come_back(self):
        """Sign in anew everybody whose session the clock has ended."""
        self.visitors.clear()

    async def get(self, username, path):
        return await (await self.person(username)).get(path)

    async def read(self, username, path):
        answer = await self.get(username, path)
        text = await answer.text()
        assert answer.status == 200, (path, answer.status, text[:600])
        return text

    async def post(self, username, path, fields=None):
        return await (await self.person(username)).post(path, fields)

    async def do(self, username, path, fields=None):
        """Post and expect to be led on."""
        answer = await self.post(username, path, fields)
        assert answer.status == 303, (path, answer.status, words_of(await answer.text()))
        return answer.headers["Location"]

    async def draft(self, username="village1", patient=None):
        """Open the form; return the consultation's id."""
        chosen = (patient or self.patient).id
        place = await self.do(username, "/consultations", {"patient_id": str(chosen)})
        return UUID(place.split("/")[2])

    async def consent(self, username, consultation_id, patient=None):
        """The patient signs with the fee in view."""
        consultation = await Consultation.get(id=consultation_id)
        name = (patient or self.patient).name
        fields = {
            "signer": "self",
            "signer_name": name,
            "method": "typed",
            "typed_name": name,
            "text_version": current("teleconsultation").version,
            "fee_fen": str(consultation.fee_fen),
            "explained": "1",
        }
        return await self.do(username, f"/consents/teleconsultation/{consultation_id}", fields)

    async def ask(self, username="village1", patient=None, **changes):
        """The whole way from the patient to a sent request."""
        consultation_id = await self.draft(username, patient)
        here = f"/consultations/{consultation_id}"
        place = await self.do(username, f"{here}/request", COMPLETE | changes)
        assert place == f"/consents/teleconsultation/{consultation_id}"
        assert await self.consent(username, consultation_id, patient) == f"{here}/submission"
        assert await self.do(username, f"{here}/submission") == here
        return consultation_id

    async def ticket(self, username, consultation_id):
        visitor = await self.person(username)
        return await visitor.client.post(
            f"/consultations/{consultation_id}/room-ticket",
            headers={csrf.HEADER: form_token(), "Accept": "application/json"},
        )

    async def enter(self, username, consultation_id):
        """Through the door, as the media side reports it."""
        answer = await self.ticket(username, consultation_id)
        assert answer.status == 200, await answer.text()
        seat = (await answer.json())["seat"]
        assert seat == str(demo.practitioner_id(username))
        await reactions.participant_entered(room=str(consultation_id), seat=seat)

    async def meet(self, consultation_id, *usernames):
        for username in usernames:
            await self.enter(username, consultation_id)

    async def drain(self):
        """Let everything that is due happen; the house's own dispatcher may be at it already."""
        for _ in range(1200):
            await self.house.app[DISPATCHER].drain()
            waiting = OutboxEntry.filter(status=OutboxStatus.WAITING, due_at__lte=clock.now())
            if not await waiting.exists():
                return
            await asyncio.sleep(0.05)
        raise AssertionError("something due was never delivered")

    async def status(self, consultation_id):
        return (await Consultation.get(id=consultation_id)).status


def words_of(html):
    """What a person reads of a page."""
    bare = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    return " ".join(bare.split())


async def examine(house, patient, username="village1"):
    """Everything the gate of the heart and of the sugar doctor wants to see."""
    who = await county.actor(username)
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
        measured_at=clock.now() - timedelta(minutes=1),
    )
    await record.record_vitals(who, patient.id, measured)
    await record.add_allergy(who, patient.id, AllergyIn(category=AllergyCategory.NONE_KNOWN))
    await record.add_medication(who, patient.id, MedicationIn(name="二甲双胍片"))
    strip = await house.app[STORE].receive(jpeg(), name="ecg.jpg")
    entry = AttachmentsIn(kind=AttachmentKind.ECG, title="心电图", taken_on=clock.today())
    await record.add_attachments(who, patient.id, entry, [strip])


@pytest.fixture
async def story(clock, house, resident):
    """Monday nine o'clock in 云河县; 王秀兰 has come to village1 and was examined."""
    await county.conclude_agreements()
    await county.staff_the_desk()
    patient = await resident()
    await examine(house, patient)
    return Story(house, patient)


@pytest.fixture
async def other_patient(story, resident):
    """A neighbour with a complete record."""
    patient = await resident("李国庆", number="371398195501012332")
    await examine(story.house, patient)
    return patient
