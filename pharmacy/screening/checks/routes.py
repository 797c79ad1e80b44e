"""Form and route (审核规范, 适宜性 4)."""

from collections.abc import Iterator

from pharmacy.screening.finding import Finding, Severity
from pharmacy.screening.resolving import Known


def check(known: Known) -> Iterator[Finding]:
    """A form the rules know is given only by its routes; a decoction's powder may be swallowed."""
    for taken in known.lines:
        if taken.line is None:
            continue
        route = taken.line.route or taken.line.drug.route
        row = known.rules.routes.get(taken.line.drug.form)
        if row is not None and route and route not in row.routes:
            text = f"{row.form}不能{route},应当{'或'.join(row.routes)}"
            yield taken.say(Severity.SEVERE, row.rule_id, text, row.source)
