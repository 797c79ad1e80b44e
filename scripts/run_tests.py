"""Run all tests on SQLite, then those with a database on PostgreSQL and Redis.

Arguments go to pytest; an own -m selects in both runs instead.

Servers that answer on their standard ports are used as they are. Where none does, or PostgreSQL
allows too few connections (tests let several app processes run, each with a pool), an own one is
started on a free port with its files in a temporary folder, and stopped at the end.
"""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.plumbing.servers import usable_postgres, usable_redis  # noqa: E402

NO_TESTS_COLLECTED = 5
CONNECTIONS_OF_A_TEST = 50  # two houses with a pool of 20 each, and what looks at them


def workers() -> int:
    """How many tests at a time: one for each core."""
    return len(os.sched_getaffinity(0))


def run(database: str, arguments: list[str], **settings: str) -> int:
    """Run pytest once with a worker for each core; return its exit code."""
    print(f"--- tests on {database}, {workers()} at a time", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(workers())]
    command += ["--dist", "worksteal", *arguments]  # the slow browser tests even out
    environment = {**os.environ, "TEST_DATABASE": database, **settings}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # tests start dozens of processes
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    codes = {"sqlite": run("sqlite", arguments)}
    connections = CONNECTIONS_OF_A_TEST * workers()
    with ExitStack() as servers:
        postgres = servers.enter_context(usable_postgres(connections))
        redis = servers.enter_context(usable_redis())
        print(f"--- {postgres}, {redis}")
        codes["postgres"] = run(
            "postgres",
            ["-m", "database", *arguments],
            TEST_POSTGRES_URL=postgres,
            TEST_REDIS_URL=redis,
        )
    # A selection (ARGS="-m postgres") may leave one of the two runs empty, but not both.
    if set(codes.values()) == {0, NO_TESTS_COLLECTED}:
        return 0
    for database, code in codes.items():
        print(f"{database}: {'passed' if code == 0 else f'failed (pytest exit code {code})'}")
    return max(codes.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
