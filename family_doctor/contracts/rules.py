"""Who may sign, when a contract begins and ends, and when it may be renewed. Pure.

民法典 art. 19, 34 (a guardian acts for a minor); 国卫基层发〔2018〕35号, 〔2022〕10号 (term of one
to three years, one team); 诊疗办法 art. 17 (what is told before an internet contract is signed).
"""

from datetime import date, timedelta

from family_doctor.rules import is_full
from people.ages import years

ADULT = 18

__all__ = ["day_of_end", "is_full", "renewal_opens", "starts", "why_not_signer"]


def why_not_signer(signer: str, born: date, today: date) -> str:
    """Why this person cannot sign for a resident born then; empty when they can."""
    minor = years(born, today) < ADULT
    if minor and signer == "self":
        return "不满 18 岁,要由监护人签字(民法典第三十四条)。"
    if not minor and signer != "self":
        return "成年人由本人签字;本人不能签的,请带监护证明到乡镇卫生院办理。"
    return ""


def starts(today: date, before_ends: date | None) -> date:
    """The first day: a renewal begins when the one in force is over, everything else today."""
    if before_ends is None:
        return today
    return max(today, before_ends + timedelta(days=1))


def day_of_end(starts_on: date, term_years: int) -> date:
    """The last day: the eve of the same date, of 1 March after 29 February."""
    try:
        same = starts_on.replace(year=starts_on.year + term_years)
    except ValueError:
        same = date(starts_on.year + term_years, 3, 1)
    return same - timedelta(days=1)


def renewal_opens(ends_on: date | None, before: timedelta) -> date | None:
    """From when on it may be renewed."""
    return ends_on - before if ends_on else None
