"""What happened in a room, for those who need to know. `room` and `seat` are UUIDs as text."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantEntered(Event):
    """Somebody took a seat they did not have; coming back from a lost line is not entering."""

    name: ClassVar[str] = "rtc.participant_entered"
    room: str
    seat: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantLeft(Event):
    """Somebody gave up their seat, or did not come back in time."""

    name: ClassVar[str] = "rtc.participant_left"
    room: str
    seat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEmptied(Event):
    """Nobody is left in the room."""

    name: ClassVar[str] = "rtc.room_emptied"
    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStarted(Event):
    """Everybody agreed, and what is said and shown is being kept from now on."""

    name: ClassVar[str] = "rtc.recording_started"
    room: str
    recording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFinished(Event):
    """The recording was stopped; its files follow within seconds."""

    name: ClassVar[str] = "rtc.recording_finished"
    room: str
    recording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMeasured(Event):
    """Nothing more has come from a seat's line for a while: what it was like can be summed up."""

    name: ClassVar[str] = "rtc.call_measured"
    room: str
    seat: str
