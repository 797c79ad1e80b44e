"""States of an online visit and of a doctor's shift, as tables (docs/states).

What a state means for the queue, the room, the conversation and the record stands in `MEANS` and
nowhere else, so they cannot disagree.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """Where a visit stands. The comment says who is waited for."""

    PLANNED = "planned"  # the resident: evidence, and coming into the waiting room
    WAITING = "waiting"  # the doctor
    AWAY = "away"  # the resident, who said so: the place is kept, others go first
    CALLED = "called"  # the resident, for some minutes
    IN_PROGRESS = "in_progress"  # both are together
    FINISHED = "finished"
    TERMINATED = "terminated"  # unfit for the internet: guided to a physical institution
    DID_NOT_HAPPEN = "did_not_happen"
    CANCELLED = "cancelled"  # by the resident, before it began


class ShiftStatus(StrEnum):
    """Where a doctor's shift stands."""

    OPEN = "open"
    PAUSED = "paused"  # a short break: nobody is called, the line may grow
    AWAY = "away"  # called elsewhere: nobody new comes into the line
    ENDED = "ended"


S = Status

ENCOUNTER: Final[Table[Status]] = {
    (S.PLANNED, "arrive"): S.WAITING,
    (S.PLANNED, "cancel"): S.CANCELLED,
    (S.PLANNED, "close"): S.DID_NOT_HAPPEN,
    (S.WAITING, "step_out"): S.AWAY,
    (S.WAITING, "call"): S.CALLED,
    (S.WAITING, "cancel"): S.CANCELLED,
    (S.WAITING, "terminate"): S.TERMINATED,
    (S.WAITING, "close"): S.DID_NOT_HAPPEN,
    (S.AWAY, "come_back"): S.WAITING,
    (S.AWAY, "call"): S.CALLED,
    (S.AWAY, "cancel"): S.CANCELLED,
    (S.AWAY, "terminate"): S.TERMINATED,
    (S.AWAY, "close"): S.DID_NOT_HAPPEN,
    (S.CALLED, "call"): S.CALLED,
    (S.CALLED, "pass"): S.WAITING,
    (S.CALLED, "begin"): S.IN_PROGRESS,
    (S.CALLED, "cancel"): S.CANCELLED,
    (S.CALLED, "terminate"): S.TERMINATED,
    (S.CALLED, "close"): S.DID_NOT_HAPPEN,
    (S.IN_PROGRESS, "change_kind"): S.IN_PROGRESS,
    (S.IN_PROGRESS, "finish"): S.FINISHED,
    (S.IN_PROGRESS, "terminate"): S.TERMINATED,
    (S.IN_PROGRESS, "close"): S.DID_NOT_HAPPEN,
}

H = ShiftStatus

SHIFT: Final[Table[ShiftStatus]] = {
    (H.OPEN, "pause"): H.PAUSED,
    (H.OPEN, "leave"): H.AWAY,
    (H.OPEN, "end"): H.ENDED,
    (H.PAUSED, "resume"): H.OPEN,
    (H.PAUSED, "leave"): H.AWAY,
    (H.PAUSED, "end"): H.ENDED,
    (H.AWAY, "resume"): H.OPEN,
    (H.AWAY, "end"): H.ENDED,
}


@dataclass(frozen=True, slots=True)
class Means:
    """What a state means: in line, room to be entered, words to be written, record for the doctor
    to read and draft a note from, verdict to be written, note to be signed, and whether medicine
    may be prescribed at all."""

    queue: bool = False
    room: bool = False
    talk: bool = False
    read: bool = False
    write: bool = False
    sign: bool = False
    prescribe: bool = False


MEANS: Final[dict[Status, Means]] = {
    S.PLANNED: Means(),
    S.WAITING: Means(queue=True, talk=True, read=True, write=True),
    S.AWAY: Means(queue=True, talk=True, read=True, write=True),
    S.CALLED: Means(room=True, talk=True, read=True, write=True),
    S.IN_PROGRESS: Means(room=True, talk=True, read=True, write=True, sign=True, prescribe=True),
    S.FINISHED: Means(read=True, sign=True),
    S.TERMINATED: Means(read=True, sign=True),
    S.DID_NOT_HAPPEN: Means(),
    S.CANCELLED: Means(),
}
IN_LINE: Final = frozenset(status for status, means in MEANS.items() if means.queue)
ROOM_OPEN: Final = frozenset(status for status, means in MEANS.items() if means.room)
TALKING: Final = frozenset(status for status, means in MEANS.items() if means.talk)
READING: Final = frozenset(status for status, means in MEANS.items() if means.read)
WRITING: Final = frozenset(status for status, means in MEANS.items() if means.write)
SIGNING: Final = frozenset(status for status, means in MEANS.items() if means.sign)
OVER: Final = frozenset({S.FINISHED, S.TERMINATED, S.DID_NOT_HAPPEN, S.CANCELLED})
LIVE: Final = frozenset(set(Status) - OVER)
AT_THE_DESK: Final = LIVE - {S.PLANNED}
