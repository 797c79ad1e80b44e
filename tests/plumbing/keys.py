"""Keys for every test: real ciphers, well-known secrets, and passwords that are quickly checked."""

import base64
from typing import Any, Final

import pytest
from argon2 import PasswordHasher

from core import crypto
from people import passwords

SECRET_KEY = "secret of the tests, forty characters long"
FIELD_KEY = "test:" + base64.b64encode(b"field key of the tests".ljust(32, b".")).decode()


@pytest.fixture(scope="session", autouse=True)
def keys() -> crypto.Keyring:
    """The process's keys, set before anything is sealed or signed."""
    keyring = crypto.Keyring(secret_key=SECRET_KEY, field_keys=crypto.parse_field_keys(FIELD_KEY))
    crypto.configure(keyring)
    return keyring


SLOW: Final = passwords._hasher  # the house's own, in processes of their own too


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """argon2id as ever, with next to no work and memory."""
    quick: Any = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._hasher = quick  # type: ignore[misc]
