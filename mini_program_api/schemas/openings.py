"""Who has opened a person's record."""

from core.clock import Moment
from core.http import Schema
from mini_program_api.schemas.common import Items


class GroundOut(Schema):
    """Why it was allowed. `code`: emergency, own, visit, consultation, referral, presented,
    prescription, partner, review or work; show `name`."""

    code: str
    name: str


class EmergencyOut(Schema):
    """An opening without the person's yes. `review`: pending, justified or unjustified."""

    reason: str
    review: str
    review_name: str


class RecordAccessOut(Schema):
    """One sitting of one person. `what` says in words what was looked at or done."""

    began_at: Moment
    ended_at: Moment
    name: str
    role: str
    organization_name: str
    organization_phone: str
    grounds: list[GroundOut]
    what: list[str]
    emergencies: list[EmergencyOut]


class RecordAccesses(Items[RecordAccessOut]):
    """The newest first; `asking` says where one asks or complains."""

    asking: str
