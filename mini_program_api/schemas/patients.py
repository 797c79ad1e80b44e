"""The people an account looks after, and their health cards."""

from uuid import UUID

from pydantic import ConfigDict, Field

from core.clock import Moment
from core.http import Schema
from mini_program_api.schemas.common import Day, Input, Items
from people.residents.schemas import NewPatient


class PatientIn(NewPatient):
    """Somebody to look after. Birth date and sex are needed when the document does not tell."""

    model_config = ConfigDict(strict=True, str_strip_whitespace=False)


class PatientOut(Schema):
    """One patient of the account. `needs_proof`: a code to the patient's own phone is waited for.

    `scopes` are what the account may do: book, pay, view, chat. `until`: when that ends.
    `deceased_on`: of somebody who has died the records may be read and nothing is begun.
    """

    id: UUID
    name: str
    sex: str
    birth_date: Day
    id_number_masked: str
    phone_masked: str
    relation: str
    relation_name: str
    scopes: list[str]
    needs_proof: bool
    until: Moment | None
    deceased_on: Day | None


class Patients(Items[PatientOut]):
    """The account's patients, the own one first."""


class ProofIn(Input):
    """The code that was sent to the patient's own phone."""

    code: str = Field(min_length=4, max_length=8)


class HealthCardOut(Schema):
    """The e-health card: one for all member institutions."""

    card_no: str
    issued_at: Moment


class HealthCodeOut(Schema):
    """What the QR says for a minute; fetch the next one at `refresh_at`."""

    qr_text: str
    expires_at: Moment
    refresh_at: Moment


class LossIn(Input):
    """Why the card gets a new number."""

    reason: str = Field("居民自己挂失", min_length=1, max_length=100)
