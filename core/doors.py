"""Every route says who may knock; a route that says nothing opens for nobody.

`public`, `allow`, `residents` and `partners` mark handlers. The package that knows people reads the
mark in its middleware; which *record* may be opened is decided in each package's `access.py`.
"""

from collections.abc import Callable
from typing import Final, TypeVar

H = TypeVar("H", bound=Callable[..., object])

ANYONE: Final = "anyone"
ANY_STAFF: Final = "any-staff"
RESIDENT: Final = "resident"
PARTNER: Final = "partner"
_MARK = "__door__"


def public(handler: H) -> H:
    """Open to people who are not signed in."""
    setattr(handler, _MARK, frozenset({ANYONE}))
    return handler


def allow(*roles: str) -> Callable[[H], H]:
    """Open to staff who hold one of these roles; `allow(ANY_STAFF)` for everybody signed in."""

    def mark(handler: H) -> H:
        setattr(handler, _MARK, frozenset(roles))
        return handler

    return mark


def residents(handler: H) -> H:
    """Open to residents with a bearer session, and to nobody else: no cookie opens it."""
    setattr(handler, _MARK, frozenset({RESIDENT}))
    return handler


def partners(handler: H) -> H:
    """Open to the information systems of partners with their token, and to nobody else."""
    setattr(handler, _MARK, frozenset({PARTNER}))
    return handler


def door_of(handler: object) -> frozenset[str]:
    """The roles that may pass; empty means nobody."""
    mark: frozenset[str] = getattr(handler, _MARK, frozenset())
    return mark
