"""Reads for the room's screens. None of these is a door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core import clock
from core.states import allowed
from people.actor import Actor
from people.masking import mask_name
from pharmacy.decoction import rules
from pharmacy.decoction.models import Decoction, DecoctionStep
from pharmacy.decoction.policy import params
from pharmacy.decoction.service import clocks_of
from pharmacy.decoction.states import BY_HAND, DECOCTION, STAGES, Status
from pharmacy.decoction.words import ACTION, ASIDE, MEASURED, STATUS
from pharmacy.prescribing.models import PrescribedLine


@dataclass(frozen=True, slots=True)
class Card:
    """One decoction on a screen. `left` are the minutes until the next step is allowed; `now` says
    that somebody has to do something at once."""

    row: Decoction
    name: str
    status: str
    left: int
    now: str


@dataclass(frozen=True, slots=True)
class Column:
    """One stage of the board."""

    title: str
    cards: Sequence[Card]


@dataclass(frozen=True, slots=True)
class Done:
    """One step in the history, in words."""

    word: str
    at: datetime
    by: str
    station: str
    measured: str


async def board(organization_id: UUID) -> list[Column]:
    """Everything on its way, by stage, the urgent and the longest waiting first."""
    rows = await Decoction.filter(
        organization_id=organization_id, status__in=list(STAGES)
    ).select_related("patient")
    ordered = sorted(rows, key=lambda row: (not row.urgent, row.received_at))
    return [
        Column(STATUS[status], [card(row) for row in ordered if row.status is status])
        for status in STAGES
    ]


def card(row: Decoction) -> Card:
    """What the wall may show: the number, the family name, the clock."""
    clocks, now = clocks_of(row), clock.now()
    until = rules.not_before(clocks, params())
    late = rules.add_late_at(clocks, params())
    left = max(0, -(-int((until - now).total_seconds()) // 60)) if until else 0
    due = "该下“后下”的药了" if late and now >= late else ""
    if not due and until and not left:
        due = "时间到了"
    return Card(row, mask_name(row.patient.name), STATUS[row.status], left, due)


async def waiting(actor: Actor) -> int:
    """How many wait for somebody's hands."""
    busy = [Status.SOAKING, Status.BOILING, Status.BOILING_AGAIN]
    mine = Decoction.filter(organization_id=actor.organization_id, status__in=list(STAGES))
    return await mine.exclude(status__in=busy).count()


async def history(row: Decoction) -> list[Done]:
    """What was done, the first step first."""
    steps = await DecoctionStep.filter(decoction_id=row.id).order_by("at")
    return [
        Done(ACTION[one.action], one.at, one.by_name, one.station, _measured(one)) for one in steps
    ]


def _measured(step: DecoctionStep) -> str:
    said = ((MEASURED[name], value) for name, value in step.entries.items())
    return ";".join(word if value is True else f"{word} {value}" for word, value in said)


async def pieces(row: Decoction) -> list[PrescribedLine]:
    """What is weighed out, in the order of the prescription."""
    return await PrescribedLine.filter(request_id=row.request_id).order_by("rank")


def steps_of(row: Decoction) -> tuple[list[str], list[str]]:
    """What may be done now: on the road, and aside from it."""
    open_to = allowed(DECOCTION, row.status)
    late = rules.LATE in [note for _, note in row.special]
    open_to = [one for one in open_to if one in BY_HAND]
    road = [one for one in open_to if one not in ASIDE]
    if "add" in road and (not late or row.added_at):
        road.remove("add")
    elif "add" in road:
        road.remove("boil_again")
    return road, [one for one in open_to if one in ASIDE]


def held(row: Decoction) -> frozenset[str]:
    """The steps whose time has not come."""
    clocks = clocks_of(row)
    open_to = allowed(DECOCTION, row.status)
    return frozenset(one for one in open_to if rules.refusal(clocks, one, clock.now(), params()))
