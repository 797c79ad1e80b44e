"""Conversations and rooms × the record: whose they are about, for the trail that the person reads.

`chat` and `rtc` keep things under a name they do not understand. A look at a file or a recording is
a look at somebody's record all the same (个人信息保护法 art. 44), so the name is resolved here.
"""

from uuid import UUID

from care.encounter.models import Encounter
from care.encounter.steps import subject as visit_subject
from care.teleconsultation.models import Consultation
from care.teleconsultation.steps import subject as consultation_subject
from core.audit import NOBODYS, Whose
from family_doctor.talks.models import TeamTalk
from pharmacy.prescribing.models import MedicationRequest


async def of_room(room_id: UUID) -> Whose:
    """A room has the id of its visit or consultation."""
    if row := await Consultation.get_or_none(id=room_id):
        return Whose(row.patient_id, f"{consultation_subject(row.id)} (consultation)")
    if visit := await Encounter.get_or_none(id=room_id):
        return Whose(visit.patient_id, f"{visit_subject(visit.id)} (visit)")
    return NOBODYS


async def of_subject(subject: str) -> Whose:
    """A conversation is found by the name of its visit, consultation, prescription or team talk."""
    try:
        about = UUID(subject.partition("/")[2])
    except ValueError:
        return NOBODYS
    if talk := await TeamTalk.get_or_none(id=about):
        return Whose(talk.patient_id, f"{subject} (team)")
    if row := await MedicationRequest.get_or_none(id=about):
        return Whose(row.patient_id, f"{subject} (prescription)")
    return await of_room(about)
