"""What the house has decided about teams and contracts, and what national texts say of them.

国卫基层发〔2018〕35号, 〔2022〕10号. Numbers marked check in the facts (§7.1) are settings with
that default: the load of a doctor and the length of a term.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from family_doctor.teams.models import MemberRole
from people.models import Licence

PHYSICIANS: Final = frozenset({Licence.PHYSICIAN, Licence.ASSISTANT_PHYSICIAN})
CORE: Final = (MemberRole.COUNTY_DOCTOR, MemberRole.TOWNSHIP_DOCTOR, MemberRole.VILLAGE_DOCTOR)
"""1+1+1: one of each tier of this county, not of one town."""


@dataclass(frozen=True, slots=True)
class Params:
    """`load`: residents of one doctor; `years`: the longest term; `answer`: until the team has
    reviewed an application, until both have signed, until it is paid; `renewal`: before the last
    day the resident is reminded and may renew. `talk_days`: working days in which the team answers
    what a resident writes, `talk_hours`: when somebody looks, in words; `talk_away`: so long what
    the team wrote lies unread before the resident is told."""

    load: int = 2000
    years: int = 3
    answer: timedelta = timedelta(days=7)
    signing: timedelta = timedelta(days=14)
    paying: timedelta = timedelta(days=7)
    renewal: timedelta = timedelta(days=30)
    talk_days: int = 1
    talk_hours: str = "工作日 8:00–17:30"
    talk_away: timedelta = timedelta(minutes=2)


def may_be_responsible(licence: Licence) -> bool:
    """The family doctor who signs is a physician: a village doctor's certificate alone is none
    (国卫基层发〔2022〕10号; 乡村医生从业管理条例)."""
    return licence in PHYSICIANS


def missing_tiers(roles: Collection[MemberRole]) -> list[MemberRole]:
    """Which of 1+1+1 a team lacks, in the order of the tiers."""
    return [role for role in CORE if role not in roles]


def is_full(residents: int, load: int) -> bool:
    """Whether a doctor may sign nobody more."""
    return residents >= load
