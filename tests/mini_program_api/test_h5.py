"""The resident's pages: the shell, what the first screen costs, and what its modules may do."""

import gzip
import re
from pathlib import Path

from lxml import html

from core.assets import STATIC
from mini_program_api.h5 import FIRST, STYLES
from tests.plumbing.house import Build, House

H5 = STATIC / "h5"
MOST_BYTES = 60 * 1024  # issue: first load at most 60 KB compressed
IMPORT = re.compile(r'^(?:import|export)\b[^;]*?\bfrom "(\.[^"]+)"|^import "(\.[^"]+)"', re.M)
LAZY = re.compile(r'\blater\("(\.[^"]+)"\)')


def imports_of(module: Path, pattern: re.Pattern[str] = IMPORT) -> set[Path]:
    """What a module names, as files."""
    found = pattern.findall(module.read_text())
    names = [one if isinstance(one, str) else next(filter(None, one)) for one in found]
    return {(module.parent / name).resolve() for name in names}


def together(start: Path) -> set[Path]:
    """A module and all that it imports at once."""
    seen, left = set[Path](), [start]
    while left:
        module = left.pop()
        if module not in seen:
            seen.add(module)
            left += imports_of(module)
    return seen


async def test_the_shell_opens_for_everybody_and_says_nothing_about_anybody(house: House) -> None:
    visitor = await house.visitor()
    answer = await visitor.get("/h5/")
    page = html.document_fromstring(await answer.text())
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert page.get("lang") == "zh-CN"
    assert not page.xpath("//style | //@style | //@*[starts-with(name(), 'on')]")
    assert all(script.get("src") for script in page.iter("script"))
    assert page.xpath("//meta[@name='doorstep-demo']")
    again = await visitor.get("/h5/", headers={"If-None-Match": answer.headers["Etag"]})
    assert again.status == 304


async def test_the_code_survives_the_missing_stroke(house: House) -> None:
    visitor = await house.visitor()
    answer = await visitor.get("/h5?code=abc")
    assert (answer.status, answer.headers["Location"]) == (308, "/h5/?code=abc")


async def test_outside_the_demo_nobody_chooses_who_to_be(build_house: Build) -> None:
    house = await build_house(demo=False, public_url="https://doorstep.example")
    page = await (await (await house.visitor()).get("/h5/")).text()
    assert "doorstep-demo" not in page


def test_the_shell_names_every_module_of_the_first_screens() -> None:
    first = {str(path.relative_to(STATIC)) for path in together(H5 / "boot.js")}
    assert set(FIRST) == first
    assert all((STATIC / sheet).is_file() for sheet in STYLES)


def test_the_first_load_is_small() -> None:
    sizes = {
        name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in (*FIRST, *STYLES)
    }
    assert sum(sizes.values()) < MOST_BYTES / 2, sizes  # the rest is for answers and headers


def test_every_screen_exists_and_is_reached() -> None:
    places = H5 / "places.js"
    reached = imports_of(places, LAZY) | {
        p for p in imports_of(places) if p.parent.name == "screens"
    }
    assert reached == set((H5 / "screens").glob("*.js"))
    for module in H5.rglob("*.js"):
        assert all(path.is_file() for path in imports_of(module)), module


def test_nothing_reads_html_and_only_the_api_is_asked() -> None:
    for module in H5.rglob("*.js"):
        text = module.read_text()
        assert not re.search(r"innerHTML|insertAdjacentHTML|outerHTML|document\.write", text), (
            module
        )
        for address in re.findall(r'fetch\([`"](/[^`"?$]*)', text):
            assert address.startswith("/sandbox/"), f"{module.name} asks {address}"
