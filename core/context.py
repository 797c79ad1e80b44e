"""What is true for the request or job under way: an id for logs, audit and error pages."""

import os
from contextvars import ContextVar
from typing import NamedTuple


class Origin(NamedTuple):
    """Where a change comes from. `address` is the client's IP, empty for jobs."""

    request_id: str
    address: str = ""


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def origin() -> Origin:
    """The current origin; jobs without a request get one of their own."""
    found = _origin.get()
    if found is None:
        found = Origin(new_request_id())
        _origin.set(found)
    return found


def enter(found: Origin) -> None:
    """Bind the origin for this task and those it starts."""
    _origin.set(found)


def new_request_id() -> str:
    """Twelve hex digits: long enough to find, short enough to read over the phone."""
    return os.urandom(6).hex()
