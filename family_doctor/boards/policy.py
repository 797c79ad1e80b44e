"""What the house has decided about boards; the composition root sets it once."""

from family_doctor.boards.rules import Params

_params = Params()


def configure(found: Params) -> None:
    """Set the process's parameters."""
    global _params
    _params = found


def params() -> Params:
    """The process's parameters."""
    return _params
