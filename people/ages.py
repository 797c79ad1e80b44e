"""Ages in the words of a clinic."""

from datetime import date


def age_in_words(born: date, today: date) -> str:
    """12天, 5个月, 3岁2个月 below six years, else 46岁."""
    months = (today.year - born.year) * 12 + today.month - born.month
    if today.day < born.day:
        months -= 1
    if months < 1:
        return f"{max((today - born).days, 0)}天"
    if months < 12:
        return f"{months}个月"
    years, rest = divmod(months, 12)
    if years < 6 and rest:
        return f"{years}岁{rest}个月"
    return f"{years}岁"


def years(born: date, today: date) -> int:
    """Completed years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
