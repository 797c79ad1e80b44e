"""Staff administration: who works here, as what, and how they get in again.

Administrators do this on a page, operators with `python -m app create-staff`. A password made
here is temporary: it is shown once, and its owner must replace it at the next sign-in.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from uuid import UUID, uuid4

from pydantic import Field, StringConstraints, field_validator, model_validator
from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import System, audit
from core.errors import Conflict, FieldError, Invalid, NotFound
from core.http import Schema
from core.outbox import record
from core.wording import finding
from people import passwords, rules, sessions, throttle
from people.actor import Actor, Role
from people.events import AccountClosed
from people.models import Account, Licence, Organization, Practitioner
from people.proof import require_recent_proof
from people.specialties import SPECIALTIES

ROLE_WORDS: Final = {
    Role.VILLAGE_DOCTOR: "村医",
    Role.TOWNSHIP_DOCTOR: "乡镇医生",
    Role.SPECIALIST: "县级专科医生",
    Role.PHARMACIST: "药师",
    Role.STOCK_KEEPER: "药库管理员",
    Role.DRIVER: "送药员",
    Role.TEAM_LEAD: "家庭医生团队长",
    Role.NURSE: "护士",
    Role.SCHEDULER: "门诊办",
    Role.SUPERVISOR: "卫健局监管",
    Role.ADMIN: "系统管理员",
}
LICENCE_WORDS: Final = {
    Licence.PHYSICIAN: "执业医师",
    Licence.ASSISTANT_PHYSICIAN: "执业助理医师",
    Licence.VILLAGE_DOCTOR: "乡村医生",
    Licence.PHARMACIST: "药师",
    Licence.NURSE: "护士",
    Licence.NONE: "没有执业证",
}

Who = Actor | System
Username = Annotated[
    str, StringConstraints(to_lower=True, pattern=r"^[a-zA-Z][a-zA-Z0-9._-]{2,39}$")
]


class Roles(Schema):
    """What somebody works as."""

    roles: Annotated[list[Role], Field(min_length=1)]


class NewStaff(Roles):
    """A new colleague."""

    username: Username
    name: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    title: Annotated[str, StringConstraints(max_length=20)] = ""
    licence: Licence = Licence.NONE
    licence_number: Annotated[str, StringConstraints(max_length=40)] = ""
    practising_since: date | None = None
    specialty: str = ""
    organization_id: UUID

    @field_validator("name")
    @classmethod
    def _a_name(cls, name: str) -> str:
        if sentence := rules.name_objection(name):
            raise ValueError(sentence)
        return rules.tidy_name(name)

    @field_validator("specialty")
    @classmethod
    def _known_specialty(cls, code: str) -> str:
        if code and code not in SPECIALTIES:
            raise ValueError("请从列表里选一项")
        return code

    @model_validator(mode="after")
    def _fits_licence(self) -> "NewStaff":
        if sentence := role_objection(self.roles, self.licence):
            raise finding("roles", sentence)
        if self.licence is not Licence.NONE and not self.licence_number:
            raise finding("licence_number", "请填执业证书编号")
        if Role.SPECIALIST in self.roles and not self.specialty:
            raise finding("specialty", "专科医生请选专科")
        return self


@dataclass(frozen=True, slots=True)
class NewAccess:
    """A temporary password, to be told to its owner once."""

    account_id: UUID
    username: str
    name: str
    password: str


def role_objection(roles: list[Role], licence: Licence) -> str:
    """Why somebody with this licence may not hold these roles; empty when they may.

    医师法 and 乡村医生从业管理条例 for doctors, 处方管理办法 for pharmacists, 护士条例 for nurses;
    administration and supervision are kept apart (GB/T 22239-2019, 8.1.5).
    """
    doctors = {Licence.PHYSICIAN, Licence.ASSISTANT_PHYSICIAN}
    needed: dict[Role, set[Licence]] = {
        Role.VILLAGE_DOCTOR: doctors | {Licence.VILLAGE_DOCTOR},
        Role.TOWNSHIP_DOCTOR: doctors,
        Role.SPECIALIST: {Licence.PHYSICIAN},
        Role.TEAM_LEAD: doctors,
        Role.PHARMACIST: {Licence.PHARMACIST},
        Role.NURSE: {Licence.NURSE},
    }
    for role in roles:
        if role in needed and licence not in needed[role]:
            words = "、".join(LICENCE_WORDS[one] for one in LICENCE_WORDS if one in needed[role])
            return f"“{ROLE_WORDS[role]}”需要的执业类别是:{words}"
    if Role.ADMIN in roles and Role.SUPERVISOR in roles:
        return "系统管理员和监管不能是同一个人"
    return ""


async def create_staff(who: Who, entry: NewStaff) -> NewAccess:
    """Add a colleague with a temporary password. Raises Conflict, Invalid, Forbidden."""
    _may_administer(who)
    if not await Organization.exists(id=entry.organization_id):
        raise _wrong("organization_id", "请从列表里选一项")
    password = passwords.temporary()
    hashed = await passwords.hash_of(password)
    account_id = uuid4()
    try:
        async with db.atomic():
            practitioner = await Practitioner.create(
                name=entry.name,
                title=entry.title,
                licence=entry.licence,
                licence_number=entry.licence_number,
                practising_since=entry.practising_since,
                specialty=entry.specialty,
                organization_id=entry.organization_id,
            )
            await Account.create(
                id=account_id,
                username=entry.username,
                password_hash=hashed,
                practitioner=practitioner,
                roles=_values(entry.roles),
                must_change_password=True,
                created_at=clock.now(),
            )
            await audit(who, "create_staff", f"Account/{account_id}", reason=_list(entry.roles))
    except IntegrityError:
        raise Conflict("username_taken", "这个用户名已经有人用了,请换一个。") from None
    return NewAccess(account_id, entry.username, entry.name, password)


async def change_roles(who: Who, account_id: UUID, roles: list[Role]) -> None:
    """Let somebody work as something else from the next page on."""
    _may_administer(who)
    async with db.atomic():
        account = await _account(account_id)
        if sentence := role_objection(roles, account.practitioner.licence):
            raise _wrong("roles", sentence)
        if Role.ADMIN not in roles:
            await _leave_an_administrator(account)
        await Account.filter(id=account_id).update(roles=_values(roles))
        await audit(who, "change_roles", f"Account/{account_id}", reason=_list(roles))


async def reset_password(who: Who, account_id: UUID) -> NewAccess:
    """Give somebody a temporary password; they are signed out everywhere."""
    _may_administer(who)
    password = passwords.temporary()
    hashed = await passwords.hash_of(password)
    async with db.atomic():
        account = await _account(account_id)
        await Account.filter(id=account_id).update(password_hash=hashed, must_change_password=True)
        await throttle.forget(throttle.ACCOUNT, account.username)
        await sessions.end_of_account(account_id)
        await audit(who, "reset_password", f"Account/{account_id}")
    return NewAccess(account_id, account.username, account.practitioner.name, password)


async def reset_second_factor(who: Who, account_id: UUID) -> None:
    """Forget a lost phone; the next sign-in enrols a new one."""
    _may_administer(who)
    async with db.atomic():
        await _account(account_id)
        await Account.filter(id=account_id).update(totp_secret=None, totp_new_secret=None)
        await throttle.forget(throttle.SECOND_FACTOR, str(account_id))
        await sessions.end_of_account(account_id)
        await audit(who, "reset_second_factor", f"Account/{account_id}")


async def deactivate(who: Who, account_id: UUID) -> None:
    """Let somebody who has left sign in no more; what they signed stays theirs."""
    _may_administer(who)
    async with db.atomic():
        account = await _account(account_id)
        if isinstance(who, Actor) and who.account_id == account_id:
            raise Conflict("own_account", "不能停用自己的账号,请让另一位管理员操作。")
        await _leave_an_administrator(account)
        await Account.filter(id=account_id).update(active=False)
        await Practitioner.filter(id=account.practitioner_id).update(active=False)
        await sessions.end_of_account(account_id)
        await record(AccountClosed(practitioner_id=str(account.practitioner_id)))
        await audit(who, "deactivate_staff", f"Account/{account_id}")


async def activate(who: Who, account_id: UUID) -> None:
    """Take somebody back. They keep their password and roles."""
    _may_administer(who)
    async with db.atomic():
        account = await _account(account_id)
        await Account.filter(id=account_id).update(active=True)
        await Practitioner.filter(id=account.practitioner_id).update(active=True)
        await audit(who, "activate_staff", f"Account/{account_id}")


def _may_administer(who: Who) -> None:
    if isinstance(who, Actor):
        who.require(Role.ADMIN)
        require_recent_proof(who)


async def _account(account_id: UUID) -> Account:
    found = await Account.get_or_none(id=account_id).select_related("practitioner")
    if found is None:
        raise NotFound("not_found", "没有找到这位同事。")
    return found


async def _leave_an_administrator(account: Account) -> None:
    if Role.ADMIN not in account.roles or not account.active:
        return
    others = await Account.filter(active=True).exclude(id=account.id)
    if not any(Role.ADMIN in other.roles for other in others):
        raise Conflict("last_administrator", "这是最后一位系统管理员,请先指定另一位。")


def _values(roles: list[Role]) -> list[str]:
    return [role.value for role in dict.fromkeys(roles)]


def _list(roles: list[Role]) -> str:
    return " ".join(_values(roles))


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", sentence, errors=[FieldError(field, sentence)])
