"""What the house has decided about bags on the road; set once by the composition root."""

from pharmacy.dispatch.rules import Params

_params = Params()


def configure(decided: Params) -> None:
    """Called when the application is made."""
    global _params
    _params = decided


def params() -> Params:
    """What counts."""
    return _params
