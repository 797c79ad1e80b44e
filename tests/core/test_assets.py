"""Static files travel compressed, and are fetched once for each release."""

import gzip

import pytest

from core.assets import ASSETS, STATIC, accepts_gzip
from tests.plumbing.house import House

SCRIPT = "js/ui/moment.js"


async def ask(house: House, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """The answer as it came over the wire."""
    visitor = await house.visitor()
    session, address = visitor.client.session, house.address + house.app[ASSETS].url(path)
    async with session.get(address, headers=headers, auto_decompress=False) as answer:
        return answer.status, dict(answer.headers), await answer.read()


async def test_text_is_packed_once_and_kept(house: House) -> None:
    status, headers, body = await ask(house, SCRIPT, **{"Accept-Encoding": "gzip, br"})
    assert status == 200
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "immutable" in headers["Cache-Control"]
    assert gzip.decompress(body) == (STATIC / SCRIPT).read_bytes()
    again = await ask(
        house, SCRIPT, **{"Accept-Encoding": "gzip", "If-None-Match": headers["Etag"]}
    )
    assert (again[0], again[2]) == (304, b"")


async def test_who_takes_no_gzip_gets_the_file_as_it_is(house: House) -> None:
    status, headers, body = await ask(house, SCRIPT, **{"Accept-Encoding": "identity"})
    assert (status, body) == (200, (STATIC / SCRIPT).read_bytes())
    assert "Content-Encoding" not in headers
    assert headers["Vary"] == "Accept-Encoding"
    part = await ask(house, SCRIPT, **{"Accept-Encoding": "gzip", "Range": "bytes=0-9"})
    assert (part[0], len(part[2])) == (206, 10)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("gzip", True),
        ("br;q=1, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("identity", False),
        ("", False),
        ("*", True),
    ],
)
def test_what_the_browser_takes(given: str, taken: bool) -> None:
    class Request:
        headers = {"Accept-Encoding": given}

    assert accepts_gzip(Request()) is taken  # type: ignore[arg-type]
