"""What a row of each rule file holds. Column names are the fields; every row names its source.

Codes are substances (`amlodipine`, herbs `t-…`, patent medicines `p-…`) or classes of
`classes.csv`. Lists within a cell are parted by spaces, words by ;.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from pharmacy.screening.ages import Age
from pharmacy.screening.case import Ingredient, Kind, Liver, Sex, ingredients
from pharmacy.screening.finding import Severity


def _split(*signs: str) -> Callable[[Any], Any]:
    def split(cell: Any) -> Any:
        if not isinstance(cell, str):
            return cell
        for sign in signs[1:]:
            cell = cell.replace(sign, signs[0])
        return tuple(filter(None, (part.strip() for part in cell.split(signs[0]))))

    return split


def _as(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda cell: read(cell) if isinstance(cell, str) else cell


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_+-]*$", max_length=90)]
Codes = Annotated[tuple[str, ...], BeforeValidator(_split(" "))]
Words = Annotated[tuple[str, ...], BeforeValidator(_split(";", "；"))]
Parts = Annotated[tuple[Ingredient, ...], BeforeValidator(_as(partial(ingredients, strict=True)))]
Limit = Annotated[Age, BeforeValidator(_as(Age.of))]
Positive = Annotated[Decimal, Field(gt=0, le=1_000_000)]


class Row(BaseModel):
    """One line of a file. `key` tells rows of a file apart, and names them in findings."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    FILE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]
    source: Text

    @property
    def key(self) -> str:
        """Stable while the row means the same: made of what it is about, not of its place."""
        cells = (getattr(self, name) for name in self.KEY)
        return "+".join(_cell(cell) for cell in cells if cell not in (None, "", ()))

    @property
    def rule_id(self) -> str:
        """File and key: `interactions/clopidogrel+omeprazole`."""
        return f"{self.FILE}/{self.key}"

    def names(self) -> tuple[str, ...]:
        """The substances and classes it speaks of, which have to exist."""
        return tuple(
            getattr(self, name) for name in ("subject", "a", "b") if getattr(self, name, "")
        )


def _cell(cell: Any) -> str:
    return str(cell[0]) if isinstance(cell, tuple) else str(cell)


class Substance(Row):
    """An active ingredient, a herb or a patent medicine. `aliases` are words it is written with;
    `contains`: what a patent medicine holds besides, with the amount in one unit if known."""

    FILE, KEY = "substances", ("code",)
    code: Code
    name: Text
    kind: Kind
    aliases: Words = ()
    classes: Codes = ()
    contains: Parts = ()

    def names(self) -> tuple[str, ...]:
        """Its classes and contents have to exist."""
        return (*self.classes, *(each.code for each in self.contains))


class Class(Row):
    """A class of substances. `together`: how bad two different ones of it are at a time."""

    FILE, KEY = "classes", ("code",)
    code: Code
    name: Text
    together: Severity | None = None
    text: str = ""


class Controlled(Row):
    """What the law forbids online: a class of control, or a level of antimicrobials."""

    FILE, KEY = "controlled", ("subject",)
    subject: Text
    severity: Severity
    text: Text

    def names(self) -> tuple[str, ...]:
        """These are words of the formulary and no codes."""
        return ()


class Indication(Row):
    """What it is for."""

    FILE, KEY = "indications", ("subject",)
    subject: Code
    icd10: Codes = ()
    words: Words = ()
    severity: Severity = Severity.WARNING


class Dose(Row):
    """How much at an age. `form` empty: every form without rows of its own; `per_kg`: limits are
    for one kilogram. Combinations are written `a+b`, in the product's own unit."""

    FILE, KEY = "doses", ("subject", "form", "age_from")
    subject: Code
    form: str = ""
    age_from: Limit | None = None
    age_to: Limit | None = None
    per_kg: Literal["", "yes"] = ""
    unit: Text
    single_max: Positive | None = None
    day_min: Positive | None = None
    day_max: Positive | None = None
    times_max: Positive | None = None
    severity: Severity = Severity.SEVERE

    def names(self) -> tuple[str, ...]:
        """Each part of a combination has to exist."""
        return tuple(self.subject.split("+"))


class Kidney(Row):
    """Below this eGFR: not at all, or with care, or no more than `day_max` of `unit`."""

    FILE, KEY = "kidneys", ("subject", "egfr_below")
    subject: Code
    egfr_below: Positive
    day_max: Positive | None = None
    unit: str = ""
    severity: Severity
    text: Text


class LiverLimit(Row):
    """From this degree of impairment on."""

    FILE, KEY = "liver", ("subject", "degree")
    subject: Code
    degree: Liver
    severity: Severity
    text: Text


class AgeLimit(Row):
    """For whom it is too early (`below`) or too late (`reached`)."""

    FILE, KEY = "ages", ("subject", "below", "reached")
    subject: Code
    below: Limit | None = None
    reached: Limit | None = None
    severity: Severity
    text: Text


class PregnancyLimit(Row):
    """In pregnancy, or from week to week (both included)."""

    FILE, KEY = "pregnancy", ("subject", "weeks_from", "weeks_to")
    subject: Code
    weeks_from: int | None = Field(default=None, ge=1, le=42)
    weeks_to: int | None = Field(default=None, ge=1, le=42)
    severity: Severity
    text: Text


class LactationLimit(Row):
    """While breast-feeding."""

    FILE, KEY = "lactation", ("subject",)
    subject: Code
    severity: Severity
    text: Text


class Contraindication(Row):
    """Diseases, past ones too, and sexes it is not for."""

    FILE, KEY = "contraindications", ("subject", "sex", "icd10", "words")  # the first of each
    subject: Code
    sex: Sex | None = None
    icd10: Codes = ()
    words: Words = ()
    severity: Severity
    text: Text


class Pair(Row):
    """Two that do not go together, in whichever order."""

    KEY = ("a", "b")
    a: Code
    b: Code
    severity: Severity
    text: Text


class Interaction(Pair):
    """Medicines with one another. The more specific row wins: substance before class."""

    FILE = "interactions"


class HerbPair(Pair):
    """十八反, 十九畏."""

    FILE = "herb_pairs"


class Allergy(Row):
    """What an allergy in these words forbids. Without a subject the words concern no medicine."""

    FILE, KEY = "allergies", ("subject", "words")  # the first word
    words: Words
    subject: str = ""
    severity: Severity = Severity.NOTE
    text: str = ""


class Route(Row):
    """By which routes a form may be given."""

    FILE, KEY = "routes", ("form",)
    form: Text
    routes: Words


class SkinTest(Row):
    """A skin test comes first."""

    FILE, KEY = "skin_tests", ("subject",)
    subject: Code
    text: Text


class Herb(Row):
    """How much of a herb belongs into one dose (剂), and what has to be written at it."""

    FILE, KEY = "herbs", ("subject",)
    subject: Code
    min_g: Positive | None = None
    max_g: Positive
    severity: Severity = Severity.WARNING
    footnote: str = ""


class Pattern(Row):
    """Patterns (证型) that a medicine of Chinese medicine works against."""

    FILE, KEY = "patterns", ("subject", "against")
    subject: Code
    against: Words
    severity: Severity
    text: Text


class Sign(Row):
    """Diseases that tell of kidney, liver, pregnancy or lactation when nobody filled the box."""

    FILE, KEY = "signs", ("of",)
    of: Literal["kidney", "liver", "pregnancy", "lactation"]
    icd10: Codes = ()
    words: Words = ()


ROWS: Final[tuple[type[Row], ...]] = (
    Substance,
    Class,
    Controlled,
    Indication,
    Dose,
    Kidney,
    LiverLimit,
    AgeLimit,
    PregnancyLimit,
    LactationLimit,
    Contraindication,
    Interaction,
    HerbPair,
    Allergy,
    Route,
    SkinTest,
    Herb,
    Pattern,
    Sign,
)
"""One file each, `FILE` + .csv."""
