"""The machine's own OpenSSL, for what `cryptography` does not offer: SM2.

Keys and signatures reach it through pipes and messages through its standard input, so nothing of
them stands in the list of processes or on a disk.
"""

import os
import subprocess
from typing import Final

from core.errors import Unavailable

_SECONDS: Final = 10


class Unusable(Unavailable):
    """OpenSSL is missing, or cannot do what it was asked for."""

    def __init__(self, reason: str) -> None:
        super().__init__("openssl", "国密签名暂时不能用,请联系管理员。")
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


def run(*arguments: str, given: bytes = b"", **files: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run `openssl`; `{name}` among the arguments is where it reads the file of that name.

    A file is smaller than what a pipe holds. Raises Unusable when it cannot be started or hangs.
    """
    pipes = {name: _pipe(content) for name, content in files.items()}
    paths = {name: f"/dev/fd/{end}" for name, end in pipes.items()}
    try:
        return subprocess.run(  # noqa: S603  (fixed words and numbers)
            ["openssl", *(word.format(**paths) for word in arguments)],  # noqa: S607
            input=given,
            capture_output=True,
            pass_fds=tuple(pipes.values()),
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise Unusable(f"openssl cannot be run: {problem}") from problem
    finally:
        for end in pipes.values():
            os.close(end)


def output(*arguments: str, given: bytes = b"", **files: bytes) -> bytes:
    """What `openssl` prints. Raises Unusable when it fails."""
    done = run(*arguments, given=given, **files)
    if done.returncode:
        raise Unusable(f"openssl {arguments[0]} failed with status {done.returncode}")
    return done.stdout


def _pipe(content: bytes) -> int:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as end:
        os.set_blocking(writing, False)
        end.write(content)
    return reading
