"""Tables: samples of about a minute, kept for weeks; one row a call and seat, kept for years."""

from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model


class QualitySample(Model):
    """How one seat's line was for about a minute up to `at`.

    Loss in percent of the seat's own line, `voice_score` MOS by ITU-T G.107 over it,
    `video_score` by ITU-T G.1070 for what came; `concealed` the share of voices invented.
    """

    id = fields.BigIntField(primary_key=True)
    room_id = fields.UUIDField()
    seat = fields.UUIDField()
    at = fields.DatetimeField(db_index=True)
    seconds = fields.FloatField()
    cut_s = fields.FloatField(default=0.0)
    path = fields.CharField(max_length=8, default="")
    protocol = fields.CharField(max_length=4, default="")
    rtt_ms = fields.FloatField(null=True)
    jitter_ms = fields.FloatField(null=True)
    buffer_ms = fields.FloatField(null=True)
    loss_up = fields.FloatField(null=True)
    loss_down = fields.FloatField(null=True)
    kbps_up = fields.IntField(null=True)
    kbps_down = fields.IntField(null=True)
    concealed = fields.FloatField(null=True)
    codec = fields.CharField(max_length=8, default="")
    width = fields.IntField(default=0)
    height = fields.IntField(default=0)
    fps = fields.FloatField(null=True)
    freezes = fields.IntField(default=0)
    frozen_s = fields.FloatField(default=0.0)
    voice_score = fields.FloatField(null=True)
    video_score = fields.FloatField(null=True)

    class Meta:
        table = "rtc_quality_sample"
        indexes = (("room_id", "seat", "at"),)


class CallQuality(Model):
    """One seat of one call, summed up from its samples: what the county keeps.

    Typical values are medians over time. `organization_id` is where the doctor on the seat works,
    null for people who are no staff. `bad_s` and `relayed_s` are seconds of `seconds`.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    room_id = fields.UUIDField()
    seat = fields.UUIDField()
    organization_id: UUID | None = fields.UUIDField(null=True)
    part = fields.CharField(max_length=20, default="")
    began_at = fields.DatetimeField(db_index=True)
    ended_at = fields.DatetimeField()
    seconds = fields.FloatField()
    bad_s = fields.FloatField()
    relayed_s = fields.FloatField()
    cut_s = fields.FloatField()
    protocol = fields.CharField(max_length=4, default="")
    voice_score = fields.FloatField(null=True)
    worst_score = fields.FloatField(null=True)
    video_score = fields.FloatField(null=True)
    rtt_ms = fields.FloatField(null=True)
    jitter_ms = fields.FloatField(null=True)
    loss_up = fields.FloatField(null=True)
    loss_down = fields.FloatField(null=True)
    kbps_up = fields.IntField(null=True)
    kbps_down = fields.IntField(null=True)
    concealed = fields.FloatField(null=True)
    codec = fields.CharField(max_length=8, default="")
    width = fields.IntField(default=0)
    height = fields.IntField(default=0)
    freezes = fields.IntField(default=0)
    frozen_s = fields.FloatField(default=0.0)

    class Meta:
        table = "rtc_call_quality"
        unique_together = (("room_id", "seat"),)
        indexes = (("organization_id", "began_at"),)
