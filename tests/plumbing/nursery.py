"""Programs of the house for tests, forked from a process that has imported everything already.

To import the house takes seconds, and a run starts it more than a hundred times. What is started
here is a process of its own all the same, with its own environment, ports, log and end.
"""

import asyncio
import contextlib
import ctypes
import gc
import json
import os
import random
import runpy
import select
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Self

from tests.plumbing.priority import in_front

_CLONE_NEWNET: Final = 0x40000000
READY: Final = ("rtc.__main__", "tests.rtc.__main__", "tests.app.hasty", "app.commands.web")


class Child:
    """A started program, as asyncio.subprocess.Process shows one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()

    async def wait(self) -> int:
        """Its exit status; negative when a signal ended it."""
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def terminate(self) -> None:
        """SIGTERM."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def end(self, status: int) -> None:
        """It has ended."""
        self.returncode = status
        self._ended.set()


class Nursery:
    """The worker's connection to its forking process."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process, self._reader, self._writer = process, reader, writer
        self._asked: list[asyncio.Future[Child]] = []
        self._children: dict[int, Child] = {}
        self._listener = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls) -> Self:
        """Start the forking process; it imports while we go on."""
        ours, theirs = socket.socketpair()
        with theirs, in_front():
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.plumbing.nursery", str(theirs.fileno())),
                cwd=Path(__file__).parent.parent.parent,
                pass_fds=[theirs.fileno()],
            )
        return cls(process, *await asyncio.open_connection(sock=ours))

    async def start(
        self, argv: list[str], environment: Mapping[str, str], log: Path, *, namespace: str = ""
    ) -> Child:
        """Start a program, given as to `python -m`; all it says goes to the log.

        `namespace`: the network namespace it runs in, by name.
        """
        order = {
            "argv": argv,
            "environment": dict(environment),
            "log": str(log),
            "namespace": namespace,
        }
        asked: asyncio.Future[Child] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._writer.write(json.dumps(order).encode() + b"\n")
        return await asked

    async def close(self) -> None:
        """End it, and whatever still runs."""
        self._writer.close()
        await self._process.wait()
        await self._listener

    async def _listen(self) -> None:
        with contextlib.suppress(ConnectionError):
            async for line in self._reader:
                said = json.loads(line)
                if "status" in said:
                    self._children.pop(said["pid"]).end(said["status"])
                else:
                    child = self._children[said["pid"]] = Child(said["pid"])
                    self._asked.pop(0).set_result(child)
        for asked in self._asked:
            asked.set_exception(AssertionError("the nursery has ended"))


class _Forks:
    """The other end: no threads, no event loop, nothing that a fork would break."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._pids: dict[int, int] = {}  # by the descriptor that tells their end

    def serve(self) -> None:
        """Fork whatever is asked for; return in each child, and when the tests are over."""
        orders = b""
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor in self._pids:
                    self._bury(descriptor)
                    continue
                got = self._connection.recv(1 << 16)
                if not got:
                    return self._end()
                *whole, orders = (orders + got).split(b"\n")
                for line in whole:
                    if self._fork(json.loads(line)):
                        return None

    def _fork(self, order: dict[str, Any]) -> bool:
        pid = os.fork()
        if pid == 0:
            self._become(order)
            return True
        descriptor = os.pidfd_open(pid)
        self._pids[descriptor] = pid
        self._poll.register(descriptor, select.POLLIN)
        self._tell(pid=pid)
        return False

    def _become(self, order: dict[str, Any]) -> None:
        self._connection.close()
        for descriptor in self._pids:
            os.close(descriptor)
        log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        for descriptor in (1, 2):
            os.dup2(log, descriptor)
        os.close(log)
        if order["namespace"]:
            _move_to(order["namespace"])
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.argv = list(order["argv"])
        random.seed()

    def _bury(self, descriptor: int) -> None:
        self._poll.unregister(descriptor)
        os.close(descriptor)
        pid = self._pids.pop(descriptor)
        _, status = os.waitpid(pid, 0)
        self._tell(pid=pid, status=os.waitstatus_to_exitcode(status))

    def _tell(self, **said: int) -> None:
        self._connection.sendall(json.dumps(said).encode() + b"\n")

    def _end(self) -> None:
        for pid in self._pids.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _move_to(namespace: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/run/netns", namespace).open() as file:
        if libc.setns(file.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")


def main() -> None:
    """Import everything, then fork."""
    gc.disable()
    connection = socket.socket(fileno=int(sys.argv[1]))
    for module in READY:
        import_module(module)
    gc.freeze()
    gc.enable()
    assert threading.active_count() == 1, threading.enumerate()
    mine = os.getpid()
    _Forks(connection).serve()
    if os.getpid() != mine:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
