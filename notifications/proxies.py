"""Who may act for somebody does not change behind their back; wired in `app.reactions`.

The person hears it on every phone of their own; of a child, the other guardians hear it. The one
who acts knows already.
"""

from datetime import datetime
from uuid import UUID

from core import clock
from notifications import wording
from notifications.service import Message, tell_accounts
from people.events import BondProven
from people.links import same_person
from people.masking import mask_phone
from people.residents import rules
from people.residents.access import SCOPE_WORDS, live, scopes_of
from people.residents.holders import owners
from people.residents.models import Bond, BondStatus, Relation


async def tell_proven(event: BondProven) -> None:
    """Somebody may act for them from now on: who, what, until when, and how to end it."""
    bond = await Bond.get(id=UUID(event.bond_id)).select_related("patient", "account")
    if bond.status is not BondStatus.ACTIVE:  # ended meanwhile
        return
    access = wording.Access(
        who=(await owners([bond.account_id])).get(bond.account_id, ""),
        phone=mask_phone(bond.account.phone or ""),
        what="、".join(SCOPE_WORDS[scope] for scope in scopes_of(bond)),
        patient=bond.patient.name,
        until=bond.until,
        at=_began(bond),
    )
    for other in await _others(bond):
        message = _message(bond, other, access)
        if message is not None:
            subject = f"Bond/{bond.id}"
            await tell_accounts([other.account_id], other.patient_id, subject, message)


async def _others(bond: Bond) -> list[Bond]:
    """The bonds that stood when this one began."""
    records = await same_person(bond.patient_id)
    rows = Bond.filter(live(), patient_id__in=records).exclude(account_id=bond.account_id)
    return [one for one in await rows.order_by("asked_at") if _began(one) <= _began(bond)]


def _began(bond: Bond) -> datetime:
    return bond.proven_at or bond.asked_at


def _message(bond: Bond, other: Bond, access: wording.Access) -> Message | None:
    if other.relation is Relation.SELF and bond.relation is Relation.SELF:
        return wording.own_phone_added(access)
    if other.relation is Relation.SELF:
        return wording.proxy_opened(access, other.patient_id)
    minor = rules.acts_as_guardian(bond.relation, bond.patient.birth_date, clock.today())
    return wording.guardian_added(access) if minor else None
