"""Break a live room on purpose (only with DEMO=1): drop a node, stall signalling, lose a layer.

`fault node` ends the busiest media node, which its supervisor starts again; `fault signalling`
stops the web process for some seconds; `fault layer` drops one size of every camera (f: the full
one, h: the half one).
"""

import argparse
import json
import sys
import urllib.error
import urllib.request
from typing import Final

from app.faults import PATH, bearer
from app.settings import Settings

ANSWER_S: Final = 10


def options(parser: argparse.ArgumentParser) -> None:
    """What, for how long, and which layer."""
    parser.add_argument("what", choices=["node", "signalling", "layer"])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--layer", default="f", help="f or h")


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Ask the running web process; 1 when it refuses or cannot be reached."""
    if not settings.demo:
        print("faults on demand are for demos: DEMO is not set", file=sys.stderr)
        return 1
    body = {"what": chosen.what, "seconds": chosen.seconds, "layer": chosen.layer}
    request = urllib.request.Request(
        f"http://{settings.host}:{settings.port}{PATH}",
        json.dumps(body).encode(),
        {"Authorization": bearer(settings), "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:  # noqa: S310
            print(answer.read().decode())
    except urllib.error.URLError as problem:
        print(f"the fault could not be made: {problem}", file=sys.stderr)
        return 1
    return 0
