"""One line of the day, and the order of the page."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final

from core import clock
from core.clock import SHANGHAI
from people.ages import age_in_words
from people.models import Patient
from people.queries import SEX_WORDS


class When(IntEnum):
    """How soon it wants the doctor; the order of the page."""

    NOW = 0
    WAITING = 1
    LATER = 2
    OWED = 3
    TEAM = 4


WORDS: Final = {
    When.NOW: "正在进行",
    When.WAITING: "等着您",
    When.LATER: "今天约好的",
    When.OWED: "还没签的",
    When.TEAM: "团队要跟进的",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do. `at` is the agreed time, or since when somebody waits; `act` the button;
    `talk` what its conversation is about, where there is one."""

    when: When
    at: datetime | None
    kind: str
    who: str
    note: str
    badge: str
    word: str
    href: str
    act: str
    urgent: bool = False
    talk: str = ""

    @property
    def order(self) -> tuple[int, bool, datetime]:
        """What comes first: what runs, emergencies, then who has waited longest."""
        return self.when, not self.urgent, self.at or clock.now()

    @property
    def waits(self) -> bool:
        """Whether somebody is there and waits for the doctor."""
        return self.when is When.WAITING


def who(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def who_is(patient: Patient) -> str:
    """Name, sex and age."""
    age = age_in_words(patient.birth_date, clock.today())
    return who(patient.name, SEX_WORDS[patient.sex], age)


def is_today(moment: datetime | None) -> bool:
    return moment is None or moment.astimezone(SHANGHAI).date() <= clock.today()
