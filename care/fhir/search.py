"""Searches by patient: pages by time, the newest first, merged over all tables of a type."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from care.fhir.narrowing import BadSearch, narrowed
from care.fhir.resources import sources
from care.fhir.resources.parts import About, Resource, Source, tidy
from core import clock
from people.partners.models import Scope

MOST: Final = 200
USUAL: Final = 50

Place = tuple[datetime, UUID]
"""Where a page ends: the moment and id of its last row."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page: how many there are, the resources, and where it goes on."""

    total: int
    resources: Sequence[Resource]
    last: Place | None


def read_count(text: str | None) -> int:
    """`_count`; more than we give is cut, as FHIR allows. Raises BadSearch."""
    if text is None:
        return USUAL
    if not (text.isascii() and text.isdigit()):
        raise BadSearch("bad_count", "_count 要是正整数。")
    return max(1, min(int(text), MOST))


def read_page(text: str | None) -> Place | None:
    """`_page`, from our own `next` link. Raises BadSearch."""
    if text is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        at, _, id = raw.partition("|")
        found = datetime.fromisoformat(at), UUID(id)
    except (ValueError, binascii.Error):
        raise BadSearch("bad_page", "这一页的地址不对,请从头查询。") from None
    if found[0].tzinfo is None:
        raise BadSearch("bad_page", "这一页的地址不对,请从头查询。")
    return found


def write_page(place: Place) -> str:
    """The value of `_page` that goes on after this row."""
    raw = f"{place[0].isoformat()}|{place[1]}".encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


async def find(
    kind: Scope,
    records: Sequence[UUID],
    about: About,
    *,
    count: int,
    before: Place | None,
    asked: Mapping[str, Any],
) -> Found:
    """The resources of all records of one person, by `category`, `code` and `date` if asked."""
    total, rows = 0, []
    for source in sources(kind):
        wanted = narrowed(asked, source.by, source.moment)
        if wanted is None:
            continue
        of_person = _rows(source).filter(wanted, patient_id__in=list(records))
        total += await of_person.count()
        rows += [(source, row) for row in await _before(of_person, source, before).limit(count + 1)]
    rows.sort(key=lambda each: _place(*each), reverse=True)
    page = rows[:count]
    await _ready(page)
    return Found(
        total,
        [source.shown(row, about) for source, row in page],
        _place(*page[-1]) if len(rows) > count else None,
    )


async def row_of(kind: Scope, id: UUID) -> tuple[Source, Any] | None:
    """The row behind a resource, and how it is shown."""
    for source in sources(kind):
        if row := await _rows(source).get_or_none(id=id):
            await _ready([(source, row)])
            return source, row
    return None


async def _ready(page: Sequence[tuple[Source, Any]]) -> None:
    for source in {source.shown: source for source, _ in page}.values():
        if source.ready is not None:
            await source.ready([row for its, row in page if its is source])


def bundle(base: str, path: str, asked: dict[str, Any], found: Found) -> Resource:
    """A searchset with its own address and the next one's."""
    links = [("self", asked)]
    if found.last:
        links.append(("next", asked | {"_page": write_page(found.last)}))
    made: Resource = tidy(
        {
            "resourceType": "Bundle",
            "type": "searchset",
            "timestamp": clock.now().isoformat(timespec="milliseconds"),
            "total": found.total,
            "link": [
                {"relation": word, "url": f"{base}/{path}?{urlencode(query, doseq=True)}"}
                for word, query in links
            ],
            "entry": [
                {
                    "fullUrl": f"{base}/{one['resourceType']}/{one['id']}",
                    "resource": one,
                    "search": {"mode": "match"},
                }
                for one in found.resources
            ],
        }
    )
    return made


def _rows(source: Source) -> QuerySet[Any]:
    return source.model.filter(source.only).select_related(*source.related)


def _before(rows: QuerySet[Any], source: Source, place: Place | None) -> QuerySet[Any]:
    ordered = rows.order_by(f"-{source.moment}", "-id")
    if place is None:
        return ordered
    at, id = place
    earlier: dict[str, Any] = {f"{source.moment}__lt": at}
    same: dict[str, Any] = {source.moment: at, "id__lt": id}
    return ordered.filter(Q(**earlier) | Q(**same))


def _place(source: Source, row: Any) -> Place:
    return getattr(row, source.moment), row.id
