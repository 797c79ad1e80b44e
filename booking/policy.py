"""The outpatient office's parameters; the composition root sets them once."""

from booking.rules import Params

_params = Params()


def configure(found: Params) -> None:
    """Set the process's parameters."""
    global _params
    _params = found


def params() -> Params:
    """The process's parameters."""
    return _params
