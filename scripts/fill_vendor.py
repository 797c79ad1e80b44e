"""Fill static/vendor with the browser libraries, taken from node_modules as npm locked them.

No bundler: each library is one file that the browser loads as it was published.
"""

import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "static" / "vendor"

# published file in node_modules -> name in static/vendor
LIBRARIES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "socket.io-client/dist/socket.io.esm.min.js": "socket.io.esm.min.js",
    "socket.io-client/dist/socket.io.esm.min.js.map": "socket.io.esm.min.js.map",
    "uqr/dist/index.mjs": "uqr.mjs",
}


def fill(vendor: Path = VENDOR) -> None:
    """Replace the folder by exactly the listed files."""
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    for published, name in LIBRARIES.items():
        shutil.copyfile(ROOT / "node_modules" / published, vendor / name)


if __name__ == "__main__":
    fill()
