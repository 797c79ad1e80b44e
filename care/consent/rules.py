"""Who may sign for whom. Pure decisions with their sources.

民法典 art. 17-24 (capacity), 27-28 and 34 (guardians), 1045 (near relatives), 1219 (consent to
care); 个人信息保护法 art. 28, 31 (a child under 14: the guardian's consent).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from care.consent.models import SignatureMethod, Signer

ADULT_YEARS: Final = 18
CHILD_YEARS: Final = 14
SELF_SUPPORTING_YEARS: Final = 16

SIGNERS: Final[Mapping[Signer, str]] = {
    Signer.SELF: "患者本人",
    Signer.GUARDIAN: "监护人",
    Signer.NEAR_RELATIVE: "近亲属",
}
GUARDIAN_RELATIONS: Final = (
    "父亲",
    "母亲",
    "祖父",
    "祖母",
    "外祖父",
    "外祖母",
    "配偶",
    "子女",
    "兄弟姐妹",
    "其他监护人",
)
NEAR_RELATIONS: Final = (
    "配偶",
    "父母",
    "子女",
    "兄弟姐妹",
    "祖父母",
    "外祖父母",
    "孙子女",
    "外孙子女",
)
"""民法典 art. 1045."""


def who_may_sign(age_years: int, *, self_supporting: bool = False) -> Sequence[Signer]:
    """The signers the law accepts at this age, the usual one first.

    `self_supporting`: sixteen or older and living mainly on own work (民法典 art. 18).
    """
    if age_years >= ADULT_YEARS:
        return (Signer.SELF, Signer.NEAR_RELATIVE, Signer.GUARDIAN)
    if age_years >= SELF_SUPPORTING_YEARS and self_supporting:
        return (Signer.SELF, Signer.GUARDIAN)
    return (Signer.GUARDIAN,)


def why_guardian(age_years: int) -> str:
    """What to tell the family when the guardian must sign; empty for adults."""
    if age_years < CHILD_YEARS:
        return "孩子不满 14 岁,健康信息要特别保护,须由父母或其他监护人同意并签字。"
    if age_years < ADULT_YEARS:
        return "患者不满 18 岁,须由父母或其他监护人签字。"
    return ""


def why_not(
    *,
    age_years: int,
    patient_name: str,
    signer: Signer,
    signer_name: str,
    relation: str,
    unable_reason: str,
    self_supporting: bool,
) -> Mapping[str, str]:
    """Reasons by field why this person's signature does not count; empty when it does."""
    if signer not in who_may_sign(age_years, self_supporting=self_supporting):
        return {"signer": why_guardian(age_years) or "请选择谁来签字"}
    found: dict[str, str] = {}
    same = _squeezed(signer_name) == _squeezed(patient_name)
    if signer is Signer.SELF:
        if not same:
            found["signer_name"] = f"本人签字时,姓名要和患者一致:{patient_name}"
        return found
    if same:
        found["signer_name"] = "代签时请写签字人自己的姓名,不是患者的"
    allowed = GUARDIAN_RELATIONS if signer is Signer.GUARDIAN else NEAR_RELATIONS
    if relation not in allowed:
        found["relation"] = "请选择和患者的关系"
    if age_years >= ADULT_YEARS and not unable_reason:
        found["unable_reason"] = "请写明患者为什么不能自己签"
    return found


def why_unsigned(
    method: SignatureMethod, *, picture: bool, typed_name: str, signer_name: str
) -> Mapping[str, str]:
    """Reasons why nothing was signed yet."""
    match method:
        case SignatureMethod.DRAWN if not picture:
            return {"drawing": "请在框里写下姓名"}
        case SignatureMethod.THUMBPRINT if not picture:
            return {"thumbprint": "请拍下按了手印的纸"}
        case SignatureMethod.TYPED if _squeezed(typed_name) != _squeezed(signer_name):
            return {"typed_name": "请完整输入签字人的姓名,要和上面一致"}
    return {}


def _squeezed(name: str) -> str:
    return "".join(name.split()).replace("·", "")
