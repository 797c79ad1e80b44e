"""What the county has decided about devices; the composition root sets it once."""

from devices.rules import Params

_params = Params()


def configure(found: Params) -> None:
    """Set the process's parameters."""
    global _params
    _params = found


def params() -> Params:
    """The process's parameters."""
    return _params
