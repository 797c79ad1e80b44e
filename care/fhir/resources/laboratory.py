"""Observation (laboratory) and DiagnosticReport: LOINC and UCUM, values in the analyte's own unit.

Every version is a resource of its own. One that was replaced was withdrawn, which FHIR calls
entered-in-error; a changed result names the one it replaces.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from tortoise.expressions import Q

from care.fhir.narrowing import Tokens
from care.fhir.resources.observation import LOINC, MEANS, UCUM, quantity
from care.fhir.resources.parts import (
    TERMINOLOGY,
    About,
    Resource,
    Source,
    coded,
    concept,
    moment,
    named,
    resource,
    subject,
)
from care.laboratory.catalogue import Analyte, analytes
from care.laboratory.models import DiagnosticReport, LaboratoryObservation
from care.laboratory.states import Status
from core.clock import SHANGHAI

CATEGORY: Final = f"{TERMINOLOGY}observation-category"
SECTION: Final = f"{TERMINOLOGY}v2-0074"
REPORT: Final = "11502-2"
REPLACES: Final = "http://hl7.org/fhir/StructureDefinition/observation-replaces"


def result(row: Any, about: About) -> Resource:
    """One result of a panel; `report` is loaded."""
    report, analyte = row.report, analytes()[row.code]
    means = MEANS.get(row.interpretation)
    return resource(
        "Observation",
        row.id,
        report.changed_at or report.recorded_at,
        extension=_replaces(row),
        status=_status(report, corrected=row.corrects_id is not None),
        category=[concept(coded(CATEGORY, "laboratory", "Laboratory"))],
        code=concept(coded(LOINC, analyte.loinc, analyte.display), text=analyte.name),
        subject=subject(about),
        effectiveDateTime=_taken(report),
        issued=moment(report.recorded_at),
        performer=[named(report.laboratory)],
        valueQuantity=_value(row, analyte),
        valueCodeableConcept=concept(text=row.answer) if row.answer else None,
        interpretation=[
            concept(coded(f"{TERMINOLOGY}v3-ObservationInterpretation", means[0], means[1]))
        ]
        if means and row.value is not None
        else None,
        referenceRange=_range(row, analyte),
        note=_notes(row, report, analyte),
    )


def report(row: Any, about: About) -> Resource:
    """One version of a panel; `slip` and the ids of its results are loaded."""
    slip = row.slip
    return resource(
        "DiagnosticReport",
        row.id,
        row.changed_at or row.recorded_at,
        identifier=[
            {
                "system": f"{about.base}/sid/laboratory-report",
                "value": f"{row.document_id}#{row.version}",
            }
        ],
        status=_status(row, corrected=row.version > 1),
        category=[concept(coded(SECTION, "LAB", "Laboratory"))],
        code=concept(coded(LOINC, REPORT, "Laboratory report"), text="检验报告"),
        subject=subject(about),
        effectiveDateTime=_taken(row),
        issued=moment(row.recorded_at),
        performer=[named(row.laboratory)],
        result=[{"reference": f"Observation/{id}"} for id in row.result_ids],
        conclusion=row.change_reason or row.correction_reason,
        presentedForm=[
            {
                "contentType": slip.blob.content_type,
                "url": f"{about.base}/Binary/{slip.id}",
                "title": slip.title or "化验单",
            }
        ]
        if slip
        else None,
    )


def _status(report: DiagnosticReport, *, corrected: bool) -> str:
    if report.status in (Status.REPLACED, Status.ENTERED_IN_ERROR):
        return Status.ENTERED_IN_ERROR.value
    return "corrected" if corrected else "final"


def _taken(report: DiagnosticReport) -> str | None:
    """The day alone where the slip tells no hour."""
    if report.hour_known:
        return moment(report.taken_at)
    return report.taken_at.astimezone(SHANGHAI).date().isoformat()


def _value(row: LaboratoryObservation, analyte: Analyte) -> Resource | None:
    if row.value is None:
        return None
    return {"comparator": row.comparator, **_amount(row.value, analyte)}


def _amount(value: Decimal, analyte: Analyte) -> Resource:
    found = quantity(value, analyte.unit.code)
    return found | {"unit": analyte.unit.shown or analyte.unit.code, "system": UCUM}


def _range(row: LaboratoryObservation, analyte: Analyte) -> list[Resource]:
    if row.low is None and row.high is None:
        return []
    return [
        {
            "low": None if row.low is None else _amount(row.low, analyte),
            "high": None if row.high is None else _amount(row.high, analyte),
            "text": row.range_source or "化验单上的参考范围",
        }
    ]


def _replaces(row: LaboratoryObservation) -> list[Resource]:
    if row.corrects_id is None:
        return []
    old = {"reference": f"Observation/{row.corrects_id}"}
    return [{"url": REPLACES, "valueReference": old}]


def _notes(
    row: LaboratoryObservation, report: DiagnosticReport, analyte: Analyte
) -> list[Resource]:
    unit = analyte.unit_of(row.given_unit) or analyte.unit
    foreign = unit.code != analyte.unit.code
    words = (
        f"单子上写的是 {row.given_value} {unit.shown}" if foreign else "",
        report.change_reason,
        f"{report.recorder_name}({report.organization_name})录入",
    )
    return [{"text": each} for each in words if each]


async def with_results(rows: Sequence[Any]) -> None:
    """Let every panel know the ids of its results."""
    of: dict[Any, list[Any]] = {row.id: [] for row in rows}
    found = LaboratoryObservation.filter(report_id__in=list(of)).order_by("place")
    for report_id, id in await found.values_list("report_id", "id"):
        of[report_id].append(id)
    for row in rows:
        row.result_ids = of[row.id]


def _by_loinc(code: str) -> Q | None:
    own = [one.code for one in analytes().values() if one.loinc == code]
    return Q(code__in=own) if own else None


def _only(wanted: str, code: str) -> Q | None:
    return Q() if code == wanted else None


RESULTS: Final = Source(
    LaboratoryObservation,
    "taken_at",
    result,
    ("report",),
    by={
        "category": Tokens(CATEGORY, lambda code: _only("laboratory", code)),
        "code": Tokens(LOINC, _by_loinc),
    },
)
REPORTS: Final = Source(
    DiagnosticReport,
    "taken_at",
    report,
    ("slip__blob",),
    ready=with_results,
    by={
        "category": Tokens(SECTION, lambda code: _only("LAB", code)),
        "code": Tokens(LOINC, lambda code: _only(REPORT, code)),
    },
)
