"""What residents fill in."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from core import clock
from core.http import Schema
from core.wording import finding
from people import rules
from people.models import IdentifierKind, Sex
from people.residents.models import Relation, Scope
from people.schemas import Name, Phone


class AgreedText(Schema):
    """One text somebody says yes to."""

    kind: Annotated[str, StringConstraints(min_length=1, max_length=30)]
    version: Annotated[str, StringConstraints(min_length=1, max_length=20)]


AgreedTexts = Annotated[list[AgreedText], Field(max_length=30)]
"""Whoever agrees may send all texts of today: those that nobody asks for here count for nothing."""


class NewPatient(Schema):
    """Somebody to act for: oneself or one of the family.

    `birth_date` and `sex` are for documents whose number does not tell them. `phone` is the
    patient's own number (a child's: the guardian's). `scopes` and `until` count for other adults.
    `organization_id` is the clinic that shall keep the record of somebody who has none yet.
    """

    name: Name
    id_type: IdentifierKind = IdentifierKind.ID_CARD
    id_number: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    phone: Phone | None = None
    relation: Relation = Relation.SELF
    consents: AgreedTexts = []
    birth_date: date | None = None
    sex: Sex | None = None
    self_supporting: bool = False
    scopes: list[Scope] = []
    until: date | None = None
    organization_id: UUID | None = None

    @model_validator(mode="after")
    def _person_whole(self) -> Self:
        document = self.document
        today = clock.today()
        if document.birth_date is None:
            if self.birth_date is None:
                raise finding("birth_date", "请填出生日期")
            if not rules.EARLIEST_BIRTH <= self.birth_date <= today:
                raise finding("birth_date", "请检查出生日期")
        elif self.birth_date not in (None, document.birth_date):
            raise finding("birth_date", "出生日期和证件号码里的不一样,请检查")
        if document.sex is None and self.sex in (None, Sex.UNKNOWN):
            raise finding("sex", "请选性别")
        if self.until is not None and self.until < today:
            raise finding("until", "截止日期不能早于今天")
        return self

    @property
    def document(self) -> rules.Document:
        """The document as it is kept."""
        try:
            return rules.read_document(self.id_type, self.id_number, today=clock.today())
        except rules.NotADocument as refusal:
            raise finding("id_number", str(refusal)) from None

    @property
    def born(self) -> date:
        """The birth date, from the number when it tells it."""
        found = self.document.birth_date or self.birth_date
        if found is None:
            raise ValueError("checked when the entry was made")
        return found

    @property
    def gender(self) -> Sex:
        """The sex, from the number when it tells it."""
        return self.document.sex or self.sex or Sex.UNKNOWN


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class AddressEntry(Schema):
    """Where drugs are to be brought: who receives them, township, village, and the rest in words
    (组、门牌、怎么走)."""

    patient_id: UUID
    name: Name
    phone: Phone
    township: Line
    village: Line
    detail: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]
    is_default: bool = False
