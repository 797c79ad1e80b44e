"""Tables of health education. FHIR: DocumentReference (article), Group (audience),
Communication (what is sent), and a reading of our own."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from notifications.education.states import ArticleStatus, CampaignStatus


class Subject(StrEnum):
    """What an article is about, as residents look for it."""

    HYPERTENSION = "hypertension"
    DIABETES = "diabetes"
    OLD_AGE = "old_age"
    CHILDREN = "children"
    PREGNANCY = "pregnancy"
    MEDICINES = "medicines"
    SEASON = "season"
    OTHER = "other"


class Article(Model):
    """One article. `body` is Markdown, whose pictures are named `picture:<id>`.

    `choices` and `right` (counted from 0) are its question, empty without one. Nobody who is not
    the author has reviewed it until `reviewed_by` is set.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(ArticleStatus, max_length=10, default=ArticleStatus.DRAFT)
    subject = fields.CharEnumField(Subject, max_length=14)
    title = fields.CharField(max_length=60)
    summary = fields.CharField(max_length=120)
    body = fields.TextField()
    question = fields.CharField(max_length=120, default="")
    choices: Any = fields.JSONField(default=list)
    right = fields.IntField(null=True)
    explanation = fields.CharField(max_length=200, default="")
    author_id = fields.UUIDField()
    author_name = fields.CharField(max_length=40)
    organization_id = fields.UUIDField()
    organization_name = fields.CharField(max_length=80)
    reviewed_by = fields.UUIDField(null=True)
    reviewer_name = fields.CharField(max_length=40, default="")
    review_words = fields.CharField(max_length=300, default="")
    publish_on = fields.DateField(null=True)
    published_at = fields.DatetimeField(null=True)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "notifications_article"
        indexes = (("status", "published_at"),)


class ArticlePicture(Model):
    """A picture of an article, without EXIF. `words` describe it for those who cannot see it."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    article: Any = fields.ForeignKeyField(
        "notifications.Article", related_name=False, on_delete=fields.RESTRICT
    )
    article_id: UUID
    blob: Any = fields.ForeignKeyField("core.Blob", related_name=False, on_delete=fields.RESTRICT)
    blob_id: UUID
    words = fields.CharField(max_length=60)

    class Meta:
        table = "notifications_article_picture"


class Campaign(Model):
    """An article on its way to an audience.

    `audience` is what was asked for, `per_day` how many are told a day, `told_share` the per cent
    who are told at all, `seed` what divides them.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(CampaignStatus, max_length=8, default=CampaignStatus.RUNNING)
    article: Any = fields.ForeignKeyField(
        "notifications.Article", related_name=False, on_delete=fields.RESTRICT
    )
    article_id: UUID
    audience: Any = fields.JSONField()
    per_day = fields.IntField()
    told_share = fields.IntField(default=100)
    seed = fields.CharField(max_length=32)
    size = fields.IntField()
    made_by = fields.UUIDField()
    made_name = fields.CharField(max_length=40)
    made_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notifications_campaign"
        indexes = (("article_id",),)


class Arm(StrEnum):
    """told: gets the message; control: may read the article like everybody, and is not told."""

    TOLD = "told"
    CONTROL = "control"


class CampaignMember(Model):
    """One patient of the frozen audience. `place` is the order of sending."""

    id = fields.BigIntField(primary_key=True)
    campaign: Any = fields.ForeignKeyField(
        "notifications.Campaign", related_name=False, on_delete=fields.RESTRICT
    )
    campaign_id: UUID
    patient_id = fields.UUIDField()
    arm = fields.CharEnumField(Arm, max_length=8)
    place = fields.IntField()
    told_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notifications_campaign_member"
        unique_together = (("campaign_id", "patient_id"),)
        indexes = (("campaign_id", "arm", "told_at"),)


class Reading(Model):
    """One account has opened one article: how long, to the end or not, and what it answered."""

    id = fields.BigIntField(primary_key=True)
    article: Any = fields.ForeignKeyField(
        "notifications.Article", related_name=False, on_delete=fields.RESTRICT
    )
    article_id: UUID
    account_id = fields.UUIDField()
    opened_at = fields.DatetimeField()
    seconds = fields.IntField(default=0)
    finished_at = fields.DatetimeField(null=True)
    answer = fields.IntField(null=True)
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notifications_reading"
        unique_together = (("article_id", "account_id"),)
