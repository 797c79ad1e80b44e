"""The family doctor as residents see it: teams, packages, the contract, what was done."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from core.clock import Moment
from core.http import Schema
from mini_program_api.schemas.common import Input, Items
from people.residents.schemas import AgreedTexts


class TeamMemberOut(Schema):
    """Somebody of the team. `initial` stands in place of a photograph."""

    name: str
    initial: str
    title: str
    role_name: str
    organization_name: str
    responsible: bool


class CareTeamOut(Schema):
    """A team. `near`: it serves the patient's village."""

    id: UUID
    name: str
    organization_name: str
    phone: str
    words: str
    near: bool
    members: list[TeamMemberOut]


class CareTeams(Items[CareTeamOut]):
    """Those that take residents, of the patient's village first."""


class CareTeamsQuery(Schema):
    """For whom."""

    patient_id: UUID


class PackageItemOut(Schema):
    """One thing that is done so many times a year."""

    name: str
    times: int
    mode_name: str
    who_name: str


class ServicePackageOut(Schema):
    """One package. Of `price_fen` a year the insurer pays `insurer_fen`. `basic` has to be in
    every contract."""

    id: UUID
    name: str
    group_name: str
    basic: bool
    words: str
    price_fen: int
    insurer_fen: int
    own_fen: int
    items: list[PackageItemOut]


class ServicePackages(Items[ServicePackageOut]):
    """What may be signed today. `years`: the longest term."""

    years: int


class ContractIn(Input):
    """The team, packages and term, and the words that were read (`needed_for: contract`)."""

    patient_id: Annotated[UUID, Field(strict=False)]
    team_id: Annotated[UUID, Field(strict=False)]
    package_ids: Annotated[
        list[Annotated[UUID, Field(strict=False)]], Field(min_length=1, max_length=6)
    ]
    years: Annotated[int, Field(ge=1, le=3)] = 1
    consents: Annotated[AgreedTexts, Field(min_length=1)]


class ContractsQuery(Schema):
    """Of one patient, or of all."""

    patient_id: UUID | None = None


class ServiceRecordOut(Schema):
    """One thing that was done. `can`: confirm, dispute."""

    id: UUID
    status: str
    status_name: str
    done_on: date
    mode_name: str
    by_name: str
    words: str
    can: list[str]


class ContractItemOut(Schema):
    """One promised thing: done of due until today, and the latest first."""

    name: str
    times: int
    mode_name: str
    who_name: str
    done: int
    due: int
    records: list[ServiceRecordOut]


class TeamTalkOut(Schema):
    """The conversation with the team. `promise` stands above it, `note` says what it is not;
    `opened`: there is one; `may_write` only while the contract is in force."""

    opened: bool
    may_write: bool
    unread: int
    promise: str
    note: str


class ContractOut(Schema):
    """`status`: applied (the team reviews), reviewed (both sign), signed (to be paid, or begins
    later), active, renewed, changed_team, terminated, expired, refused, withdrawn. `rate_percent`
    is null while nothing was due, `definition` its meaning. `renew_from`: the first day on which
    it may be renewed. `can`: sign, pay, withdraw, terminate, renew, change_team, paper."""

    id: UUID
    number: str
    status: str
    status_name: str
    next_step: str
    patient_id: UUID
    patient_name: str
    team: CareTeamOut
    doctor_name: str
    years: int
    price_fen: int
    insurer_fen: int
    own_fen: int
    paid: bool
    resident_signed: bool
    doctor_signed: bool
    starts_on: date | None
    ends_on: date | None
    renew_from: date | None
    asked_at: Moment
    expires_at: Moment | None
    answer: str
    end_reason: str
    items: list[ContractItemOut]
    rate_percent: int | None
    definition: str
    talk: TeamTalkOut
    can: list[str]


class Contracts(Items[ContractOut]):
    """The latest first, at most thirty."""


class CodeSentOut(Schema):
    """The number the code went to, masked."""

    phone_masked: str


class SignatureIn(Input):
    """The code that arrived."""

    code: Annotated[str, Field(min_length=4, max_length=12)]


class TerminationIn(Input):
    """Why one does not want it any more."""

    why: Literal["moved", "unwilling", "unable", "other"]
    words: Annotated[str, Field(max_length=200)] = ""


class ServiceDisputeIn(Input):
    """What was not done."""

    words: Annotated[str, Field(min_length=2, max_length=200)]
