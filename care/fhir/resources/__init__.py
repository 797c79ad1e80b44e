"""Rows of the record as FHIR R4 resources. Showing is pure: what it needs is loaded before."""

from collections.abc import Mapping, Sequence
from typing import Final

from care.fhir.resources import condition, documents, encounter, laboratory, observation
from care.fhir.resources.parts import Source
from people.partners.models import Scope

SOURCES: Final[Mapping[Scope, Sequence[Source]]] = {
    Scope.ENCOUNTER: encounter.SOURCES,
    Scope.OBSERVATION: (observation.MEASURED, laboratory.RESULTS),
    Scope.CONDITION: condition.SOURCES,
    Scope.DOCUMENT: documents.SOURCES,
    Scope.REPORT: (laboratory.REPORTS,),
}
"""Where the resources of a type come from; a search merges them by time."""
_more: Final[dict[Scope, list[Source]]] = {}


def bring(kind: Scope, source: Source) -> None:
    """Let rows of a package above be resources of this type; bound by the composition root."""
    brought = _more.setdefault(kind, [])
    if source not in brought:
        brought.append(source)


def sources(kind: Scope) -> Sequence[Source]:
    """All of a type."""
    return (*SOURCES[kind], *_more.get(kind, ()))
