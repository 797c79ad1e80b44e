"""What the house has decided about the team's reminders; the composition root sets it once."""

from notifications.family.rules import Params

_params = Params()


def configure(decided: Params) -> None:
    """Called when the application is made."""
    global _params
    _params = decided


def params() -> Params:
    """What counts."""
    return _params
