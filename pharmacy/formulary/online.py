"""Whether a drug may be sent, where nobody has said so: the list of 2022 (domain facts §2.6).

麻精毒放 are never sent. What the list names is left to the pharmacist (`ask`), because it binds
retailers, and whether it binds a hospital's own delivery is a local question.
"""

import json
from pathlib import Path
from typing import Any, Final

from pharmacy.formulary.models import Controlled, Kind, OnlineDelivery

_LIST: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("online_sale.json").read_text())
SOURCE: Final[str] = _LIST["source"]
DENY_REASON: Final[str] = _LIST["deny_reason"]
ASK_REASON: Final[str] = _LIST["ask_reason"]


def by_list(
    name: str, form: str, *, kind: Kind, controlled: Controlled, injection: bool
) -> tuple[OnlineDelivery, str]:
    """The answer, and the reason that is kept with it."""
    if controlled is not Controlled.NONE:
        return OnlineDelivery.DENY, DENY_REASON
    if kind is Kind.GRANULE or _named(name, form) or (injection and not _lowers_glucose(name)):
        return OnlineDelivery.ASK, ASK_REASON
    return OnlineDelivery.ALLOW, ""


def _lowers_glucose(name: str) -> bool:
    return any(part in name for part in _LIST["injections_except"])


def _named(name: str, form: str) -> bool:
    """Single-drug forms by name, compounds by their own, antibacterials unless external."""
    if any(part in name for part in (*_LIST["compounds"], *_LIST["others"])):
        return True
    if not name.startswith("复方") and any(part in name for part in _LIST["names"]):
        return True
    external = any(part in f"{name} {form}" for part in _LIST["external_forms"])
    return not external and any(part in name for part in _LIST["not_external"])
