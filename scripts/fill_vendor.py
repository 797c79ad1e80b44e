"""Fill static/vendor with the browser libraries, taken from node_modules as npm locked them.

No bundler: each library is one file that the browser loads as it was published.
"""

import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "static" / "vendor"

# published file in node_modules -> name in static/vendor
LIBRARIES = {
    "echarts/dist/echarts.simple.min.js": "echarts.simple.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "socket.io-client/dist/socket.io.esm.min.js": "socket.io.esm.min.js",
    "socket.io-client/dist/socket.io.esm.min.js.map": "socket.io.esm.min.js.map",
    "uqr/dist/index.mjs": "uqr.mjs",
    "qr/decode.js": "qr/decode.js",
    "qr/index.js": "qr/index.js",
}


def fill(vendor: Path = VENDOR) -> None:
    """Replace the folder by exactly the listed files."""
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    for published, name in LIBRARIES.items():
        target = vendor / name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / "node_modules" / published, target)


if __name__ == "__main__":
    fill()
