"""A third person in an online visit, for those who invite and for the guest."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from care.encounter.guests.models import Part
from care.encounter.models import Kind
from core.clock import Moment
from core.http import Schema
from mini_program_api.schemas.common import Input

Link = Annotated[str, StringConstraints(min_length=16, max_length=64)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{32,64}$")]


class GuestInvitation(Input):
    """Who is to join; `history`: whether they may read what was said before."""

    part: Part
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40)]
    relation: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
    history: bool = False


class InvitationOut(Schema):
    """The link's secret: shown once. The guest opens `/h5/guest#LINK`."""

    id: UUID
    link: str
    expires_at: Moment


class GuestSeen(Schema):
    """Somebody who was asked to join. `status`: invited, joined, left, removed, withdrawn."""

    id: UUID
    name: str
    relation: str
    part_name: str
    status: str
    status_name: str
    history: bool
    expected: bool


class LinkIn(Input):
    """The secret behind the `#` of a link."""

    link: Link


class OpeningIn(Input):
    """The link, and a key that this phone has made up and keeps: it owns the place from then on."""

    link: Link
    key: Key


class LinkOut(Schema):
    """What a link leads to, before it is used. `ready`: the doctor has begun."""

    name: str
    relation: str
    part_name: str
    invited_by: str
    patient_name: str
    doctor: str
    organization_name: str
    ready: bool
    over: bool


class GuestVisitOut(Schema):
    """The visit as its guest sees it: masked names, no record. `place` goes into `Guest-Key`."""

    place: str
    room: UUID
    name: str
    relation: str
    part_name: str
    patient_name: str
    doctor: str
    organization_name: str
    status: str
    kind: Kind
    here: bool
    over: bool
    room_open: bool
    history: bool
