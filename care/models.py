"""All tables of the Tortoise app `care`, gathered from its rooms."""

from care.complaint.models import Complaint, ComplaintStep
from care.consent.models import Consent
from care.documents.models import ArchivedDocument
from care.encounter.guests.models import EncounterGuest
from care.encounter.models import (
    EligibilityVerdict,
    Encounter,
    EncounterEvidence,
    EncounterRating,
    OnlineShift,
)
from care.laboratory.models import DiagnosticReport, LaboratoryObservation
from care.note.models import Composition, NoteDiagnosis, NoteTemplate
from care.record.models import (
    AllergyIntolerance,
    Condition,
    DocumentReference,
    MedicationStatement,
    Observation,
)
from care.referral.models import ServiceRequest
from care.signatures.models import CertificateAuthority, Signature, SigningKey
from care.teleconsultation.hours import (
    Booking,
    ConsultHours,
    Shift,
)
from care.teleconsultation.models import (
    Agreement,
    Consultation,
    CoSignature,
    Decision,
    Expert,
    MaterialRequest,
    Opinion,
    Presence,
    Seat,
    Step,
)
from care.teleconsultation.telephone.models import PhoneCall

__all__ = [
    "Agreement",
    "AllergyIntolerance",
    "ArchivedDocument",
    "Booking",
    "CertificateAuthority",
    "CoSignature",
    "Complaint",
    "ComplaintStep",
    "Composition",
    "Condition",
    "Consent",
    "ConsultHours",
    "Consultation",
    "Decision",
    "DiagnosticReport",
    "DocumentReference",
    "EligibilityVerdict",
    "Encounter",
    "EncounterEvidence",
    "EncounterGuest",
    "EncounterRating",
    "Expert",
    "LaboratoryObservation",
    "MaterialRequest",
    "MedicationStatement",
    "NoteDiagnosis",
    "NoteTemplate",
    "Observation",
    "OnlineShift",
    "Opinion",
    "PhoneCall",
    "Presence",
    "Seat",
    "ServiceRequest",
    "Shift",
    "Signature",
    "SigningKey",
    "Step",
]
