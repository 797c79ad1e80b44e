"""Keys for every test: real ciphers, well-known secrets."""

import base64

import pytest

from core import crypto

SECRET_KEY = "secret of the tests, forty characters long"
FIELD_KEY = "test:" + base64.b64encode(b"field key of the tests".ljust(32, b".")).decode()


@pytest.fixture(scope="session", autouse=True)
def keys() -> crypto.Keyring:
    """The process's keys, set before anything is sealed or signed."""
    keyring = crypto.Keyring(secret_key=SECRET_KEY, field_keys=crypto.parse_field_keys(FIELD_KEY))
    crypto.configure(keyring)
    return keyring
