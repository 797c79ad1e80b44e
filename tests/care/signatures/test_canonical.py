"""One content, one sequence of bytes."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from care.record.models import Meal
from care.signatures.canonical import canonical, digest
from core.clock import SHANGHAI


def test_keys_are_sorted_by_utf_16_and_nothing_is_escaped_needlessly():
    content = {"b": 1, "a": [True, None, "é\n\u0001"], "\U0001f600": "x", "\ufb33": "y"}
    expected = '{"a":[true,null,"é\\n\\u0001"],"b":1,"\U0001f600":"x","\ufb33":"y"}'
    assert canonical(content).decode() == expected


def test_values_of_the_house_have_one_form():
    noon = datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)
    assert canonical({"at": noon}) == canonical({"at": noon.astimezone(UTC)})
    assert canonical({"at": noon}) == b'{"at":"2026-11-21T04:00:00.000000Z"}'
    values = {"id": UUID(int=1), "meal": Meal.FASTING, "value": Decimal("6.1"), "all": (1, 2)}
    assert b'"meal":"fasting","value":"6.1"' in canonical(values)
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


@pytest.mark.parametrize(
    "content",
    [
        {"x": 1.5},
        {"x": 2**53 + 1},
        {1: "x"},
        {"x": object()},
        {"x": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"x": "\ud800"},
    ],
)
def test_what_has_no_single_form_is_refused(content):
    with pytest.raises((TypeError, ValueError)):
        canonical(content)
