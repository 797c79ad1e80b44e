"""What the rules do not know goes to the pharmacist."""

from collections.abc import Iterator

from pharmacy.screening.finding import Finding, Severity
from pharmacy.screening.resolving import REVIEW, Known, Taken

_UNKNOWN = "不在审方规则库里,请药师审核"
_REFUSED = "本院自己的审方规则有错,没有用上,请药师审核并通知管理员"
_UNREAD = "正在用的这个药系统认不出,有没有相互作用请药师判断"


def check(known: Known) -> Iterator[Finding]:
    """审核规范: what a system cannot judge is judged by a pharmacist."""
    if known.rules.refused:
        yield Finding(Severity.UNJUDGED, "substances/refused", _REFUSED, REVIEW)
    for taken in known.lines:
        if _incomplete(known, taken):
            yield taken.say(Severity.UNJUDGED, "substances/unknown", _UNKNOWN, REVIEW)
        if taken.line is not None and taken.line.drug.injection and not _under_the_skin(taken):
            yield taken.say(
                Severity.UNJUDGED,
                "substances/injection",
                "注射剂的溶媒、滴速和配伍系统不审,请药师审核",
                REVIEW,
            )
    for taken in known.current:
        if not taken.parts:
            yield taken.say(Severity.UNJUDGED, "substances/unread", _UNREAD, REVIEW)


def _incomplete(known: Known, taken: Taken) -> bool:
    if taken.line is None or not taken.line.drug.ingredients:
        return True
    return any(each.code not in known.rules.substances for each in taken.line.drug.ingredients)


def _under_the_skin(taken: Taken) -> bool:
    return taken.line is not None and "皮下" in (taken.line.route or taken.line.drug.route)
