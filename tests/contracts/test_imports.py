"""The import order covers every package there is, and holds."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
BESIDE = {"tests", "bench", "scripts"}  # they look at the packages, nobody looks at them
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]


def packages() -> set[str]:
    """Every package of the product."""
    return {file.parent.name for file in ROOT.glob("*/__init__.py")} - BESIDE


def test_import_order_and_types_cover_every_package() -> None:
    assert set(SETTINGS["importlinter"]["root_packages"]) == packages()
    assert set(SETTINGS["mypy"]["packages"]) == packages()


def test_only_wechat_may_import_its_libraries() -> None:
    contracts = {c["name"]: c for c in SETTINGS["importlinter"]["contracts"]}
    sources = set(contracts["Only wechat talks to WeChat"]["source_modules"])
    assert sources == packages() - {"wechat"}


def test_imports_go_down() -> None:
    # A process of its own: the linter silences the loggers of everybody else in its process.
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "0 broken" in linted.stdout


def test_forms_are_read_in_one_place() -> None:
    """So that what is no form is refused there, once for all pages."""
    readers = [
        str(file.relative_to(ROOT))
        for package in packages()
        for file in (ROOT / package).rglob("*.py")
        if re.search(r"request\.(post|multipart)\(\)", file.read_text())
    ]
    assert readers == ["core/forms.py"]
