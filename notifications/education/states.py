"""States of an article and of a campaign, as tables (docs/states)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class ArticleStatus(StrEnum):
    """Where an article stands; the comment says who is waited for."""

    DRAFT = "draft"  # its author
    IN_REVIEW = "in-review"  # somebody else
    APPROVED = "approved"  # the day of `publish_on`
    PUBLISHED = "published"  # nobody
    RETIRED = "retired"  # nobody; kept, shown to nobody


A = ArticleStatus

ARTICLE: Final[Table[ArticleStatus]] = {
    (A.DRAFT, "submit"): A.IN_REVIEW,
    (A.IN_REVIEW, "approve"): A.APPROVED,
    (A.IN_REVIEW, "return"): A.DRAFT,
    (A.APPROVED, "publish"): A.PUBLISHED,
    (A.APPROVED, "return"): A.DRAFT,
    (A.PUBLISHED, "retire"): A.RETIRED,
}


class CampaignStatus(StrEnum):
    """Where the sending stands."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"


C = CampaignStatus

CAMPAIGN: Final[Table[CampaignStatus]] = {
    (C.RUNNING, "pause"): C.PAUSED,
    (C.PAUSED, "resume"): C.RUNNING,
    (C.RUNNING, "finish"): C.DONE,
    (C.RUNNING, "stop"): C.STOPPED,
    (C.PAUSED, "stop"): C.STOPPED,
}
