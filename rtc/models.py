"""Tables of `rtc`: rooms and the node each lives on, who is in them, what was recorded."""

from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from rtc.quality.models import CallQuality, QualitySample

__all__ = [
    "LIVE",
    "RECORDING",
    "AppProcess",
    "CallQuality",
    "Participant",
    "Presence",
    "QualitySample",
    "Recording",
    "RecordingFile",
    "RecordingStatus",
    "RecordingViewing",
    "RecordingVote",
    "Room",
    "RoomKind",
    "Sitting",
    "Stretch",
]


class RoomKind(StrEnum):
    """consult: people meet here. check: one browser measures its way to the node and back."""

    CONSULT = "consult"
    CHECK = "check"


class Presence(StrEnum):
    """here: the browser is connected. reconnecting: it is not, and its seat is kept. left."""

    HERE = "here"
    RECONNECTING = "reconnecting"
    LEFT = "left"


class RecordingStatus(StrEnum):
    """How far one recording got. `paused`: somebody came who has not agreed yet."""

    ASKED = "asked"
    ON = "on"
    PAUSED = "paused"
    REFUSED = "refused"
    STOPPED = "stopped"


class Stretch(StrEnum):
    """What the node was last told: none, wanted (not yet confirmed) or running."""

    NONE = "none"
    WANTED = "wanted"
    RUNNING = "running"


RECORDING: Final = {
    (RecordingStatus.ASKED, "start"): RecordingStatus.ON,
    (RecordingStatus.ASKED, "refuse"): RecordingStatus.REFUSED,
    (RecordingStatus.ASKED, "stop"): RecordingStatus.REFUSED,
    (RecordingStatus.ON, "pause"): RecordingStatus.PAUSED,
    (RecordingStatus.PAUSED, "start"): RecordingStatus.ON,
    (RecordingStatus.ON, "stop"): RecordingStatus.STOPPED,
    (RecordingStatus.PAUSED, "stop"): RecordingStatus.STOPPED,
    (RecordingStatus.PAUSED, "refuse"): RecordingStatus.STOPPED,
}
LIVE: Final = (RecordingStatus.ASKED, RecordingStatus.ON, RecordingStatus.PAUSED)


class Room(Model):
    """One consultation's media. It lives on the node with this control address.

    `placement` rises whenever the room moves, and moving is a compare-and-swap on it.
    `node_started_at` (Unix seconds) tells a restarted node from the one that held the room.
    `seq` numbers what everybody in the room is told.
    """

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharEnumField(RoomKind, max_length=8, default=RoomKind.CONSULT)
    node = fields.CharField(max_length=200, default="")
    node_started_at = fields.FloatField(default=0.0)
    placement = fields.IntField(default=0)
    seq = fields.BigIntField(default=0)
    opened_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    released_at = fields.DatetimeField(null=True, description="when its node was told of the end")

    class Meta:
        table = "rtc_room"


class AppProcess(Model):
    """One app process and its lease: browsers of a process whose lease ran out are cut off."""

    id = fields.CharField(max_length=32, primary_key=True)
    seen_at = fields.DatetimeField()

    class Meta:
        table = "rtc_app_process"


class Participant(Model):
    """A seat of a room, who holds it, and in which browser tab (`session`) just now.

    `socket` and `process` say which connection speaks for it. `audio`, `video` and `screen` are
    what the person sends just now.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    room_id: UUID
    room: Any = fields.ForeignKeyField("rtc.Room", related_name="participants")
    seat = fields.UUIDField()
    name = fields.CharField(max_length=60)
    organization = fields.CharField(max_length=80)
    tier = fields.CharField(max_length=12)
    part = fields.CharField(max_length=20)
    rights: Any = fields.JSONField(default=list)
    state = fields.CharEnumField(Presence, max_length=12)
    session = fields.CharField(max_length=40)
    socket = fields.CharField(max_length=40)
    process = fields.CharField(max_length=32, db_index=True)
    audio = fields.BooleanField(default=False)
    video = fields.BooleanField(default=False)
    screen = fields.BooleanField(default=False)
    entered_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()
    left_at = fields.DatetimeField(null=True)

    class Meta:
        table = "rtc_participant"
        unique_together = (("room", "seat"),)
        indexes = (("state", "changed_at"),)


class Sitting(Model):
    """One stay of one browser tab on a seat: from when to when, and why it ended."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    room: Any = fields.ForeignKeyField("rtc.Room", related_name="sittings")
    room_id: UUID
    seat = fields.UUIDField()
    session = fields.CharField(max_length=40)
    began_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.CharField(max_length=12, default="", description="left, replaced, lost, end")

    class Meta:
        table = "rtc_sitting"
        unique_together = (("room", "session"),)


class Recording(Model):
    """One recording of a room, from the question to the files.

    Each pause or move to another node begins a new stretch: `part` counts them, `part_placement`
    is the room's placement it runs under.

    Kept at least three years (互联网诊疗监管细则(试行) 2022: process records of internet
    consultations, pictures and sound, at least three years); nothing deletes it before.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    room_id: UUID
    room: Any = fields.ForeignKeyField("rtc.Room", related_name="recordings")
    status = fields.CharEnumField(RecordingStatus, max_length=8, default=RecordingStatus.ASKED)
    asked_by = fields.UUIDField()
    asked_by_name = fields.CharField(max_length=60)
    asked_at = fields.DatetimeField()
    part = fields.IntField(default=0)
    part_placement = fields.IntField(default=0, description="the room's placement it runs under")
    part_state = fields.CharEnumField(Stretch, max_length=8, default=Stretch.NONE)
    started_at = fields.DatetimeField(null=True)
    stopped_at = fields.DatetimeField(null=True)
    stopped_by_name = fields.CharField(max_length=60, default="")
    keep_until = fields.DatetimeField(null=True)

    class Meta:
        table = "rtc_recording"
        indexes = (("room_id", "status"),)


class RecordingVote(Model):
    """What one person said when asked whether the consultation may be recorded."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    recording: Any = fields.ForeignKeyField("rtc.Recording", related_name="votes")
    seat = fields.UUIDField()
    name = fields.CharField(max_length=60)
    agreed = fields.BooleanField()
    at = fields.DatetimeField()

    class Meta:
        table = "rtc_recording_vote"
        unique_together = (("recording", "seat"),)


class RecordingFile(Model):
    """One publisher's picture and sound of one stretch, as the node wrote it."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    recording: Any = fields.ForeignKeyField("rtc.Recording", related_name="files")
    name = fields.CharField(max_length=200)
    node = fields.CharField(max_length=200)
    seat = fields.UUIDField()
    person = fields.CharField(max_length=60)
    organization = fields.CharField(max_length=80)
    tier = fields.CharField(max_length=12)
    sources: Any = fields.JSONField()
    started_at = fields.FloatField(description="Unix seconds of the file's zero")
    duration_s = fields.FloatField()
    size = fields.BigIntField()
    codecs: Any = fields.JSONField()

    class Meta:
        table = "rtc_recording_file"
        unique_together = (("node", "name"),)


class RecordingViewing(Model):
    """Somebody opened a recording: its files open only to a viewing, so none goes unnoticed."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    recording_id: UUID
    recording: Any = fields.ForeignKeyField("rtc.Recording", related_name="viewings")
    account_id = fields.UUIDField()
    at = fields.DatetimeField()

    class Meta:
        table = "rtc_recording_viewing"
