"""The hours in which nobody is disturbed, or has to answer."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the county's clock. Equal ends: none. No rule names them; a house decides."""

    begins: time = time(21, 0)
    ends: time = time(8, 0)

    def until(self, moment: datetime) -> datetime | None:
        """When the quiet that `moment` lies in is over; None outside of it."""
        now = moment.astimezone(SHANGHAI).time()
        if self.begins <= self.ends:
            inside = self.begins <= now < self.ends
        else:
            inside = now >= self.begins or now < self.ends
        return self.next_end(moment) if inside else None

    def after(self, moment: datetime, wait: timedelta) -> datetime:
        """When so much time has passed since `moment`, what was quiet of it left out."""
        begins = self.until(moment) or moment
        while (night := self.next_begin(begins)) is not None and begins + wait > night:
            wait -= night - begins
            begins = self.next_end(night)
        return begins + wait

    def next_begin(self, moment: datetime) -> datetime | None:
        """When it is quiet for the next time after `moment`; None when it never is."""
        if self.begins == self.ends:
            return None
        local = moment.astimezone(SHANGHAI)
        begin = datetime.combine(local.date(), self.begins, SHANGHAI)
        return begin if begin > local else begin + timedelta(days=1)

    def next_end(self, moment: datetime) -> datetime:
        """When a quiet is over for the next time after `moment`."""
        local = moment.astimezone(SHANGHAI)
        end = datetime.combine(local.date(), self.ends, SHANGHAI)
        return end if end > local else end + timedelta(days=1)
