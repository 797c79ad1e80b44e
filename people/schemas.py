"""What staff write down about a resident."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, model_validator

from core import clock
from core.http import Schema
from core.wording import finding
from people import rules
from people.models import IdentifierKind, Sex

NO_DOCUMENT: Final = "none"
DOCUMENT_WORDS: Final = {
    IdentifierKind.ID_CARD: "居民身份证",
    IdentifierKind.RESIDENCE_PERMIT: "港澳台居民居住证",
    IdentifierKind.FOREIGN_RESIDENCE: "外国人永久居留身份证",
    IdentifierKind.PASSPORT: "护照",
    IdentifierKind.HK_MACAU_PERMIT: "港澳居民来往内地通行证",
    IdentifierKind.TAIWAN_PERMIT: "台湾居民来往大陆通行证",
    IdentifierKind.BIRTH_CERTIFICATE: "出生医学证明",
    IdentifierKind.HOUSEHOLD_BOOK: "户口簿",
}
DOCUMENT_CHOICES: Final = [
    *((kind.value, words) for kind, words in DOCUMENT_WORDS.items()),
    (NO_DOCUMENT, "暂时没有证件(如新生儿)"),
]


class Relation(StrEnum):
    """Who looks after a child."""

    MOTHER = "母亲"
    FATHER = "父亲"
    GRANDPARENT = "祖父母或外祖父母"
    OTHER = "其他监护人"


def _name(text: str) -> str:
    if sentence := rules.name_objection(text):
        raise ValueError(sentence)
    return rules.tidy_name(text)


def _phone(text: str) -> str:
    if sentence := rules.phone_objection(text):
        raise ValueError(sentence)
    return rules.tidy_phone(text)


Name = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_name)]
Phone = Annotated[str, StringConstraints(max_length=24), AfterValidator(_phone)]
Words = Annotated[str, StringConstraints(max_length=60)]


class Contact(Schema):
    """How to reach a resident; may change at any time."""

    phone: Phone | None = None
    village: Words = ""
    address: Annotated[str, StringConstraints(max_length=120)] = ""
    guardian_name: Name | None = None
    guardian_relation: Relation | None = None

    @model_validator(mode="after")
    def _guardian_whole(self) -> Self:
        if self.guardian_name and not self.guardian_relation:
            raise finding("guardian_relation", "请选监护人与居民的关系")
        if self.guardian_relation and not self.guardian_name:
            raise finding("guardian_name", "请填监护人姓名")
        return self


class ContactChange(Contact):
    """A change to `Contact`: an empty phone or address stays as it was, because both are masked."""

    forget_phone: bool = False


class Registration(Contact):
    """A new resident. `confirmed` are look-alikes that staff have looked at and ruled out."""

    name: Name
    document_kind: IdentifierKind | None = IdentifierKind.ID_CARD
    document_number: Annotated[str, StringConstraints(max_length=40)] = ""
    birth_date: date | None = None
    sex: Sex | None = None
    confirmed: list[UUID] = []

    @model_validator(mode="before")
    @classmethod
    def _without_document(cls, given: object) -> object:
        if isinstance(given, dict) and given.get("document_kind") == NO_DOCUMENT:
            return {**given, "document_kind": None, "document_number": ""}
        return given

    @model_validator(mode="after")
    def _person_whole(self) -> Self:
        document = self.document
        if document is None or document.birth_date is None:
            self._require_birth_and_sex()
        if document is None:
            self._require_somebody_to_ask()
        return self

    @property
    def document(self) -> rules.Document | None:
        """The document as it is kept; None for somebody without one."""
        if self.document_kind is None:
            return None
        try:
            return rules.read_document(
                self.document_kind, self.document_number, today=clock.today()
            )
        except rules.NotADocument as refusal:
            raise finding("document_number", str(refusal)) from None

    @property
    def born(self) -> date:
        """The birth date, from the document when it tells it."""
        found = (self.document and self.document.birth_date) or self.birth_date
        if found is None:
            raise ValueError("checked when the registration was made")
        return found

    @property
    def gender(self) -> Sex:
        """The sex, from the document when it tells it."""
        return (self.document and self.document.sex) or self.sex or Sex.UNKNOWN

    def _require_birth_and_sex(self) -> None:
        if self.birth_date is None:
            raise finding("birth_date", "请填出生日期")
        if self.birth_date > clock.today():
            raise finding("birth_date", "出生日期不能在今天之后")
        if self.birth_date < rules.EARLIEST_BIRTH:
            raise finding("birth_date", "请检查出生日期的年份")
        if self.sex is None:
            raise finding("sex", "请选性别")

    def _require_somebody_to_ask(self) -> None:
        if self.phone is None:
            raise finding("phone", "没有证件的居民请留一个电话,方便以后核对身份")
        today = clock.today()
        born = self.birth_date or today
        is_child = (today.year - born.year, today.month, today.day) < (18, born.month, born.day)
        if is_child and self.guardian_name is None:
            raise finding("guardian_name", "没有证件的孩子请填监护人姓名")


class Masked(StrEnum):
    """What is masked on screen and may be shown for a reason."""

    ID_NUMBER = "id_number"
    PHONE = "phone"


Reason = Annotated[str, StringConstraints(min_length=4, max_length=300)]


class Disclosure(Schema):
    """Why somebody wants to see what is masked."""

    what: Masked
    reason: Reason


class NewDocument(Schema):
    """A document for a resident who was registered without it."""

    document_kind: IdentifierKind
    document_number: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Emergency(Schema):
    """Whose record, by name and full document number or phone, and why nobody can be asked."""

    name: Name
    number: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    reason: Reason
