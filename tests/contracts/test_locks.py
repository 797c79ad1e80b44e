"""The lock files pin and hash everything, follow what was asked for, and name no machine."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
REQUIREMENTS = ROOT / "requirements"
PIN = re.compile(r"^([a-z0-9._-]+)(\[[a-z0-9,_-]+\])?==(\S+)", re.IGNORECASE | re.MULTILINE)


def pins(file: Path) -> dict[str, str]:
    """Map each package, in its normal form, to the version the file pins."""
    found = PIN.findall(file.read_text())
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, _, version in found}


@pytest.mark.parametrize("name", ["run", "dev"])
def test_lock_holds_what_was_asked_for(name: str) -> None:
    asked, locked = pins(REQUIREMENTS / f"{name}.in"), pins(REQUIREMENTS / f"{name}.txt")
    assert asked
    assert {package: locked.get(package) for package in asked} == asked, "run: make lock"


def test_every_request_is_an_exact_pin() -> None:
    for name in ("run", "dev"):
        for line in (REQUIREMENTS / f"{name}.in").read_text().splitlines():
            if line and not line.startswith(("#", "-r")):
                assert PIN.match(line), f"{name}.in: {line}"


def test_development_runs_on_the_same_versions() -> None:
    run, dev = pins(REQUIREMENTS / "run.txt"), pins(REQUIREMENTS / "dev.txt")
    assert {package: dev.get(package) for package in run} == run


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_locked_package_is_hashed(name: str) -> None:
    entries = re.split(r"\n(?=[a-z])", (REQUIREMENTS / f"{name}.txt").read_text())
    bare = [entry.split()[0] for entry in entries[1:] if "--hash=sha256:" not in entry]
    assert bare == []


def test_no_lock_names_a_machine() -> None:
    words = re.compile(
        r"https?://|file://|--(?:extra-)?index-url|--find-links|--trusted-host|/root/|/tmp/"
    )
    for file in (*REQUIREMENTS.glob("*.txt"), *REQUIREMENTS.glob("*.in")):
        assert words.findall(file.read_text()) == [], file.name
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_every_direct_dependency_is_explained() -> None:
    explained = (ROOT / "docs" / "dependencies.md").read_text().lower()
    npm = json.loads((ROOT / "package.json").read_text())
    direct = {*pins(REQUIREMENTS / "run.in"), *pins(REQUIREMENTS / "dev.in")}
    direct |= {*npm["dependencies"], *npm["devDependencies"]}
    assert sorted(name for name in direct if f"| `{name}` |" not in explained) == []
