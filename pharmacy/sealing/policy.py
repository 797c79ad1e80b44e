"""What the pharmacy has decided about seals; set once by the composition root."""

from pharmacy.sealing.rules import Params

_params = Params()


def configure(decided: Params) -> None:
    """Called when the application is made."""
    global _params
    _params = decided


def params() -> Params:
    """What counts."""
    return _params
