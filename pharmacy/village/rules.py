"""When a bag on the clinic's shelf is reminded of, and when it goes back. Pure."""

from datetime import datetime, timedelta

from pharmacy.dispatch.rules import Params


def is_due_back(arrived_at: datetime | None, now: datetime, params: Params) -> bool:
    """Nobody came for it: it goes with the next driver."""
    return arrived_at is not None and now - arrived_at >= timedelta(days=params.keep_days)


def remind_before(now: datetime, params: Params) -> datetime:
    """Whoever's bag arrived before this is reminded."""
    return now - timedelta(days=params.remind_days)


def kept_until(arrived_at: datetime, params: Params) -> datetime:
    """Until when it may be fetched here."""
    return arrived_at + timedelta(days=params.keep_days)
