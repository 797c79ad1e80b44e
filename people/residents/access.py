"""The one door from a resident's account to a patient.

A bond that is proven, not ended and in its time opens for its scopes; whatever else is asked for
gets the answer of a patient that does not exist. Every opening and every refusal is written down.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from core import clock, db
from core.audit import audit, refused
from core.errors import Conflict, Forbidden, NotFound
from core.gathering import Gathered
from people.deaths.words import DECEASED
from people.links import all_records, same_person
from people.models import Patient
from people.residents.actor import Resident
from people.residents.models import Bond, BondStatus, Scope

MISSING: Final = "没有找到这位就诊人,请在“家人”里看看。"
SCOPE_WORDS: Final = {
    Scope.BOOK: "预约",
    Scope.PAY: "付费",
    Scope.VIEW: "看记录",
    Scope.CHAT: "和医生说话",
}


async def open_own(resident: Resident, patient_id: UUID, scope: Scope, *, purpose: str) -> Patient:
    """The patient, for this account, scope and purpose; the managing organization is loaded.

    Of a merged record the survivor is given. Raises NotFound `patient_not_found` for strangers
    and unknown alike, and Forbidden for one's own family when they have not said yes
    (`needs_proof`) or not to this (`not_in_scope`). Of the dead the family goes on reading
    (个人信息保护法 art. 49), and begins nothing new: Conflict `deceased`.
    """
    ids = await same_person(patient_id)
    bonds = (
        await Bond.filter(account_id=resident.account_id, patient_id__in=ids)
        .exclude(status=BondStatus.ENDED)
        .select_related("patient__managing_organization")
    )
    open_ones = (one for one in bonds if is_live(one) and scope in scopes_of(one))
    bond = next(open_ones, bonds[0] if bonds else None)
    problem: NotFound | Forbidden | Conflict | None = None
    if bond is None:
        problem = missing()
    elif not is_live(bond):
        problem = Forbidden("needs_proof", "要先得到本人同意,才能替他办理。")
    elif scope not in scopes_of(bond):
        problem = not_in_scope(scope)
    elif scope is not Scope.VIEW and bond.patient.deceased_on is not None:
        problem = Conflict("deceased", DECEASED)
    if bond is None or problem is not None:
        raise refused(
            problem or missing(),
            resident,
            "resident.open",
            f"Patient/{patient_id}",
            patient_id=bond.patient_id if bond else None,
            reason=f"{purpose} ({scope})",
        )
    await audit(
        resident,
        "resident.open",
        f"Patient/{patient_id}",
        patient_id=bond.patient_id,
        reason=f"{purpose} ({scope}, {bond.relation})",
    )
    if bond.patient_id == ids[0]:
        patient: Patient = bond.patient
        return patient
    return await Patient.get(id=ids[0]).select_related("managing_organization")


def own_patients(resident: Resident, scope: Scope) -> Q:
    """The filter for patients this account may act for in this scope."""
    return Q(id__in=Subquery(_live(resident, scope).values("patient_id")))


async def own_patient_ids(resident: Resident, scope: Scope) -> set[UUID]:
    """The ids of `own_patients` with all their records, for tables of other packages."""
    return await all_records(await _own.ask((resident.account_id, scope)))


OPENS: Final = f"""
bond.status = '{BondStatus.ACTIVE.value}' AND (bond.until IS NULL OR bond.until > $2)
AND ',' || bond.scopes || ',' LIKE asked.scope
"""
"""A bond that opens something at the moment $2, for hand-written SQL; see `like`."""

OWN: Final = f"""
SELECT asked.n, bond.patient_id FROM {{asked}}
JOIN people_bond AS bond ON bond.account_id = asked.account
WHERE {OPENS}
"""  # noqa: S608  (the state is our own enumeration)
"""By hand, because every list and every poll of a resident begins with it."""


async def _read_own(asked: Sequence[tuple[UUID, Scope]]) -> list[set[UUID]]:
    wanted = [
        {"n": n, "account": account, "scope": like(scope)}
        for n, (account, scope) in enumerate(asked)
    ]
    query = OWN.format(asked=db.asked(n="int", account="uuid", scope="text"))
    found: list[set[UUID]] = [set() for _ in asked]
    for row in await db.fetch(query, db.listed(wanted), clock.now()):
        found[row["n"]].add(db.as_id(row["patient_id"]))
    return found


_own: Final = Gathered(_read_own)


def like(scope: Scope) -> str:
    """The pattern of a bond's scopes among which this one is."""
    return f"%,{scope.value},%"


async def accounts_of(patient_id: UUID, scope: Scope) -> list[UUID]:
    """The accounts that may act for this patient in this scope, the patient's own among them."""
    records = await same_person(patient_id)
    bonds = Bond.filter(live(), patient_id__in=records, scopes__contains=scope.value)
    rows = await bonds.order_by("asked_at").values_list("account_id", flat=True)
    return list(dict.fromkeys(UUID(str(row)) for row in rows))


def live() -> Q:
    """The filter for bonds that open something now."""
    return Q(Q(until=None) | Q(until__gt=clock.now()), status=BondStatus.ACTIVE)


def is_live(bond: Bond) -> bool:
    """Whether this bond opens something now."""
    in_time = bond.until is None or bond.until > clock.now()
    return bond.status is BondStatus.ACTIVE and in_time


def scopes_of(bond: Bond) -> list[Scope]:
    """What the account may do."""
    return [Scope(word) for word in bond.scopes.split(",") if word]


def not_in_scope(scope: Scope) -> Forbidden:
    """One of the family, who has not said yes to this."""
    word = SCOPE_WORDS[scope]
    return Forbidden("not_in_scope", f"本人没有让您{word},需要的话请本人重新授权。")


def missing() -> NotFound:
    """The answer for everybody who is not one's own."""
    return NotFound("patient_not_found", MISSING)


def _live(resident: Resident, scope: Scope) -> QuerySet[Bond]:
    return Bond.filter(live(), account_id=resident.account_id, scopes__contains=scope.value)
