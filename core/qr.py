"""QR codes for paper and screen."""

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """A QR code (ISO/IEC 18004, level M) as inline SVG."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(border=0, scale=1, omitsize=True))  # noqa: S704  (segno's own SVG)
