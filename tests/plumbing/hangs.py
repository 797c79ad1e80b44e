"""Say where a test hangs: the stacks of its asyncio tasks, which no thread's stack shows.

Some time later pytest's own faulthandler ends the worker.
"""

import asyncio
import os
import threading
from collections.abc import Iterator

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key

PATIENCE_S = float(os.environ.get("TEST_PATIENCE_S", "120"))


def _tell(name: str, stderr: int) -> None:
    with os.fdopen(os.dup(stderr), "w") as stream:  # pytest's copy of the one it captures
        stream.write(f"\n{name} takes longer than {PATIENCE_S:.0f} s; its tasks:\n")
        for task in list(asyncio.tasks._all_tasks):  # type: ignore[attr-defined]  # of every loop
            if not task.done():
                task.print_stack(file=stream)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Watch one test, its fixtures included."""
    stderr = item.config.stash[fault_handler_stderr_fd_key]
    watch = threading.Timer(PATIENCE_S, _tell, [item.nodeid, stderr])
    watch.daemon = True
    watch.start()
    try:
        return (yield)
    finally:
        watch.cancel()
