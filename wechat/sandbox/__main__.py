"""`python -m wechat.sandbox --folder var/wechat --port 8400`: the sandbox by itself."""

import argparse
from pathlib import Path

from aiohttp import web

from wechat.sandbox import Options, create


def main() -> None:
    """Serve on loopback until stopped."""
    parser = argparse.ArgumentParser(prog="python -m wechat.sandbox", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="keys and memory")
    parser.add_argument("--port", type=int, default=8400)
    parser.add_argument("--pace", type=float, default=0.02, help="1 is WeChat's own slow schedule")
    parser.add_argument("--repeats", type=int, default=1, help="how often a taken notice repeats")
    parser.add_argument("--refund-seconds", type=float, default=5.0)
    parser.add_argument("--calls-per-second", type=int, default=1000)
    parser.add_argument("--push-url", default="", help="where events of messages go")
    parser.add_argument("--official-push-url", default="", help="and those of the official account")
    parser.add_argument("--forget", action="store_true", help="keep nothing on disk but keys")
    given = parser.parse_args()
    options = Options(
        folder=given.folder,
        pace=given.pace,
        repeats=given.repeats,
        refund_s=given.refund_seconds,
        calls_per_second=given.calls_per_second,
        push_url=given.push_url,
        official_push_url=given.official_push_url,
        official_a_day=10**9,
        remember=not given.forget,
    )
    web.run_app(create(options), host="127.0.0.1", port=given.port, print=None)


if __name__ == "__main__":
    main()
