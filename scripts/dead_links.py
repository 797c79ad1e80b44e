"""Find links in the Markdown files that lead nowhere: missing files and missing headings.

Links to the outside are only read, never followed: a check must not depend on the network.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).parent.parent

# [text](target "title") and ![alt](target), <img src="target">, [name]: target
INLINE = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^)]*)?\s*\)")
HTML = re.compile(r"<(?:img|a|source)\b[^>]*?\b(?:src|href|srcset)=[\"']([^\"']+)[\"']")
REFERENCE = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)", re.MULTILINE)
FENCE = re.compile(r"^( {0,3})(`{3,}|~{3,}).*?^\1\2[ \t]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
ANCHOR = re.compile(r"<a\s+(?:id|name)=[\"']([^\"']+)[\"']")


def markdown_files(root: Path = ROOT) -> list[Path]:
    """Return the Markdown files that belong to the project, as git sees it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.md"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [root / name for name in listed.split("\0") if name and (root / name).exists()]


def prose(text: str) -> str:
    """Return the text without code, in which brackets mean something else."""
    return CODE.sub("", FENCE.sub("", text))


def slug(heading: str) -> str:
    """Return the anchor that code hosts give a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    kept = re.sub(r"[^\w\- ]", "", plain.lower())
    return kept.replace(" ", "-")


def anchors(text: str) -> set[str]:
    """Return every anchor of a page; a repeated heading gets a number."""
    found: set[str] = set(ANCHOR.findall(text))
    for heading in HEADING.findall(FENCE.sub("", text)):
        anchor, number = slug(heading), 0
        while (anchor if number == 0 else f"{anchor}-{number}") in found:
            number += 1
        found.add(anchor if number == 0 else f"{anchor}-{number}")
    return found


def targets(text: str) -> Iterator[str]:
    """Yield what the page's links point to, as written."""
    text = prose(text)
    for pattern in (INLINE, HTML, REFERENCE):
        yield from pattern.findall(text)


def dead_links(page: Path) -> Iterator[str]:
    """Yield a sentence for each link of the page that leads nowhere."""
    for target in targets(page.read_text()):
        if re.match(r"[a-z][a-z0-9+.-]*:|//", target, re.IGNORECASE):
            continue
        path, _, fragment = unquote(target).partition("#")
        linked = page if not path else (page.parent / path)
        if path.startswith("/") or not linked.exists():
            yield f"{target}: no such file"
        elif fragment and linked.suffix == ".md" and fragment not in anchors(linked.read_text()):
            yield f"{target}: no such heading"


def main() -> int:
    dead = [
        f"{page.relative_to(ROOT)}: {why}" for page in markdown_files() for why in dead_links(page)
    ]
    print("\n".join(dead))
    return bool(dead)


if __name__ == "__main__":
    sys.exit(main())
