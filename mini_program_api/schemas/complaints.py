"""Complaints as residents file and see them."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import StringConstraints, model_validator

from care.complaint.models import Category
from core.clock import Moment
from core.http import Schema
from core.wording import finding
from mini_program_api.schemas.common import Input, Items

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1000)]


class ComplaintIn(Input):
    """About an online visit, an appointment, or anything else of a house."""

    patient_id: UUID
    about: Literal["encounter", "appointment", "other"]
    about_id: UUID | None = None
    organization_id: UUID | None = None
    category: Category
    text: Words

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if self.about == "other" and self.organization_id is None:
            raise finding("organization_id", "请选是哪家医院")
        if self.about != "other" and self.about_id is None:
            raise finding("about_id", "请从这次看病或者预约里点“投诉”")
        return self


class ComplaintReopening(Input):
    """Why the answer is not enough."""

    reason: Words


class ComplaintStepOut(Schema):
    """What was done, by whom, and the words with it."""

    name: str
    by: str
    words: str
    at: Moment


class ComplaintOut(Schema):
    """`status`: received, accepted, answered, reopened, closed, withdrawn. `due`: the latest moment
    for the house; null when nobody is waited for. `can`: what the resident may do now."""

    id: UUID
    status: str
    status_name: str
    next_step: str
    category_name: str
    patient_name: str
    organization_name: str
    about: str
    text: str
    answer: str
    due: Moment | None
    overdue: bool
    filed_at: Moment
    steps: list[ComplaintStepOut]
    can: list[str]


class Complaints(Items[ComplaintOut]):
    """The account's own, the latest first; `promise` says in words when the house answers."""

    promise: str
