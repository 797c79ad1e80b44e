"""What time does to bonds: children come of age, proxies run out, questions go stale."""

from datetime import timedelta
from typing import Final

from core import clock, db
from core.audit import SYSTEM, audit
from core.errors import Conflict
from core.states import advance
from people.residents import family, rules
from people.residents.models import BOND, Bond, BondStatus, DeskCode, Proof

UNANSWERED: Final = timedelta(days=30)
BATCH: Final = 200


async def tick() -> int:
    """Settle what is due; return how many bonds moved. Safe from several processes."""
    moment = clock.now()
    over = await Bond.filter(status=BondStatus.ACTIVE, until__lte=moment).limit(BATCH)
    stale = Bond.filter(status=BondStatus.PENDING, asked_at__lt=moment - UNANSWERED)
    stale = stale.exclude(proof=Proof.GUARDIAN)  # a grown child is asked until somebody ends it
    moved = 0
    for bond in [*over, *await stale.limit(BATCH)]:
        moved += await _settle(bond)
    await DeskCode.filter(expires_at__lt=moment).delete()
    return moved


async def _settle(bond: Bond) -> bool:
    patient = await bond.patient
    grown = rules.comes_of_age_at(patient.birth_date)
    was_minor = bond.status is BondStatus.ACTIVE and bond.asked_at < grown <= clock.now()
    try:
        async with db.atomic():
            if was_minor and bond.until == grown:
                await advance(bond, BOND, "come_of_age", until=None, phone_is_theirs=False)
                action = "bond.come_of_age"
            else:
                expired = bond.status is BondStatus.ACTIVE
                reason = "its time was over" if expired else "nobody answered"
                await family.end_bond(bond, by=None, reason=reason)
                action = "bond.expire"
            await audit(SYSTEM, action, f"Bond/{bond.id}", patient_id=bond.patient_id)
    except Conflict:
        return False
    return True
