"""WCAG 2.2 contrast of the design tokens, measured from the stylesheet itself."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static/css/tokens.css"
TEXT, SHAPE = 4.5, 3.0
STATES = ("waiting", "progress", "done", "returned", "danger", "neutral")
SURFACES = ("surface-page", "surface", "surface-sunken", "surface-hover", "surface-selected")

PAIRS = [
    *((ink, surface, TEXT) for ink in ("ink", "ink-soft", "link") for surface in SURFACES),
    *((f"{state}-ink", f"{state}-surface", TEXT) for state in STATES),
    *((f"{state}-ink", "surface", TEXT) for state in STATES),
    *((f"{state}-line", "surface", SHAPE) for state in STATES),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("on-danger", "danger", TEXT),
    ("on-danger", "danger-strong", TEXT),
    ("danger-ink", "surface-page", TEXT),
    ("ink", "bubble-mine", TEXT),
    ("ink", "bubble-theirs", TEXT),
    *(("line-strong", surface, SHAPE) for surface in ("surface", "surface-page")),
    *(("focus", surface, SHAPE) for surface in ("surface", "surface-page", "surface-selected")),
    *(("accent", surface, SHAPE) for surface in SURFACES),
]
NAV_PAIRS = [
    *(("nav-ink", surface, TEXT) for surface in ("nav-surface", "nav-surface-hover")),
    ("nav-ink-current", "nav-surface-current", TEXT),
    ("petrol-900", "nav-mark", TEXT),
    ("nav-mark", "nav-surface-current", SHAPE),
]


def _declarations(selector: str) -> dict[str, str]:
    """Custom properties of every rule whose selector list holds `selector`."""
    found: dict[str, str] = {}
    text = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(), flags=re.S)
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        if selector in [part.strip() for part in selectors.split(",")]:
            found.update(re.findall(r"--([\w-]+):\s*([^;]+);", body))
    return found


THEMES = {
    "light": _declarations(":root"),
    "dark": _declarations(":root") | _declarations('[data-theme="dark"]'),
}


def _luminance(theme: str, name: str) -> float:
    value = THEMES[theme][name].strip()
    while reference := re.fullmatch(r"var\(--([\w-]+)\)", value):
        value = THEMES[theme][reference[1]].strip()
    assert re.fullmatch(r"#[0-9a-f]{6}", value), f"--{name} is not a plain colour: {value}"
    channels = (int(value[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(theme: str, one: str, other: str) -> float:
    """The WCAG contrast ratio of two tokens, 1 to 21."""
    low, high = sorted((_luminance(theme, one), _luminance(theme, other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_tokens_can_be_read(theme: str, front: str, back: str, least: float) -> None:
    assert contrast(theme, front, back) >= least


@pytest.mark.parametrize(("front", "back", "least"), NAV_PAIRS)
def test_navigation_can_be_read(front: str, back: str, least: float) -> None:
    assert contrast("light", front, back) >= least


def test_the_measure_knows_black_from_white(monkeypatch: pytest.MonkeyPatch) -> None:
    probe = {"black": "#000000", "white": "#ffffff", "grey": "#767676"}
    monkeypatch.setitem(THEMES, "probe", probe)
    assert contrast("probe", "black", "white") == pytest.approx(21)
    assert contrast("probe", "grey", "white") == pytest.approx(4.54, abs=0.01)
