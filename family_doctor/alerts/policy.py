"""The county's minutes for alerts; the composition root sets them once."""

from family_doctor.alerts.rules import Params

_params = Params()


def configure(found: Params) -> None:
    """Set the process's parameters."""
    global _params
    _params = found


def params() -> Params:
    """The process's parameters."""
    return _params
