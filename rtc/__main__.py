"""`python -m rtc`: run a media node until SIGTERM or SIGINT. Settings: `rtc.media.settings`."""

import asyncio
import gc
import json
import logging
import os
import signal
import sys

import structlog
import uvloop
from pydantic import ValidationError

from rtc.media.control import ControlServer
from rtc.media.node import Node
from rtc.media.settings import Settings

log = logging.getLogger(__name__)


def configure_logging() -> None:
    """One JSON object a line on standard error, from the standard library's loggers too."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def prefer(nice: int) -> None:
    """Let forwarding go before pages and reports on a busy machine, where that is allowed."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, nice)
    except PermissionError:
        log.info("no leave to run at a higher priority", extra={"nice": nice})


async def serve(settings: Settings) -> None:
    """Run one node. Says on standard output where, as one line of JSON."""
    loop = asyncio.get_running_loop()
    prefer(settings.nice)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    node = Node(settings)
    control = ControlServer(node)
    await control.start()
    gc.collect()
    gc.freeze()  # what is there now stays; packets make no cycles worth a frequent search
    gc.set_threshold(50_000, 20, 20)
    hello = node.hello()
    where = {
        "node": hello.node,
        "control": f"http://{settings.control_host}:{control.port}",
        "udp": hello.udp_addresses,
    }
    sys.stdout.write(json.dumps(where) + "\n")
    sys.stdout.flush()
    await stopping.wait()
    await node.close()
    await control.stop()


def main() -> int:
    """Exit code 2 when a setting is missing or wrong."""
    configure_logging()
    try:
        settings = Settings()
    except (ValidationError, OSError) as why:
        if isinstance(why, ValidationError):
            wrong = "; ".join(
                f"MEDIA_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in why.errors()
            )
        else:
            wrong = str(why)
        sys.stderr.write(f"the media node cannot start: {wrong}\n")
        return 2
    uvloop.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
