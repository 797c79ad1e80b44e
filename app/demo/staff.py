"""The demo logins of the contract and the people behind them."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.demo.places import demo_id, organization_id
from core import clock
from people import passwords
from people.actor import Role
from people.models import Account, Licence, Practitioner

PASSWORD: Final = "doorstep-demo"  # noqa: S105  (the contract names it; only with DEMO=1)


@dataclass(frozen=True, slots=True)
class Login:
    """A demo login of the contract."""

    username: str
    name: str
    title: str
    licence: Licence
    specialty: str
    since: int
    organization: str
    roles: tuple[Role, ...]


LOGINS: Final = (
    Login(
        "village1",
        "周秀兰",
        "乡村医生",
        Licence.VILLAGE_DOCTOR,
        "general_practice",
        2004,
        "YH-T1-V1",
        (Role.VILLAGE_DOCTOR,),
    ),
    Login(
        "village2",
        "马建国",
        "乡村医生",
        Licence.VILLAGE_DOCTOR,
        "general_practice",
        1998,
        "YH-T2-V1",
        (Role.VILLAGE_DOCTOR,),
    ),
    Login(
        "township1",
        "陈志远",
        "主治医师",
        Licence.PHYSICIAN,
        "general_practice",
        2011,
        "YH-T1",
        (Role.TOWNSHIP_DOCTOR,),
    ),
    Login(
        "county1",
        "刘明华",
        "副主任医师",
        Licence.PHYSICIAN,
        "cardiology",
        2003,
        "YH-H1",
        (Role.SPECIALIST,),
    ),
    Login(
        "county2",
        "孙雅琴",
        "主任医师",
        Licence.PHYSICIAN,
        "endocrinology",
        1996,
        "YH-H1",
        (Role.SPECIALIST,),
    ),
    Login(
        "county3",
        "赵立新",
        "主任医师",
        Licence.PHYSICIAN,
        "emergency",
        1994,
        "YH-H1",
        (Role.SPECIALIST,),
    ),
    Login(
        "county4",
        "钱文博",
        "主治医师",
        Licence.PHYSICIAN,
        "cardiology",
        2012,
        "YH-H1",
        (Role.SPECIALIST,),
    ),
    Login(
        "pharmacist1", "何静", "主管药师", Licence.PHARMACIST, "", 2009, "YH-H1", (Role.PHARMACIST,)
    ),
    Login("pharmacist2", "罗伟", "药师", Licence.PHARMACIST, "", 2016, "YH-H1", (Role.PHARMACIST,)),
    Login("stock1", "唐小军", "药库管理员", Licence.NONE, "", 2018, "YH-H1", (Role.STOCK_KEEPER,)),
    Login("driver1", "石永强", "送药员", Licence.NONE, "", 2020, "YH-H1", (Role.DRIVER,)),
    Login(
        "team1",
        "宋丽萍",
        "主治医师",
        Licence.PHYSICIAN,
        "general_practice",
        2008,
        "YH-T1",
        (Role.TEAM_LEAD, Role.TOWNSHIP_DOCTOR),
    ),
    Login("nurse1", "郑小燕", "护师", Licence.NURSE, "", 2014, "YH-T1", (Role.NURSE,)),
    Login("scheduler1", "冯倩", "门诊办", Licence.NONE, "", 2015, "YH-H1", (Role.SCHEDULER,)),
    Login("supervisor1", "高建平", "科长", Licence.NONE, "", 2001, "YH-B1", (Role.SUPERVISOR,)),
    Login("admin1", "谢斌", "系统管理员", Licence.NONE, "", 2012, "YH-H1", (Role.ADMIN,)),
)


def practitioner_id(username: str) -> UUID:
    """The id of the practitioner behind a demo login."""
    return demo_id("practitioner", username)


async def hire_staff() -> None:
    """Everybody who can sign in, all with the demo's password."""
    hashed, moment = await _password_hash(), clock.now()
    await Practitioner.bulk_create(
        [
            Practitioner(
                id=practitioner_id(login.username),
                name=login.name,
                title=login.title,
                licence=login.licence,
                licence_number=_licence_number(login),
                practising_since=date(login.since, 7, 1),
                specialty=login.specialty,
                organization_id=organization_id(login.organization),
            )
            for login in LOGINS
        ]
    )
    await Account.bulk_create(
        [
            Account(
                id=demo_id("account", login.username),
                username=login.username,
                password_hash=hashed,
                practitioner_id=practitioner_id(login.username),
                roles=[role.value for role in login.roles],
                created_at=moment,
            )
            for login in LOGINS
        ]
    )


_hashes: dict[str, str] = {}


async def _password_hash() -> str:
    """One hash for all: it is slow on purpose, and the demo's password is public."""
    if PASSWORD not in _hashes:
        _hashes[PASSWORD] = await passwords.hash_of(PASSWORD)
    return _hashes[PASSWORD]


def _licence_number(login: Login) -> str:
    if login.licence is Licence.NONE:
        return ""
    kind = {"pharmacist": "Y", "nurse": "H", "village_doctor": "X"}.get(login.licence.value, "1")
    return f"{kind}37{login.since}{demo_id('licence', login.username).int % 10**8:08d}"
