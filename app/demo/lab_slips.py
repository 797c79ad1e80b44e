"""Lab slips drawn for the demo, each marked 示例 across its whole face."""

import io
import subprocess
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

WIDTH: Final = 900
ROW: Final = 46
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Row = tuple[str, str, str, str]


@cache
def _font_file() -> str:
    """A font with Chinese characters, as fontconfig knows it; empty when there is none."""
    ask = ["fc-match", "-f", "%{file}", "sans:lang=zh-cn"]
    try:
        return subprocess.run(ask, capture_output=True, text=True, check=True).stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return ""


def _font(size: int) -> Font:
    try:
        return ImageFont.truetype(_font_file(), size)
    except OSError:
        return ImageFont.load_default(size)


def lab_slip(title: str, patient: str, on: date, rows: Sequence[Row]) -> bytes:
    """A slip as PNG. `rows` are (item, result, unit, reference range)."""
    height = 250 + ROW * (len(rows) + 1) + 90
    picture = Image.new("RGB", (WIDTH, height), "#fbfbf7")
    pen = ImageDraw.Draw(picture)
    pen.text((WIDTH / 2, 50), "云河县人民医院检验报告单", "#111111", _font(38), anchor="mm")
    pen.text((WIDTH / 2, 100), title, "#111111", _font(28), anchor="mm")
    pen.text((50, 150), f"姓名:{patient}", "#222222", _font(24))
    pen.text((480, 150), f"日期:{on:%Y-%m-%d}", "#222222", _font(24))
    top = 200
    for number, row in enumerate([("项目", "结果", "单位", "参考范围"), *rows]):
        y = top + number * ROW
        pen.line((50, y, WIDTH - 50, y), "#999999", 2 if number < 2 else 1)
        for x, text in zip((60, 400, 540, 680), row, strict=True):
            high = text.endswith(("↑", "↓"))
            pen.text((x, y + 9), text, "#b3261e" if high else "#222222", _font(24))
    bottom = top + ROW * (len(rows) + 1)
    pen.line((50, bottom, WIDTH - 50, bottom), "#999999", 2)
    pen.text((50, bottom + 24), "演示用,不是真实的检验结果", "#666666", _font(22))
    return _marked(picture)


def _marked(picture: Image.Image) -> bytes:
    """Write 示例 over everything, slanted and half transparent."""
    veil = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(veil)
    for y in range(0, picture.height + 200, 200):
        for x in range(-100, picture.width, 260):
            pen.text((x + y % 400 / 2, y), "示例", (180, 30, 30, 60), _font(72))
    veil = veil.rotate(18, resample=Image.Resampling.BICUBIC)
    out = io.BytesIO()
    Image.alpha_composite(picture.convert("RGBA"), veil).convert("RGB").save(out, "PNG")
    return out.getvalue()
