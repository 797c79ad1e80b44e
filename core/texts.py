"""The words people agree to: a folder of `KIND.VERSION.md`, never edited once released.

`SHA256SUMS` pins each released text; a text that no longer fits its sum is refused at load.
"""

import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

SUMS: Final = "SHA256SUMS"
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")


class TextChanged(RuntimeError):
    """A released text was edited instead of getting a new version."""


@dataclass(frozen=True, slots=True)
class Text:
    """One version of one text. `body` is Markdown with paragraphs, bold words and lists only."""

    kind: str
    version: str
    title: str
    body: str
    sha256: str

    def html(self) -> Markup:
        """The body for a page."""
        return Markup("\n").join(_block(part) for part in re.split(r"\n{2,}", self.body.strip()))


def _block(part: str) -> Markup:
    lines = part.splitlines()
    if all(line.startswith("- ") for line in lines):
        items = Markup("").join(Markup("<li>{}</li>").format(_inline(x[2:])) for x in lines)
        return Markup("<ul>{}</ul>").format(items)
    heading = _BOLD.fullmatch(part)
    if heading:
        return Markup("<h3>{}</h3>").format(heading[1])
    return Markup("<p>{}</p>").format(_inline(" ".join(lines)))


def _inline(line: str) -> Markup:
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(escape(line))))  # noqa: S704  (escaped)


@functools.cache
def load(folder: Path) -> dict[str, list[Text]]:
    """Every text by kind, the oldest version first. Raises TextChanged."""
    sums = _sums((folder / SUMS).read_text())
    found: dict[str, list[Text]] = {}
    for path in sorted(folder.glob("*.md")):
        raw = path.read_bytes()
        sha256 = hashlib.sha256(raw).hexdigest()
        if sums.get(path.name) != sha256:
            raise TextChanged(f"{path.name} was edited: release a new version instead")
        kind, version, _ = path.name.split(".")
        title, _, body = raw.decode().partition("\n")
        text = Text(kind, version, title.removeprefix("# "), body, sha256)
        found.setdefault(kind, []).append(text)
    for versions in found.values():
        versions.sort(key=lambda text: int(text.version))
    return found


def _sums(listing: str) -> dict[str, str]:
    found = {}
    for line in listing.splitlines():
        sha256, name = line.split()
        found[name] = sha256
    return found


def current(folder: Path, kind: str) -> Text:
    """The newest text of a kind. Raises KeyError."""
    return load(folder)[kind][-1]


def version_of(folder: Path, kind: str, version: str) -> Text:
    """One released text. Raises KeyError."""
    for text in load(folder)[kind]:
        if text.version == version:
            return text
    raise KeyError(f"{kind}.{version}")
