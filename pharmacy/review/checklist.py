"""What a pharmacist checks: 合法性, 规范性, 适宜性 (审核规范; domain facts §2.4).

Software fills in what it can judge. Where it judges nothing, or has found something, the pharmacist
says so in person; nothing is ever ticked in the pharmacist's name.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pharmacy.prescribing.models import Category


class Part(StrEnum):
    """The three parts of a review."""

    LEGAL = "legal"
    FORMAL = "formal"
    FIT = "fit"


PARTS: Final = {Part.LEGAL: "合法性", Part.FORMAL: "规范性", Part.FIT: "适宜性"}


class Judged(StrEnum):
    """What software says of one point."""

    OK = "ok"
    FOUND = "found"
    UNJUDGED = "unjudged"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to check."""

    code: str
    part: Part
    words: str


def _points(part: Part, *found: tuple[str, str]) -> tuple[Point, ...]:
    return tuple(Point(code, part, words) for code, words in found)


LEGAL: Final = _points(
    Part.LEGAL,
    ("legal-doctor", "医师有执业资格并已注册"),
    ("legal-place", "在执业地点有处方权"),
    ("legal-special", "特殊药品、抗菌药物有相应处方权"),
)
FORMAL: Final = _points(
    Part.FORMAL,
    ("formal-form", "前记、正文、后记完整,有临床诊断"),
    ("formal-signature", "医师签名有效,内容没有被改过"),
    ("formal-writing", "药名、规格、数量、用法写得清楚,品种数和用量合规定"),
)
WESTERN: Final = _points(
    Part.FIT,
    ("fit-indication", "用药与诊断相符"),
    ("fit-skin-test", "皮试和结果的注明"),
    ("fit-dose", "剂量、用法和总量"),
    ("fit-route", "剂型和给药途径"),
    ("fit-interaction", "重复用药和相互作用(西药、中成药、饮片之间)"),
    ("fit-incompatible", "配伍禁忌"),
    ("fit-contraindication", "用药禁忌:儿童、老人、孕哺、脏器功能、过敏、病史、性别"),
    ("fit-solvent", "溶媒和滴速"),
    ("fit-other", "其他方面"),
)
PIECES: Final = _points(
    Part.FIT,
    ("tcm-pattern", "与中医病名和证候相符"),
    ("tcm-names", "饮片名称、炮制、煎法、脚注"),
    ("tcm-special", "毒、麻、贵细饮片按规定"),
    ("tcm-people", "特殊人群用药"),
    ("tcm-other", "其他方面"),
)
ALL: Final[Mapping[str, Point]] = {
    point.code: point for point in (*LEGAL, *FORMAL, *WESTERN, *PIECES)
}


def points_of(category: Category) -> tuple[Point, ...]:
    """Nine points of fitness for western and patent drugs, five for pieces."""
    return (*LEGAL, *FORMAL, *(PIECES if category is Category.TCM else WESTERN))


@dataclass(frozen=True, slots=True)
class Line:
    """One point as it stands: what software says, with its sentences, and what the person says."""

    point: Point
    software: Judged
    sentences: tuple[str, ...] = ()
    person: str = ""

    @property
    def open(self) -> bool:
        """Whether somebody has to judge it in person."""
        return self.software is not Judged.OK

    def as_json(self) -> dict[str, Any]:
        """As the decision keeps it."""
        return {
            "code": self.point.code,
            "words": self.point.words,
            "software": self.software.value,
            "sentences": list(self.sentences),
            "person": self.person,
        }


FAMILIES: Final[Mapping[str, tuple[str, str]]] = {
    "indications": ("fit-indication", "tcm-pattern"),
    "patterns": ("fit-indication", "tcm-pattern"),
    "skin_tests": ("fit-skin-test", "tcm-other"),
    "doses": ("fit-dose", "tcm-special"),
    "routes": ("fit-route", "tcm-names"),
    "herbs": ("fit-other", "tcm-names"),
    "duplicates": ("fit-interaction", "tcm-other"),
    "interactions": ("fit-interaction", "tcm-other"),
    "herb_pairs": ("fit-incompatible", "tcm-other"),
    "allergies": ("fit-contraindication", "tcm-people"),
    "pregnancy": ("fit-contraindication", "tcm-people"),
    "lactation": ("fit-contraindication", "tcm-people"),
    "ages": ("fit-contraindication", "tcm-people"),
    "kidneys": ("fit-contraindication", "tcm-people"),
    "liver": ("fit-contraindication", "tcm-people"),
    "contraindications": ("fit-contraindication", "tcm-people"),
    "controlled": ("legal-special", "legal-special"),
    "substances": ("legal-special", "legal-special"),
}
"""The families of screening rules, and the point they belong to on each form."""

UNKNOWN: Final = "substances"
"""Of a drug that the rules do not know, silence means nothing on any point."""

BY_SOFTWARE: Final = frozenset(
    {
        "fit-dose",
        "fit-route",
        "fit-interaction",
        "fit-incompatible",
        "fit-contraindication",
        "fit-indication",
        "tcm-names",
        "tcm-special",
        "tcm-people",
    }
)
"""Points on which silence of a screening that ran means something."""
QUIET: Final = "note"


def of_screening(
    category: Category, screening: Mapping[str, Any]
) -> dict[str, tuple[Judged, tuple[str, ...]]]:
    """What a kept screening says of each point of fitness; points it is silent about are left out,
    unless it ran and can judge them."""
    place = 1 if category is Category.TCM else 0
    other = ("fit-other", "tcm-other")[place]
    found: dict[str, list[Mapping[str, Any]]] = {}
    for finding in screening.get("findings", ()):
        if finding["severity"] != QUIET:
            for code in _points_of(finding, place, other):
                found.setdefault(code, []).append(finding)
    said = {code: (_weight(rows), _sentences(rows)) for code, rows in found.items()}
    if screening.get("version"):
        for code in BY_SOFTWARE - set(said):
            said[code] = (Judged.OK, ())
    return said


def _points_of(finding: Mapping[str, Any], place: int, other: str) -> list[str]:
    family = str(finding["rule_id"]).partition("/")[0]
    if family == UNKNOWN and finding["severity"] == Judged.UNJUDGED:
        return sorted(BY_SOFTWARE | {other})
    return [FAMILIES[family][place] if family in FAMILIES else other]


def _weight(rows: Sequence[Mapping[str, Any]]) -> Judged:
    told = any(row["severity"] != Judged.UNJUDGED for row in rows)
    return Judged.FOUND if told else Judged.UNJUDGED


def _sentences(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(row["sentence"]) for row in rows))


def filled(
    category: Category,
    said: Mapping[str, tuple[Judged, tuple[str, ...]]],
    *,
    fit: Collection[str] = (),
    faults: Collection[str] = (),
) -> list[Line]:
    """The list with what software says and what the pharmacist has ticked."""
    lines = []
    for point in points_of(category):
        judged, sentences = said.get(point.code, (Judged.UNJUDGED, ()))
        person = "bad" if point.code in faults else "ok" if point.code in fit else ""
        lines.append(Line(point, judged, sentences, person))
    return lines


def lacking(lines: Sequence[Line]) -> list[Line]:
    """Points that nobody has judged fit: with one of these nothing is approved (审核规范)."""
    return [line for line in lines if line.person == "bad" or (line.open and line.person != "ok")]
