"""Two records side by side: masked, each look on record."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from core.audit import audit
from core.errors import NotFound
from people import rules
from people.actor import Actor
from people.masking import mask_name
from people.matching.models import Distinction, PatientLink
from people.matching.service import MERGERS
from people.matching.states import LinkStatus
from people.models import IdentifierKind, Patient, PatientIdentifier
from people.queries import PatientHeader, patient_headers
from people.schemas import DOCUMENT_WORDS

SAME: Final = "相同"
OTHER: Final = "不同"
_SHOWN: Final = "只供参考"


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of both records and how the two compare. `alike` is None when one lacks it."""

    label: str
    one: str
    other: str
    finding: str
    alike: bool | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the page shows, and what was decided already."""

    one: PatientHeader
    other: PatientHeader
    rows: list[Row]
    link: PatientLink | None
    distinction: Distinction | None
    numbers_differ: bool

    def header(self, patient_id: UUID) -> PatientHeader:
        """The header of one of the two."""
        return self.one if self.one.id == patient_id else self.other


async def compare(actor: Actor, one_id: UUID, other_id: UUID) -> Comparison:
    """Both records, masked. Raises Forbidden, NotFound."""
    actor.require(*MERGERS)
    found = {
        row.id: row
        for row in await Patient.filter(id__in=[one_id, other_id]).prefetch_related("identifiers")
    }
    if len(found) != 2:
        raise NotFound("patient_not_found", "没有找到这两份档案。")
    for patient_id in (one_id, other_id):
        await audit(actor, "patient.compare", f"Patient/{patient_id}", patient_id=patient_id)
    headers = await patient_headers(found)
    one, other = found[one_id], found[other_id]
    cards = [_id_card(row) for row in (one, other)]
    smaller, larger = sorted((one_id, other_id))
    return Comparison(
        one=headers[one_id],
        other=headers[other_id],
        rows=_rows(one, other, headers[one_id], headers[other_id]),
        link=await PatientLink.get_or_none(
            status=LinkStatus.ACTIVE,
            survivor_id__in=[one_id, other_id],
            merged_id__in=[one_id, other_id],
        ),
        distinction=await Distinction.get_or_none(one_id=smaller, other_id=larger),
        numbers_differ=None not in cards,
    )


def _rows(one: Patient, other: Patient, left: PatientHeader, right: PatientHeader) -> list[Row]:
    names = rules.tidy_name(one.name), rules.tidy_name(other.name)
    return [
        Row("姓名", left.name_masked, right.name_masked, *_names(*names)),
        Row("性别", left.sex, right.sex, *_plain(left.sex, right.sex)),
        Row("出生", f"{one.birth_date:%Y 年}", f"{other.birth_date:%Y 年}", *_births(one, other)),
        Row("证件", _documents(one), _documents(other), *_numbers(one, other)),
        Row(
            "电话",
            left.phone_masked or "没有留",
            right.phone_masked or "没有留",
            *_plain(one.phone or "", other.phone or ""),
        ),
        Row(
            "村",
            left.village or "没有填",
            right.village or "没有填",
            *_plain(left.village, right.village),
        ),
        Row(
            "监护人",
            mask_name(one.guardian_name) or "没有填",
            mask_name(other.guardian_name) or "没有填",
            *_plain(one.guardian_name, other.guardian_name),
        ),
        Row("建档机构", left.managing_organization_name, right.managing_organization_name, _SHOWN),
        Row("建档时间", f"{one.created_at:%Y-%m-%d}", f"{other.created_at:%Y-%m-%d}", _SHOWN),
    ]


def _plain(one: str, other: str) -> tuple[str, bool | None]:
    if not one or not other:
        return "", None
    return (SAME, True) if one == other else (OTHER, False)


def _names(one: str, other: str) -> tuple[str, bool]:
    if one == other:
        return SAME, True
    near = len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    return ("差一个字", True) if near else (OTHER, False)


def _births(one: Patient, other: Patient) -> tuple[str, bool]:
    a, b = one.birth_date, other.birth_date
    if a == b:
        return "同一天", True
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return "月和日颠倒", True
    return ("同一年,不同一天", False) if a.year == b.year else (OTHER, False)


def _documents(patient: Patient) -> str:
    kinds = {document.kind for document in patient.identifiers}
    return "、".join(words for kind, words in DOCUMENT_WORDS.items() if kind in kinds) or "没有"


def _numbers(one: Patient, other: Patient) -> tuple[str, bool | None]:
    """Numbers are unique, so two records never share one."""
    if _id_card(one) and _id_card(other):
        return "身份证号不同", False
    return "", None


def _id_card(patient: Patient) -> PatientIdentifier | None:
    cards = [row for row in patient.identifiers if row.kind is IdentifierKind.ID_CARD]
    return cards[0] if cards else None
