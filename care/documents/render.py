"""HTML templates to PDF by WeasyPrint, in a thread of its own.

The result is PDF/A-3 for archives that must be readable for 15 years (监管细则), with the Chinese
font inside. Nothing is fetched: a template that names a file or an address fails.
"""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import jinja2

from core import clock

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"
_thread: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pdf")


class Fetching(ValueError):
    """A paper's template tried to load something from outside."""


def _on_paper(moment: datetime | date) -> str:
    """2026年11月21日 15:02, in the county's time."""
    if isinstance(moment, datetime):
        local = moment.astimezone(clock.SHANGHAI)
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{moment.year}年{moment.month}月{moment.day}日"


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["on_paper"] = _on_paper
    return environment


_papers: Final = _environment()


async def render_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """Fill a template of `care/templates` and print it on A4."""
    return await print_pdf(_papers.get_template(template).render(**context))


async def print_pdf(html: str) -> bytes:
    """Print a whole page, in the one thread that prints."""
    return await asyncio.get_running_loop().run_in_executor(_thread, _print, html)


def _print(html: str) -> bytes:
    import weasyprint  # 0.4 s to load: only where papers are printed
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    nothing = URLFetcher(allowed_protocols=(), fail_on_errors=True)
    try:
        pdf: bytes = weasyprint.HTML(string=html, url_fetcher=nothing).write_pdf(
            pdf_variant="pdf/a-3b"
        )
    except FatalURLFetchingError as problem:
        raise Fetching(str(problem)) from problem
    return pdf
