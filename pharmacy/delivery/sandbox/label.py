"""The label that the played courier prints: 100 x 150 mm, the number in bars' stead as a QR."""

import html
from collections.abc import Mapping
from typing import Any, Final

from care.documents.render import print_pdf
from core.qr import qr_svg

PAGE: Final = """
<style>@page {{ size: 100mm 150mm; margin: 6mm }} body {{ font: 12pt sans-serif }}
h1 {{ font-size: 20pt; margin: 0 }} svg {{ width: 40mm; height: 40mm }}</style>
<h1>云河快递</h1><p>{tracking}</p>{code}
<p>收:{recipient_name} {recipient_phone}<br>{address}</p>
<p>寄:{sender_name} {sender_phone}<br>{sender_address}</p>
"""


async def label_pdf(number: str, content: Mapping[str, Any]) -> bytes:
    """A PDF of one page."""
    words = {name: html.escape(str(value)) for name, value in content.items()}
    page = PAGE.format(code=qr_svg(number), tracking=number, **words)
    return await print_pdf(page)
