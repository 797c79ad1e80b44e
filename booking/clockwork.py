"""What becomes due by itself. Each thing due is a row with its time, so a restart loses nothing."""

from booking import schedules, service, stopping, visits, waiting


async def tick(*, may_expire: service.MayExpire = service.at_once) -> None:
    """Holds, missed ones, returning quotas, stops and waiting lines (every two seconds).

    `may_expire` asks the cashier whether a hold was paid in the last moment.
    """
    await service.expire_due(may_expire=may_expire)
    await visits.miss_due()
    await schedules.return_quotas()
    await stopping.end_left()
    await waiting.serve_all()


async def tend() -> None:
    """The coming days' slots, and wishes of days gone by (hourly)."""
    await schedules.build_all()
    await waiting.lapse_past()
