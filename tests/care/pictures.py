"""Pictures made on the spot."""

import io

from PIL import Image


def jpeg(*, size=(320, 240), colour=(200, 30, 30)):
    """A JPEG with EXIF, as a phone makes it."""
    picture = Image.new("RGB", size, colour)
    exif = picture.getexif()
    exif[0x010F] = "SomePhone"
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def png(*, size=(300, 100)):
    """A PNG, as the signature pad makes it."""
    buffer = io.BytesIO()
    Image.new("RGBA", size, (0, 0, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()
