"""Wrong attempts slow the next one down, per account name and per address.

An attempt is counted before the password is looked at and forgiven when it was right, so many
attempts at once gain nothing. Names that do not exist are counted like those that do.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core import clock, crypto, db
from core.errors import TooMany
from people.models import SignInThrottle


@dataclass(frozen=True, slots=True)
class Limit:
    """From the `threshold`-th wrong attempt on, wait; twice as long each time, up to `longest`.

    A count older than `window` starts anew. `advice` ends the sentence that tells of the wait.
    """

    kind: str
    threshold: int
    first: timedelta
    longest: timedelta
    window: timedelta
    advice: str = "忘记密码可以请管理员重置。"

    def delay(self, failures: int) -> timedelta:
        """How long the next attempt has to wait after so many wrong ones."""
        if failures < self.threshold:
            return timedelta(0)
        doubled: int = 2 ** min(failures - self.threshold, 20)
        return min(self.first * doubled, self.longest)


ACCOUNT: Final = Limit(
    "account", 5, timedelta(minutes=1), timedelta(hours=1), window=timedelta(days=1)
)
SECOND_FACTOR: Final = Limit(
    "second-factor", 5, timedelta(minutes=1), timedelta(hours=1), window=timedelta(days=1)
)
ADDRESS: Final = Limit(
    "address", 60, timedelta(minutes=5), timedelta(minutes=30), window=timedelta(minutes=10)
)


async def count(limit: Limit, name: str) -> bool:
    """Count an attempt that may turn out wrong; True when the next one will have to wait.

    Raises TooMany `locked` with the wait in words.
    """
    moment, key = clock.now(), _key(limit, name)
    await SignInThrottle.get_or_create(key=key, defaults={"last_at": moment})
    async with db.atomic():
        row = await SignInThrottle.filter(key=key).select_for_update().first()
        if row is None:  # another attempt was right at this very moment: the count begins anew
            return await count(limit, name)
        if row.blocked_until and row.blocked_until > moment:
            raise _locked(limit, row.blocked_until - moment)
        failures = row.failures + 1 if moment - row.last_at < limit.window else 1
        delay = limit.delay(failures)
        row.failures, row.last_at = failures, moment
        row.blocked_until = moment + delay if delay else None
        await row.save()
    return bool(delay)


async def forget(limit: Limit, name: str) -> None:
    """Forget all wrong attempts: the right password was given, or an administrator helped."""
    await SignInThrottle.filter(key=_key(limit, name)).delete()


async def take_back(limit: Limit, name: str) -> None:
    """Take back one counted attempt that was right, and leave the others counted."""
    async with db.atomic():
        row = await SignInThrottle.filter(key=_key(limit, name)).select_for_update().first()
        if row is not None and row.failures > 0:
            row.failures -= 1
            row.blocked_until = None if row.failures < limit.threshold else row.blocked_until
            await row.save()


async def forget_old() -> int:
    """Delete counts that no longer matter."""
    return await SignInThrottle.filter(last_at__lt=clock.now() - timedelta(days=2)).delete()


def _key(limit: Limit, name: str) -> str:
    return crypto.keyring().mac("sign-in-throttle", f"{limit.kind}|{name}".encode())


def _locked(limit: Limit, wait: timedelta) -> TooMany:
    seconds = max(1, round(wait.total_seconds()))
    words = f"{-(-seconds // 60)} 分钟" if seconds > 60 else f"{seconds} 秒"
    return TooMany(
        "locked",
        f"试错的次数太多了,请 {words}后再试。{limit.advice}",
        retry_after_s=seconds,
    )
