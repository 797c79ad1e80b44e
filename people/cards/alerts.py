"""Codes this house never made: refused, and shown to the administrator once."""

from typing import Final
from uuid import UUID

import structlog

from core import clock, db
from core.audit import audit, refused
from core.errors import Forbidden, NotFound
from core.live import Hint
from core.outbox import outside, record
from people.actor import Actor, Role
from people.cards.models import CardAlert
from people.events import CardAlertRaised, CardAlertSeen

log = structlog.get_logger(__name__)

READERS: Final = (Role.ADMIN,)
TOPIC: Final = "card-alerts"


async def forged(actor: Actor, place: str) -> Forbidden:
    """Write the alert, and give what to raise. Call with no transaction open."""
    async with db.atomic():
        alert = await CardAlert.create(
            at=clock.now(),
            place=place[:60],
            organization_id=actor.organization_id,
            organization_name=actor.organization_name,
            account_id=actor.account_id,
            account_name=actor.name,
        )
        await record(CardAlertRaised(alert_id=str(alert.id)), subject=f"CardAlert/{alert.id}")
    log.warning("health_card_forged", organization=str(actor.organization_id))
    problem = Forbidden(
        "code_forged",
        "这个码不是健康卡发出的,不能用。请居民打开健康卡刷新后再扫,或者看证件。管理员会看到这次提醒。",
    )
    return refused(problem, actor, "health_card.forged", "CardCode/unknown", reason=place)


async def unseen(actor: Actor) -> int:
    """How many alerts wait for this person, for the navigation."""
    return await CardAlert.filter(seen_at=None).count() if actor.has(*READERS) else 0


async def newest(*, limit: int = 100) -> list[CardAlert]:
    """Alerts nobody has looked at, then the newest others."""
    waiting = await CardAlert.filter(seen_at=None).order_by("-at").limit(limit)
    seen = await CardAlert.filter(seen_at__isnull=False).order_by("-at").limit(limit)
    return [*waiting, *seen]


async def acknowledge(actor: Actor, alert_id: UUID) -> None:
    """Somebody has looked; a repeat changes nothing. Raises Forbidden, NotFound."""
    actor.require(*READERS)
    if not await CardAlert.exists(id=alert_id):
        raise NotFound("not_found", "没有找到这条提醒。")
    new = CardAlert.filter(id=alert_id, seen_at=None)
    async with db.atomic():
        if await new.update(seen_at=clock.now(), seen_by_name=actor.name):
            await audit(actor, "health_card.alert_seen", f"CardAlert/{alert_id}")
            await record(CardAlertSeen(alert_id=str(alert_id)), subject=f"CardAlert/{alert_id}")


async def hears_alerts(actor: Actor, rest: str) -> bool:
    """Who may listen to the topic `card-alerts`."""
    return not rest and actor.has(*READERS)


@outside
async def tell_readers(event: CardAlertRaised | CardAlertSeen, *, hint: Hint) -> None:
    """The list of alerts is no longer what it was."""
    await hint(TOPIC, event.name, id=event.alert_id)
