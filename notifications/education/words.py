"""Articles and campaigns in words."""

from typing import Final

from notifications.education.models import Subject
from notifications.education.states import ArticleStatus, CampaignStatus

SUBJECTS: Final = {
    Subject.HYPERTENSION: "高血压",
    Subject.DIABETES: "糖尿病",
    Subject.OLD_AGE: "老年人",
    Subject.CHILDREN: "孩子",
    Subject.PREGNANCY: "孕产妇",
    Subject.MEDICINES: "用药",
    Subject.SEASON: "季节",
    Subject.OTHER: "其他",
}
ARTICLE: Final = {
    ArticleStatus.DRAFT: ("neutral", "草稿"),
    ArticleStatus.IN_REVIEW: ("waiting", "等别人审"),
    ArticleStatus.APPROVED: ("progress", "已通过,等发布"),
    ArticleStatus.PUBLISHED: ("done", "已发布"),
    ArticleStatus.RETIRED: ("neutral", "已下架"),
}
CAMPAIGN: Final = {
    CampaignStatus.RUNNING: ("progress", "正在推送"),
    CampaignStatus.PAUSED: ("waiting", "已暂停"),
    CampaignStatus.DONE: ("done", "已发完"),
    CampaignStatus.STOPPED: ("neutral", "已停止"),
}


def per_cent(share: float) -> str:
    """12.3%."""
    return f"{share * 100:.1f}%"
