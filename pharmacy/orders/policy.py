"""The pharmacy department's parameters of orders; the composition root sets them once."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Params:
    """`pay`: how long the drugs are kept for whoever has not paid (§12: 30 min).

    `remind`: when whoever has not fetched what lies ready is told again; `unclaimed`: when it goes
    back on the shelf and is paid back, if `unclaimed_refund` (else the pharmacist decides).
    `door_fee_fen` and `village_fee_fen`: what carrying costs. `courier`: there is one.
    `own_driver`: the hospital carries cold drugs to the door itself. `resell`: what never left our
    own hands may be sold again.
    `decoction_fee_fen`: what boiling one dose costs (a local price).
    `self_check`: a site with one pharmacist may check its own picking, with a second signature
    (处方办法 art. 37 wants two people; whether one may do both is for the health office to say).
    """

    pay: timedelta = timedelta(minutes=30)
    self_check: bool = False
    remind: timedelta = timedelta(days=3)
    unclaimed: timedelta = timedelta(days=14)
    unclaimed_refund: bool = True
    decoction_fee_fen: int = 300
    door_fee_fen: int = 800
    village_fee_fen: int = 0
    courier: bool = True
    own_driver: bool = False
    resell: bool = False


_params = Params()


def configure(found: Params) -> None:
    """Set the process's parameters."""
    global _params
    _params = found


def params() -> Params:
    """The process's parameters."""
    return _params
