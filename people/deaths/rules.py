"""What proves a death, and on which day it may have been. Pure.

民法典 art. 15: the time of death is what the certificate says, without one what the household
register says; other evidence that is strong enough overrides both. Art. 48: whom a court declares
dead counts as dead from its judgment on; art. 50: who comes back is declared alive again.
户口登记条例 art. 8: a death is taken out of the household register.
"""

from datetime import date


def why_not_day(died_on: date, born: date, today: date) -> str:
    """Why nobody born then died on that day; empty when they may have."""
    if died_on > today:
        return "去世日期不能在今天以后。"
    if died_on < born:
        return "去世日期不能早于出生日期。"
    return ""
