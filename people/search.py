"""Finding residents one may open: by name, full document number or full phone number."""

import re
from dataclasses import dataclass
from typing import Final

from tortoise.expressions import Q

from core.audit import audit
from people import rules
from people.access import reachable
from people.actor import Actor
from people.links import or_merged
from people.models import Patient
from people.queries import PatientHeader, patient_headers
from people.registration import by_number

PAGE_SIZE: Final = 20


@dataclass(frozen=True, slots=True)
class Found:
    """One page of residents. `hint` says what to type instead, when the words cannot work."""

    patients: list[PatientHeader]
    total: int
    page: int
    hint: str = ""

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


async def find(actor: Actor, words: str, *, page: int = 1) -> Found:
    """Residents whose records this person may open; all of them when nothing is typed.

    A part of a number finds nobody: four last digits would be a way to guess who is who.
    """
    text = words.strip()
    filter_, how, hint = _filter(text)
    wanted = Patient.filter(reachable(actor))
    if filter_ is not None:
        wanted = wanted.filter(or_merged(filter_))
    elif hint:
        return Found([], 0, 1, hint)
    total = await wanted.count()
    page = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    rows = (
        await wanted.order_by("-created_at", "name", "id")
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
        .only("id")
    )
    headers = await patient_headers(row.id for row in rows)
    if text:
        await audit(actor, "find_patients", "Patient/*", reason=f"by {how}: {total} found")
    return Found([headers[row.id] for row in rows if row.id in headers], total, page)


def _filter(text: str) -> tuple[Q | None, str, str]:
    """What is searched, how it is named in the audit trail, and a hint when it cannot work."""
    if not text:
        return None, "", ""
    compact = rules.tidy_number(text)
    if not re.search(r"\d", compact):
        return Q(name__contains=rules.tidy_name(text)), "name", ""
    if len(compact) < 7:
        return None, "", "请输入完整的证件号码或手机号;只有几位数字查不到人。"
    if re.fullmatch(r"\d{17}[\dX]", compact) and rules.check_character(compact[:17]) != compact[17]:
        return None, "", "这个身份证号码校验不通过,请对照证件逐位检查。"
    return by_number(text), "number", ""
