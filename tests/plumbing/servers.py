"""PostgreSQL and Redis for the tests: the ones that run, or own ones that come and go.

A running server counts when it lets us in without a password, in numbers, and lets us make
databases.
Own servers listen on a free port, keep their files in a temporary folder and skip fsync.
"""

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import asyncpg
import redis

STANDARD_POSTGRES = f"postgres://postgres@127.0.0.1:{os.environ.get('PGPORT', 5432)}"
STANDARD_REDIS = f"redis://127.0.0.1:{os.environ.get('REDIS_PORT', 6379)}"
START_TIMEOUT_S = 30
MANY_CONNECTIONS = 300  # what our own server allows
INITDB = ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]


class NoServerError(Exception):
    """Neither a usable server nor the binaries to start one; says what to install."""


@contextmanager
def usable_postgres(connections: int = 0) -> Iterator[str]:
    """Yield the address of a PostgreSQL server, without a database name.

    It takes so many connections at once, which one as Debian installs it (100) may not.
    """
    if asyncio.run(_may_create_databases(STANDARD_POSTGRES, connections)):
        yield STANDARD_POSTGRES
    else:
        with own_postgres() as url:
            yield url


@contextmanager
def usable_redis() -> Iterator[str]:
    """Yield the address of a Redis server, without a database number."""
    if _answers_ping(STANDARD_REDIS):
        yield STANDARD_REDIS
    else:
        with own_redis() as url:
            yield url


@contextmanager
def own_postgres() -> Iterator[str]:
    """Start a PostgreSQL of our own. As root it runs as another user, because it refuses root."""
    with _folder("doorstep-postgres-", _postgres_user()) as folder:
        command, url = _cluster(folder, {"synchronous_commit": "off"})
        with _running(command, folder, _postgres_user()):
            _wait_until(lambda: asyncio.run(_may_create_databases(url)), folder)
            yield url


Restart = Callable[[], None]


@contextmanager
def mortal_postgres() -> Iterator[tuple[str, Restart]]:
    """A PostgreSQL of our own, and a way to let it die in the middle of everything and start again.

    What it has acknowledged must be there afterwards, so it writes its log before it answers.
    """
    with _folder("doorstep-postgres-", _postgres_user()) as folder, ExitStack() as running:
        command, url = _cluster(folder, {"synchronous_commit": "on"})

        def start() -> None:
            running.enter_context(_running(command, folder, _postgres_user(), end=signal.SIGQUIT))
            _wait_until(lambda: asyncio.run(_may_create_databases(url)), folder)

        def restart() -> None:
            running.close()
            start()

        start()
        yield url, restart


def _cluster(folder: Path, more: dict[str, str]) -> tuple[list[str | Path], str]:
    """An empty cluster: how to start it, and where it will listen."""
    binaries = _postgres_binaries()
    cluster, port = folder / "cluster", free_port()
    _run(
        [binaries / "initdb", "-D", cluster, "-U", "postgres", "--auth=trust", *INITDB],
        _postgres_user(),
    )
    settings = {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "full_page_writes": "off",
        "max_connections": str(MANY_CONNECTIONS),
        **more,
    }
    arguments = [f"--{name}={value}" for name, value in settings.items()]
    command = [binaries / "postgres", "-D", cluster, *arguments]
    return command, f"postgres://postgres@127.0.0.1:{port}"


@contextmanager
def own_redis(port: int | None = None) -> Iterator[str]:
    """Start a Redis of our own that keeps nothing on disk."""
    binary = shutil.which("redis-server")
    if binary is None:
        raise NoServerError("no redis-server: install the Debian package redis-server")
    port = port or free_port()
    with _folder("doorstep-redis-", None) as folder:
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
        command += ["--save", "", "--appendonly", "no"]
        with _running(command, folder, None):
            url = f"redis://127.0.0.1:{port}"
            _wait_until(lambda: _answers_ping(url), folder)
            yield url


def free_port() -> int:
    """Return a TCP port of the loopback address that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _may_create_databases(url: str, connections: int = 0) -> bool:
    try:
        connection = await asyncpg.connect(f"{url}/postgres", timeout=3)
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return False
    try:
        question = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        allowed = int(await connection.fetchval("SHOW max_connections"))
        return allowed >= connections and bool(await connection.fetchval(question))
    finally:
        await connection.close()


def _answers_ping(url: str) -> bool:
    with redis.Redis.from_url(url, socket_timeout=3) as client, suppress(redis.RedisError):
        return bool(client.ping())
    return False


def _postgres_binaries() -> Path:
    """Find initdb and postgres; Debian keeps them out of PATH, one folder for each version."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]),
        reverse=True,
    )
    found = [*debian, *filter(None, [shutil.which("initdb")])]
    if not found:
        raise NoServerError("no PostgreSQL server: install the Debian package postgresql")
    return Path(found[0]).resolve().parent


def _postgres_user() -> pwd.struct_passwd | None:
    """Whom it runs as; None: as ourselves."""
    return _unprivileged_user() if os.geteuid() == 0 else None


def _unprivileged_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoServerError("PostgreSQL refuses to run as root, and there is no user 'postgres'")


@contextmanager
def _folder(prefix: str, user: pwd.struct_passwd | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(
    command: list[str | Path],
    folder: Path,
    user: pwd.struct_passwd | None,
    *,
    end: signal.Signals = signal.SIGINT,
) -> Iterator[None]:
    """Keep a server running inside the block; its output goes to a file in the folder.

    `end` is PostgreSQL's fast stop, and Redis stops too; SIGQUIT ends it without a goodbye.
    """
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, **_as(user)
        )
    try:
        yield
    finally:
        process.send_signal(end)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _run(command: list[str | Path], user: pwd.struct_passwd | None) -> None:
    done = subprocess.run(
        command, cwd="/", capture_output=True, text=True, check=False, **_as(user)
    )
    if done.returncode:
        raise NoServerError(f"{command[0]} failed: {done.stderr.strip()}")


def _as(user: pwd.struct_passwd | None) -> dict[str, int | list[int]]:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _wait_until(ready: Callable[[], bool], folder: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not ready():
        if time.monotonic() > deadline:
            raise NoServerError(f"a server did not start: {(folder / 'log').read_text()[-2000:]}")
        time.sleep(0.05)
