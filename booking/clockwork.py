"""What becomes due by itself. Each thing due is a row with its time, so a restart loses nothing."""

from booking import schedules, service, visits, waiting


async def tick() -> None:
    """Holds, missed appointments, returning quotas and waiting lines (every two seconds)."""
    await service.expire_due()
    await visits.miss_due()
    await schedules.return_quotas()
    await waiting.serve_all()


async def tend() -> None:
    """The coming days' slots, and wishes of days gone by (hourly)."""
    await schedules.build_all()
    await waiting.lapse_past()
