"""Passwords: argon2id (RFC 9106) off the event loop, and what makes a password acceptable.

At most two hashes are computed at once: each takes 64 MiB and a good part of a second on an old
machine, and a flood of sign-ins must not take the memory that the rest needs.
"""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")

SHORTEST: Final = 10
LONGEST: Final = 128
TEMPORARY_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"

_hasher: Final = PasswordHasher()
_threads: Final = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


async def hash_of(password: str) -> str:
    """The text to store."""
    return await _in_thread(lambda: _hasher.hash(password))


async def fits(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; takes as long when there is none."""
    nobody = await _in_thread(_nobody)
    return await _in_thread(lambda: _verify(stored or nobody, password)) and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def temporary() -> str:
    """A password to read over the phone: three groups of four, nothing that looks alike."""
    groups = ("".join(secrets.choice(TEMPORARY_ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def objection(password: str, *, username: str) -> str:
    """Why this password is not acceptable, in one sentence; empty when it is."""
    if len(password) < SHORTEST:
        return f"密码至少 {SHORTEST} 个字符"
    if len(password) > LONGEST:
        return f"密码最多 {LONGEST} 个字符"
    if username.lower() in password.lower():
        return "密码里不要包含用户名"
    if len(set(password)) < 5:
        return "密码太简单,请不要重复同样的字符"
    if not (any(c.isdigit() for c in password) and any(c.isalpha() for c in password)):
        return "密码里要同时有字母和数字"
    return ""


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work)
