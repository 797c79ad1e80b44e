"""What one board tells whoever opened it: counted, and without what would tell of a few."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import clock
from family_doctor.boards import board
from family_doctor.boards.access import COUNTY_PATH, Scope, widest
from family_doctor.boards.charts import Chart, charts
from family_doctor.boards.kept import kept
from family_doctor.boards.numbers import Tallies, counted
from family_doctor.boards.periods import Period, months_until
from family_doctor.boards.trend import Month, trend
from family_doctor.boards.untold import together, untold_of


@dataclass(frozen=True, slots=True)
class Counted:
    """The total and what it is made of, as this one may see them, and when they were counted."""

    scope: Scope
    widest: Scope
    whole: board.Line
    lines: list[board.Line]
    months: Sequence[Month]
    wide_months: Sequence[Month]
    at: datetime

    def charts(self) -> dict[str, Chart]:
        """The pictures, with the same months hidden as on a wider board."""
        gone = [untold_of(self.widest, month.tallies) for month in self.wide_months]
        return charts(self.scope, self.months, self.lines, gone)


async def counted_for(scope: Scope, period: Period) -> Counted:
    """One board. Who reads the county's as well has the same numbers hidden on both, so it is
    counted along."""
    wide = await widest(scope)
    boards = [scope] if wide.path == scope.path else [scope, wide]
    found = await asyncio.gather(*(_found(one, period) for one in boards))
    (tallies, months), at = found[0]
    (wide_tallies, wide_months), _ = found[-1]
    gone = untold_of(wide, together(wide_tallies, tallies))
    by = board.by_township if scope.path == COUNTY_PATH else board.by_team
    return Counted(
        scope=scope,
        widest=wide,
        whole=board.whole(scope, tallies, period, gone),
        lines=by(scope, tallies, period, gone),
        months=months,
        wide_months=wide_months,
        at=at,
    )


async def _found(scope: Scope, period: Period) -> tuple[tuple[Tallies, list[Month]], datetime]:
    """What was counted, the months before it, and when."""
    months = months_until(period, clock.today())

    async def count() -> tuple[Tallies, list[Month]]:
        numbers = counted(scope.team_ids, period, villages=scope.path != COUNTY_PATH)
        return await asyncio.gather(numbers, trend(scope.team_ids, months))

    return await kept(count, scope.path, *scope.team_ids, period)
