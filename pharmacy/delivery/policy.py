"""What the house has decided about delivery; set once by the composition root."""

from pharmacy.delivery.rules import Params

_params = Params()


def configure(decided: Params) -> None:
    """Called when the application is made."""
    global _params
    _params = decided


def params() -> Params:
    """What counts."""
    return _params
