"""Cursors lead on, and only ours are followed."""

import pytest

from core import crypto
from core.crypto import Keyring, parse_field_keys
from core.errors import Invalid
from mini_program_api import paging
from mini_program_api.schemas.common import PageQuery
from tests.plumbing.keys import FIELD_KEY, SECRET_KEY


@pytest.fixture(autouse=True)
def keys():
    crypto.configure(Keyring(secret_key=SECRET_KEY, field_keys=parse_field_keys(FIELD_KEY)))


def test_pages_follow_one_another_to_the_end():
    items, seen, cursor = list(range(7)), [], None
    for _ in range(9):
        page, cursor = paging.cut("numbers", items, PageQuery(cursor=cursor, limit=3))
        seen += page
        if cursor is None:
            break
    assert seen == items


@pytest.mark.parametrize(
    "cursor", ["x", ".", "x.y", "eyJ9.0", "💥", "WyJudW1iZXJzIiwiMyJd." + "0" * 24, "a" * 300]
)
def test_a_cursor_that_is_not_ours_is_refused(cursor):
    with pytest.raises(Invalid) as refused:
        paging.cut("numbers", [1, 2, 3], PageQuery(cursor=cursor))
    assert refused.value.errors[0].field == "cursor"


def test_a_cursor_of_another_list_is_refused():
    cursor = paging.encode("letters", "3")
    with pytest.raises(Invalid):
        paging.decode("numbers", cursor)
