"""Which drugs may be carried, how, and why not. Pure.

诊疗办法 art. 18 lets a hospital entrust a qualified third party with the drugs of its own online
prescriptions. What may never be sent is law; what 药品网络销售禁止清单 names binds retailers, and
whether it binds a hospital is local (domain facts §2.6), so the formulary says `ask` there and a
pharmacist changes it to `allow`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pharmacy.formulary.models import Controlled, Kind, OnlineDelivery
from pharmacy.orders.models import Way
from pharmacy.orders.rules import Refusal

CODE: Final = "not_this_way"
FETCH: Final = "请选“到药房自取”。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """One drug, as far as carrying is concerned."""

    name: str
    kind: Kind = Kind.WESTERN
    controlled: Controlled = Controlled.NONE
    cold: bool = False
    online: OnlineDelivery = OnlineDelivery.ALLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a pharmacy can do: `carries` at all, by a `courier` to the door, and cold drugs by its
    `own_driver`."""

    carries: bool
    courier: bool = True
    own_driver: bool = False


NO_COURIER: Final = "现在还不能送到家,请选送到村卫生室,或者到药房自取。"
NOWHERE: Final = Refusal(CODE, "现在没有药房能这样给您药。请给药房打电话问一问。")
NO_CLINIC: Final = Refusal(CODE, "没有这个村卫生室,请重新选。")


def why_not(way: Way, goods: Sequence[Good], house: House) -> Refusal | None:
    """Why not this way; None for one that is open. Fetching always is."""
    if way is Way.PICK_UP:
        return None
    if not house.carries:
        return Refusal(CODE, f"这家药房不送药,{FETCH}")
    for good in goods:
        if why := _why_not_carried(good) or _why_not_cold(good, house):
            return Refusal(CODE, f"{why},{FETCH}")
    by_courier = way is Way.DOOR and not any(good.cold for good in goods)
    return Refusal(CODE, NO_COURIER) if by_courier and not house.courier else None


def _why_not_carried(good: Good) -> str:
    """麻精毒放 never (网售办法 art. 8, 诊疗办法 art. 19); 配方颗粒 by the list's first part; what
    the list's second part names only when the pharmacy has allowed it."""
    if good.controlled is not Controlled.NONE or good.online is OnlineDelivery.DENY:
        return "里面有国家规定不能寄送的药"
    if good.kind is Kind.GRANULE and good.online is not OnlineDelivery.ALLOW:
        return "里面有中药配方颗粒,按规定不寄送"
    if good.online is OnlineDelivery.ASK:
        return "里面有药要当面交给您才放心,不能寄送"
    return ""


def _why_not_cold(good: Good, house: House) -> str:
    """GSP 冷藏、冷冻药品的储存与运输管理: a validated box and a logger all the way; so only with
    the hospital's own driver."""
    if good.cold and not house.own_driver:
        return "里面有要冷藏的药,路上保不住低温"
    return ""
