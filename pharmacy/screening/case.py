"""What is screened: one prescription, and what is known of the person it is for.

Plain values, filled by whoever prescribes. `None` means that nobody knows or nobody has asked, an
empty tuple that somebody asked and there is nothing: the two are screened differently.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """What is prescribed: Western medicine, Chinese patent medicine, herb piece, granule of one."""

    WESTERN = "western"
    PATENT = "patent"
    PIECE = "piece"
    GRANULE = "granule"


class Sex(StrEnum):
    """As `people` keeps it."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class Pregnancy(StrEnum):
    """What was said about pregnancy. Nobody has asked: `UNKNOWN`."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Liver(StrEnum):
    """How much the liver is impaired (Child-Pugh A, B, C, where somebody judged it)."""

    NORMAL = "normal"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    UNKNOWN = "unknown"


class Controlled(StrEnum):
    """Classes of substances under special control (药品管理法 art. 61), as the formulary says."""

    NONE = "none"
    NARCOTIC = "narcotic"
    PSYCHOTROPIC_1 = "psychotropic_1"
    PSYCHOTROPIC_2 = "psychotropic_2"
    TOXIC = "toxic"
    RADIOACTIVE = "radioactive"
    PRECURSOR = "precursor"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit: g, mg, μg, IU, ml, or a counting word such as 片, 粒, 喷."""

    value: Decimal
    unit: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Read `0.5 g`, `10mg`, `2片`. Raises ValueError."""
        text = text.strip()
        cut = next((at for at, sign in enumerate(text) if sign not in "0123456789."), len(text))
        try:
            value = Decimal(text[:cut])
        except ArithmeticError:
            raise ValueError(f"“{text}” is no amount") from None
        return cls(value, text[cut:].strip())


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One active ingredient by its code of the rules; how much a unit holds, where it is known."""

    code: str
    amount: Amount | None = None


def ingredients(text: str, *, strict: bool = False) -> tuple[Ingredient, ...]:
    """The formulary's column: `amlodipine`, or `paracetamol@325mg+pseudoephedrine@30mg`.

    An amount nobody can read is none: the substance is screened all the same. `strict` raises
    ValueError instead.
    """
    found = []
    for part in filter(None, (piece.strip() for piece in text.split("+"))):
        code, _, amount = part.partition("@")
        found.append(Ingredient(code.strip(), _amount(amount, strict=strict)))
    return tuple(found)


def _amount(text: str, *, strict: bool) -> Amount | None:
    if not text.strip():
        return None
    try:
        return Amount.of(text)
    except ValueError:
        if strict:
            raise
        return None


@dataclass(frozen=True, slots=True)
class Drug:
    """A product of the formulary, as screening knows it.

    `strength` is the amount in one `unit` (5 mg in a 片); None for compounds whose parts carry
    their own. `antimicrobial` is the level of 抗菌药物临床应用管理办法: none, unrestricted,
    restricted, special.
    """

    name: str
    ingredients: tuple[Ingredient, ...]
    kind: Kind = Kind.WESTERN
    form: str = ""
    route: str = ""
    unit: str = ""
    strength: Amount | None = None
    antimicrobial: str = "none"
    controlled: Controlled = Controlled.NONE
    injection: bool = False
    cold_chain: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the prescription.

    `dose` is what is taken at a time, in a weight or in the drug's unit; for pieces, the weight in
    one dose (剂) of the decoction. `times_per_day` may be below one (0.5: every second day).
    `route` is what the doctor wrote. `as_needed`: 必要时, the day's sum is then the most it can be.
    `skin_test`: what was written about it, empty when nothing.
    """

    drug: Drug
    dose: Amount | None = None
    times_per_day: Decimal | None = None
    days: int | None = None
    route: str = ""
    footnote: str = ""
    as_needed: bool = False
    skin_test: str = ""


@dataclass(frozen=True, slots=True)
class Medicine:
    """Something the person takes already, as the record says it: often only a name.

    Without `ingredients` the name is recognised by the words of the rules.
    """

    name: str
    ingredients: tuple[Ingredient, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A disease: a diagnosis of this prescription or a condition of the record."""

    name: str
    icd10: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is for. `weight_g` in grams; `egfr` in ml/min/1.73 m², `creatinine` in μmol/L.

    `egfr_from` says in words which creatinine of which day `egfr` rests on; `egfr_stale`: of a day
    so long ago that nothing is judged by it any more.

    `allergies`: substances in words; `None` when nobody has asked. `history` is free text of the
    record (past illnesses, operations), searched for words.
    """

    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    weight_g: int | None = None
    pregnancy: Pregnancy = Pregnancy.UNKNOWN
    pregnancy_weeks: int | None = None
    lactating: bool | None = None
    egfr: Decimal | None = None
    egfr_from: str = ""
    egfr_stale: bool = False
    creatinine: Decimal | None = None
    liver: Liver = Liver.UNKNOWN
    allergies: tuple[str, ...] | None = None
    conditions: tuple[Problem, ...] = ()
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One prescription on one day. `diagnoses` are its own; `tcm_disease` and `tcm_pattern` those
    of Chinese medicine. `current` is what the record says is being taken besides."""

    on: date
    person: Person
    lines: tuple[Line, ...]
    diagnoses: tuple[Problem, ...] = ()
    tcm_disease: str = ""
    tcm_pattern: str = ""
    current: tuple[Medicine, ...] = ()
    online: bool = True

    def with_lines(self, more: Iterable[Line]) -> "Case":
        """The same case with further lines at the end."""
        return Case(
            on=self.on,
            person=self.person,
            lines=(*self.lines, *more),
            diagnoses=self.diagnoses,
            tcm_disease=self.tcm_disease,
            tcm_pattern=self.tcm_pattern,
            current=self.current,
            online=self.online,
        )
