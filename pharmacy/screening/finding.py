"""What screening says: findings, and all of them together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self


class Severity(StrEnum):
    """How much a finding weighs.

    blocking: the law forbids it, nobody can override. severe: cannot be signed without a written
    reason. warning: think again. note: good to know. unjudged: software cannot tell; the
    pharmacist judges it in person (审核规范, §2.4).
    """

    BLOCKING = "blocking"
    SEVERE = "severe"
    WARNING = "warning"
    NOTE = "note"
    UNJUDGED = "unjudged"


WEIGHT: Final[Mapping[Severity, int]] = {
    Severity.BLOCKING: 4,
    Severity.SEVERE: 3,
    Severity.WARNING: 2,
    Severity.UNJUDGED: 1,
    Severity.NOTE: 0,
}
"""What is shown first."""

WORDS: Final[Mapping[Severity, str]] = {
    Severity.BLOCKING: "不能开",
    Severity.SEVERE: "严重",
    Severity.WARNING: "注意",
    Severity.NOTE: "提示",
    Severity.UNJUDGED: "请药师判断",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say.

    `rule_id` names the row of the rules (`interactions/clopidogrel+omeprazole`), `drugs` the
    medicines by name, `lines` their places on the prescription, from 0; a medicine that is only
    taken already has a name and no line.
    """

    severity: Severity
    rule_id: str
    sentence: str
    source: str
    drugs: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For a JSON column, and back with `from_json`."""
        return {
            "severity": self.severity.value,
            "rule_id": self.rule_id,
            "sentence": self.sentence,
            "source": self.source,
            "drugs": list(self.drugs),
            "lines": list(self.lines),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What `as_json` wrote."""
        return cls(
            severity=Severity(kept["severity"]),
            rule_id=kept["rule_id"],
            sentence=kept["sentence"],
            source=kept["source"],
            drugs=tuple(kept["drugs"]),
            lines=tuple(kept["lines"]),
        )


@dataclass(frozen=True, slots=True)
class Screening:
    """All findings, the heaviest first, and which rules said so (a hash of the files)."""

    findings: tuple[Finding, ...]
    version: str = ""

    @classmethod
    def of(cls, found: Iterable[Finding], version: str = "") -> Self:
        """Each sentence once, the heaviest first, in the order of the lines."""
        once: dict[tuple[Severity, str, tuple[int, ...]], Finding] = {}
        for each in sorted(dict.fromkeys(found), key=_place):
            once.setdefault((each.severity, each.sentence, each.lines), each)
        return cls(tuple(once.values()), version)

    def by(self, *severities: Severity) -> tuple[Finding, ...]:
        """The findings of these severities."""
        return tuple(each for each in self.findings if each.severity in severities)

    @property
    def blocked(self) -> bool:
        """The law forbids it: no reason helps."""
        return bool(self.by(Severity.BLOCKING))

    @property
    def needs_reason(self) -> bool:
        """It may be signed only with a written reason."""
        return bool(self.by(Severity.SEVERE))

    def of_line(self, place: int) -> tuple[Finding, ...]:
        """What concerns one line, counted from 0."""
        return tuple(each for each in self.findings if place in each.lines)

    def as_json(self) -> dict[str, Any]:
        """For a JSON column, and back with `from_json`."""
        return {"version": self.version, "findings": [each.as_json() for each in self.findings]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What `as_json` wrote."""
        return cls(tuple(Finding.from_json(each) for each in kept["findings"]), kept["version"])


def _place(finding: Finding) -> tuple[int, tuple[int, ...], str]:
    return (-WEIGHT[finding.severity], finding.lines or (99,), finding.rule_id)
