"""What other rooms of `care` ask this one: what belongs on the timeline."""

from uuid import UUID

from care.laboratory import queries
from care.laboratory.states import Status
from care.record.history import Happening, source


@source
async def results_of(patient_id: UUID) -> list[Happening]:
    """Panels for the patient's timeline; those in error stay, named. Replaced ones are told by
    the version that replaced them."""
    found = await queries.reports(patient_id, every=True)
    return [_happening(one) for one in found if one.status is not Status.REPLACED]


def _happening(one: queries.Report) -> Happening:
    wrong = one.status is Status.ENTERED_IN_ERROR
    groups = "、".join(dict.fromkeys(result.analyte.group for result in one.results))
    what = f"化验:{groups}"
    if one.abnormal:
        what = f"{what}({len(one.abnormal)} 项不在参考范围)"
    text = ";".join(
        " ".join(filter(None, (result.analyte.name, result.words, result.flag)))
        for result in one.results
    )
    if one.version > 1:
        text = f"第 {one.version} 版({one.reason})\n{text}"
    return Happening(
        at=one.taken_at,
        category="laboratory",
        kind="returned" if wrong else "neutral",
        what=f"{what}(记错)" if wrong else what,
        by=f"{one.laboratory},{one.by}录入",
        text=f"此份记错({one.changed_by}):{one.change_reason}" if wrong else text,
        href=f"/laboratory-reports/{one.id}",
    )
