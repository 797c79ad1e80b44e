"""The report for both archives, put together from what was signed."""

from collections.abc import Sequence
from uuid import UUID

from care.consent.models import Consent
from care.consent.rules import SIGNERS
from care.documents.consultation_report import (
    KIND,
    ConsultationReport,
    Participant,
    ReportPatient,
    SignedText,
    issue_report,
)
from care.documents.models import ArchivedDocument
from care.documents.service import Archive
from care.record.queries import summary
from care.signatures.models import Signature
from care.teleconsultation.events import ConsultationArchived
from care.teleconsultation.models import (
    Consultation,
    CoSignature,
    Decision,
    Expert,
    Format,
    Opinion,
    OpinionKind,
    Part,
    Step,
)
from care.teleconsultation.opinions import latest_signed
from care.teleconsultation.states import WORKING, Status
from care.teleconsultation.steps import move, write_down
from care.teleconsultation.telephone import rules as telephone
from care.teleconsultation.telephone.service import calls
from care.teleconsultation.words import ADOPTIONS, FORMATS, MODES, PARTS, URGENCIES
from core import clock, db
from core.audit import SYSTEM
from core.blobs import Store
from people.queries import PractitionerCard, patient_header, practitioners
from people.specialties import SPECIALTIES


async def archive_report(consultation_id: UUID, *, store: Store, base_url: str) -> None:
    """Print, seal and archive the newest version; safe to repeat. No transaction may be open."""
    consultation = await Consultation.get(id=consultation_id).prefetch_related(
        "inviter_organization", "agreement__invitee_organization"
    )
    if consultation.status not in (Status.FEEDBACK, Status.ARCHIVED):
        return
    newest = await newest_report(consultation.id)
    version = newest.version if newest else 0
    signatures = await _signatures(consultation)
    if newest is None or newest.signed_at < signatures[-1].signed_at:
        version += 1
        report = await assemble(consultation, version, newest)
        await issue_report(
            SYSTEM,
            report,
            signatures=signatures,
            archives=_archives(consultation),
            store=store,
            base_url=base_url,
        )
    await _close(consultation_id, version)


async def _close(consultation_id: UUID, version: int) -> None:
    async with db.atomic():
        consultation = await Consultation.filter(id=consultation_id).select_for_update().get()
        event = ConsultationArchived(consultation_id=str(consultation.id), version=version)
        sentence = f"会诊报告第 {version} 版已存入双方档案"
        if consultation.status == Status.FEEDBACK:
            await move(consultation, "archive", SYSTEM, sentence, event, closed_at=clock.now())
        elif not await Step.exists(consultation_id=consultation.id, sentence=sentence):
            await write_down(consultation, "archive_again", SYSTEM, sentence, event)


async def newest_report(consultation_id: UUID) -> ArchivedDocument | None:
    """The newest archived original."""
    found = ArchivedDocument.filter(kind=KIND, subject_id=consultation_id)
    return await found.order_by("-version").first()


def _archives(consultation: Consultation) -> list[Archive]:
    houses = [consultation.inviter_organization, consultation.agreement.invitee_organization]
    return [Archive(house.id, house.name) for house in houses]


async def _current_opinions(consultation: Consultation) -> list[Opinion]:
    rows = await Opinion.filter(consultation_id=consultation.id, kind=OpinionKind.EXPERT).exclude(
        signed_at=None
    )
    newest: dict[UUID, Opinion] = {}
    for row in sorted(rows, key=lambda o: o.version):
        newest[row.author_id] = row
    return sorted(newest.values(), key=lambda o: o.signed_at or o.saved_at)


async def _signatures(consultation: Consultation) -> list[Signature]:
    ids = [opinion.signature_id for opinion in await _current_opinions(consultation)]
    joint = await latest_signed(consultation.id, OpinionKind.JOINT)
    if joint is not None:
        ids.append(joint.signature_id)
        ids += [row.signature_id for row in await CoSignature.filter(opinion_id=joint.id)]
    decision = await Decision.get(consultation_id=consultation.id)
    ids.append(decision.signature_id)
    return await Signature.filter(id__in=ids).order_by("signed_at")


async def assemble(
    consultation: Consultation, version: int, before: ArchivedDocument | None
) -> ConsultationReport:
    """Everything on the form."""
    record = await summary(consultation.patient_id)
    patient = await patient_header(consultation.patient_id)
    opinions = await _current_opinions(consultation)
    joint = await latest_signed(consultation.id, OpinionKind.JOINT)
    decision = await Decision.get(consultation_id=consultation.id)
    sent = set(consultation.attachments)
    issued = (await _signatures(consultation))[-1].signed_at
    return ConsultationReport(
        consultation_id=consultation.id,
        number=number_of(consultation),
        version=version,
        patient_id=consultation.patient_id,
        patient=ReportPatient(
            name=patient.name,
            sex=patient.sex,
            age=patient.age,
            id_masked=patient.id_masked,
            village=patient.village,
        ),
        inviter_organization=consultation.inviter_organization.name,
        invitee_organizations=[consultation.agreement.invitee_organization.name],
        mode=f"{MODES[consultation.mode]} · {FORMATS[consultation.format]}",
        urgency=URGENCIES[consultation.urgency],
        requested_at=consultation.submitted_at or consultation.created_at,
        started_at=consultation.began_at,
        ended_at=consultation.ended_at,
        participants=await _participants(consultation),
        aim=consultation.aim,
        chief_complaint=consultation.chief_complaint,
        history=consultation.history,
        opinions=[await _signed_opinion(opinion) for opinion in opinions],
        joint=await _signed_opinion(joint) if joint else None,
        decision=await _signed_decision(consultation, decision),
        issued_at=issued,
        examination=consultation.exam,
        vitals=[f"{item['name']} {item['words']}" for item in consultation.vitals],
        allergies=_allergy_words(record.allergies),
        attachments=[
            f"{item.kind_words}:{item.title}" for item in record.attachments if str(item.id) in sent
        ],
        working_diagnosis=consultation.working_diagnosis,
        questions=consultation.questions,
        consent=await _consent_words(consultation),
        phone_calls=[
            f"{call.called_at.astimezone(clock.SHANGHAI):%Y-%m-%d} {telephone.line(call)}"
            for call in await calls(consultation.id)
        ],
        fee_fen=consultation.fee_fen,
        replaces_version=before.version if before else None,
        correction_reason=await _correction_reason(consultation) if before else "",
    )


def number_of(consultation: Consultation) -> str:
    """YC20261121-1a2b3c4d: day of the request and the beginning of its id."""
    at = (consultation.submitted_at or consultation.created_at).astimezone(clock.SHANGHAI)
    return f"YC{at:%Y%m%d}-{consultation.id.hex[:8]}"


def _allergy_words(found: Sequence[object] | None) -> list[str]:
    if found is None:
        return []
    return [str(getattr(item, "words", item)) for item in found] or ["无已知过敏"]


async def _participants(consultation: Consultation) -> list[Participant]:
    experts = await Expert.filter(consultation_id=consultation.id, status__in=WORKING).order_by(
        "answered_at"
    )
    ids = [consultation.inviter_id, *(e.practitioner_id for e in experts)]
    cards = {card.id: card for card in await practitioners(ids=ids, active=None)}
    parts = {e.practitioner_id: PARTS[_part(consultation, e)] for e in experts}
    return [_participant(cards[person], parts.get(person, "邀请医生")) for person in ids]


def _part(consultation: Consultation, expert: Expert) -> Part:
    alone = consultation.format == Format.SINGLE and expert.part == Part.COORDINATOR
    return Part.EXPERT if alone else expert.part


def _participant(card: PractitionerCard, part: str) -> Participant:
    return Participant(
        name=card.name,
        title=card.title,
        organization=card.organization_name,
        specialty=card.specialty_name,
        part=part,
    )


async def _signed_opinion(opinion: Opinion) -> SignedText:
    signature = await Signature.get(id=opinion.signature_id)
    expert = await Expert.get(
        consultation_id=opinion.consultation_id, practitioner_id=opinion.author_id
    )
    return SignedText(
        name=signature.name,
        title=signature.title,
        organization=signature.organization_name,
        specialty=SPECIALTIES.get(expert.specialty, ""),
        text=opinion_words(opinion),
        signed_at=signature.signed_at,
        serial=signature.certificate_serial,
    )


OPINION_LABELS = (
    ("findings", "所见与分析"),
    ("diagnosis", "诊断意见"),
    ("advice", "处理建议"),
    ("answers", "对所提问题的答复"),
    ("follow_up", "复查与随访"),
)


def opinion_words(opinion: Opinion) -> str:
    """The opinion as running text with its headings."""
    given = opinion.content
    return "\n".join(f"{label}:{given[name]}" for name, label in OPINION_LABELS if given.get(name))


async def _signed_decision(consultation: Consultation, decision: Decision) -> SignedText:
    signature = await Signature.get(id=decision.signature_id)
    lines = [
        f"对会诊意见:{ADOPTIONS[decision.adoption]}",
        f"诊断:{decision.diagnosis}",
        f"处理:{decision.plan}",
    ]
    if decision.note:
        lines.append(f"说明:{decision.note}")
    return SignedText(
        name=signature.name,
        title=signature.title,
        organization=signature.organization_name,
        specialty="",
        text="\n".join(lines),
        signed_at=signature.signed_at,
        serial=signature.certificate_serial,
    )


async def _consent_words(consultation: Consultation) -> str:
    consent = await Consent.get_or_none(id=consultation.consent_id)
    if consent is None:
        return ""
    day = consent.signed_at.astimezone(clock.SHANGHAI)
    return (
        f"{SIGNERS[consent.signer]} {consent.signer_name} "
        f"{day.year}年{day.month}月{day.day}日 签署(第 {consent.text_version} 版)"
    )


async def _correction_reason(consultation: Consultation) -> str:
    corrected = Opinion.filter(consultation_id=consultation.id).exclude(corrects_id=None)
    newest = await corrected.exclude(signed_at=None).order_by("-signed_at").first()
    return newest.correction_reason if newest else ""
