"""How well the kidneys filter (eGFR, ml/min/1.73 m²), from creatinine. Pure.

Adults: CKD-EPI 2021, without race (Inker LA et al., N Engl J Med 2021;385:1737; advised by KDIGO
2024). Children from 1 year: bedside Schwartz (Schwartz GJ et al., J Am Soc Nephrol 2009;20:629),
which needs the height. Both hold for creatinine that is stable and measured against IDMS.
"""

from decimal import Decimal
from typing import Final

UMOL_IN_MG_PER_DL: Final = 88.4
GROWN: Final = 18
SCHWARTZ_FROM: Final = 1
SCHWARTZ: Final = 0.413
MOST: Final = 999


def ckd_epi(creatinine_umol: Decimal, *, female: bool, age_years: int) -> Decimal:
    """For adults; whole numbers, as laboratories report it."""
    kappa, alpha, factor = (0.7, -0.241, 1.012) if female else (0.9, -0.302, 1.0)
    share = float(creatinine_umol) / UMOL_IN_MG_PER_DL / kappa
    value = 142 * min(share, 1) ** alpha * max(share, 1) ** -1.2 * 0.9938**age_years * factor
    return _whole(value)


def schwartz(creatinine_umol: Decimal, *, height_cm: Decimal) -> Decimal:
    """For children from 1 to 18 years."""
    return _whole(SCHWARTZ * float(height_cm) / (float(creatinine_umol) / UMOL_IN_MG_PER_DL))


def filtration(
    creatinine_umol: Decimal,
    *,
    sex: str,
    age_years: int,
    height_cm: Decimal | None = None,
) -> Decimal | None:
    """By the formula that holds at this age; None when none does."""
    if creatinine_umol <= 0:
        return None
    if age_years >= GROWN:
        known = sex in ("male", "female")
        return (
            ckd_epi(creatinine_umol, female=sex == "female", age_years=age_years) if known else None
        )
    if age_years < SCHWARTZ_FROM or height_cm is None:
        return None
    return schwartz(creatinine_umol, height_cm=height_cm)


def _whole(value: float) -> Decimal:
    return Decimal(f"{min(value, MOST):.0f}")
