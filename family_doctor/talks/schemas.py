"""What crosses the border of standing conversations."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from core.http import Schema


class OpenIn(Schema):
    """With whom."""

    patient_id: UUID


class SettleIn(Schema):
    """Up to which message nothing more has to be answered."""

    seq: Annotated[int, Field(ge=1, lt=2**31)]
