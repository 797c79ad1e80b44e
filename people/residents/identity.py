"""Is this person who they say? The adapter to whoever checks names and numbers.

The house asks two things: does the name belong to the number, and is the holder of the number the
person at the phone (`holder`), or at least the one this phone number is registered for
(`phone_is_theirs`: 运营商三要素). A face check is one way of a provider to answer `holder`, and by
人脸识别技术应用安全管理办法 (2025-06-01) never the only one: whatever the answer, the desk with
the document is always another way. No picture of a face comes here: the verdict and the
provider's trace are all there is.

Without a provider (`REAL_NAME_ADAPTER`, docs/howto/residents.md) every answer outside the demo is
`UNKNOWN`, and people are proven at a desk.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from people.models import IdentifierKind


class Outcome(StrEnum):
    """unknown: nobody can check this document, or nobody is there to ask."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Question:
    """Who somebody says to be. `phone` is the number they say is theirs."""

    name: str
    kind: IdentifierKind
    number: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What the provider found; `trace` is its number of the inquiry, kept in the audit trail."""

    outcome: Outcome
    holder: bool = False
    phone_is_theirs: bool = False
    trace: str = ""


class RealName(Protocol):
    """Whoever checks. Raises Unavailable when nobody answers; never asked in a transaction."""

    async def check(self, question: Question) -> Finding: ...


class Desk:
    """No provider: the desk decides."""

    async def check(self, question: Question) -> Finding:
        """Nobody knows."""
        return Finding(Outcome.UNKNOWN)


class Sandbox:
    """The demo's: every number that could be right is, and is that of the person who asks.

    The name 对不上 is nobody's, so that a refusal can be seen.
    """

    WRONG: Final = "对不上"

    async def check(self, question: Question) -> Finding:
        """A match, unless it is the name that never is."""
        if question.name == self.WRONG:
            return Finding(Outcome.MISMATCH, trace="sandbox")
        return Finding(Outcome.MATCH, holder=True, phone_is_theirs=True, trace="sandbox")


_checker: RealName = Desk()


def configure(checker: RealName) -> None:
    """Set who checks; the composition root calls this."""
    global _checker
    _checker = checker


def real_name() -> RealName:
    """Who checks."""
    return _checker
