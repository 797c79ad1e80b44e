"""Markdown as blocks of plain words: headings, paragraphs, lists, quotes and pictures.

Nothing is ever handed on as HTML: pages and the phone make elements of the blocks, so nothing
that somebody typed can become code. Raw HTML in the text is shown as text.
"""

from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.http import Schema

PICTURE: Final = "picture:"
_PARSER: Final = MarkdownIt("commonmark", {"html": False}).disable(["code", "fence", "html_block"])


class Run(Schema):
    """Words that stand together, bold or not."""

    text: str
    bold: bool = False


class Block(Schema):
    """One block. `items` are the lines of a list; a picture has its id and its words as text."""

    kind: Literal["heading", "paragraph", "quote", "list", "steps", "picture"]
    runs: list[Run] = []
    items: list[list[Run]] = []
    picture_id: UUID | None = None


def blocks(markdown: str) -> list[Block]:
    """Read a text. Links keep their words only; anything else becomes plain paragraphs."""
    found: list[Block] = []
    context: list[str] = []
    for token in _PARSER.parse(markdown):
        if token.nesting == 1:
            context.append(token.type)
            if token.type in _LISTS:
                found.append(Block(kind=_LISTS[token.type]))
        elif token.nesting == -1:
            context.pop()
        elif token.type == "inline":
            found += _inline(token.children or [], context, found)
    return [block for block in found if block.runs or block.items or block.picture_id]


_LISTS: Final[dict[str, Literal["list", "steps"]]] = {
    "bullet_list_open": "list",
    "ordered_list_open": "steps",
}


def _inline(children: Sequence[Token], context: list[str], found: list[Block]) -> list[Block]:
    pictures = [picture for child in children if (picture := _picture(child)) is not None]
    runs = _runs(children)
    if "list_item_open" in context and runs:
        lists = [block for block in found if block.kind in ("list", "steps")]
        lists[-1].items.append(runs)
        return pictures
    if not runs:
        return pictures
    return [Block(kind=_kind(context), runs=runs), *pictures]


def _kind(context: list[str]) -> Literal["heading", "quote", "paragraph"]:
    if "heading_open" in context:
        return "heading"
    return "quote" if "blockquote_open" in context else "paragraph"


def _picture(token: Token) -> Block | None:
    source = str(token.attrs.get("src", "")) if token.type == "image" else ""
    if not source.startswith(PICTURE):
        return None
    try:
        picture_id = UUID(source.removeprefix(PICTURE))
    except ValueError:
        return None
    return Block(kind="picture", runs=[Run(text=token.content)], picture_id=picture_id)


def _runs(children: Sequence[Token]) -> list[Run]:
    runs: list[Run] = []
    bold = 0
    for child in children:
        if child.type == "strong_open":
            bold += 1
        elif child.type == "strong_close":
            bold -= 1
        elif child.type in ("text", "code_inline"):
            runs.append(Run(text=child.content, bold=bold > 0))
    return [run for run in runs if run.text]


def pictures_of(markdown: str) -> set[UUID]:
    """The pictures that a text shows."""
    return {block.picture_id for block in blocks(markdown) if block.picture_id is not None}
