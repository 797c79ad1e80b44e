"""All tables of the Tortoise app `care`, gathered from its rooms."""

from care.consent.models import Consent
from care.documents.models import ArchivedDocument
from care.record.models import (
    AllergyIntolerance,
    Condition,
    DocumentReference,
    MedicationStatement,
    Observation,
)
from care.signatures.models import CertificateAuthority, Signature, SigningKey
from care.teleconsultation.models import (
    Agreement,
    Booking,
    Consultation,
    ConsultHours,
    CoSignature,
    Decision,
    Expert,
    MaterialRequest,
    Opinion,
    Presence,
    Seat,
    Shift,
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
    "Condition",
    "Consent",
    "ConsultHours",
    "Consultation",
    "Decision",
    "DocumentReference",
    "Expert",
    "MaterialRequest",
    "MedicationStatement",
    "Observation",
    "Opinion",
    "PhoneCall",
    "Presence",
    "Seat",
    "Shift",
    "Signature",
    "SigningKey",
    "Step",
]
