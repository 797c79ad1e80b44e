"""Write database, files and recordings into one archive: `python -m app backup FILE.tar`.

SQLite is copied with its own online backup, PostgreSQL with `pg_dump`. The archive holds personal
data: sealed columns and files stay sealed, names do not. It is written readable to its owner only.
Keys are not in it; keep FIELD_KEY and SECRET_KEY elsewhere.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

from app.settings import Settings

FOLDERS: Final = ("blobs", "recordings")
SQLITE: Final = "database.sqlite3"
POSTGRES: Final = "database.pgdump"


def options(parser: argparse.ArgumentParser) -> None:
    """Where to write."""
    parser.add_argument("file", type=Path)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Back up while the house is open."""
    draft = chosen.file.with_name(chosen.file.name + ".part")
    with tempfile.TemporaryDirectory() as folder:
        database = dump(settings.database_url, Path(folder))
        if database is None:
            return 1
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as archive:
            archive.add(database, database.name)
            for name in FOLDERS:
                if (settings.data_dir / name).is_dir():
                    archive.add(settings.data_dir / name, name)
    draft.replace(chosen.file)
    print(f"backed up to {chosen.file} ({chosen.file.stat().st_size} bytes)")
    return 0


def dump(url: str, folder: Path) -> Path | None:
    """The database as one file, or None when the tool for it failed."""
    if url.startswith("sqlite://"):
        target = folder / SQLITE
        with (
            closing(sqlite3.connect(url.removeprefix("sqlite://"))) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
        return target
    target = folder / POSTGRES
    command = ["pg_dump", "--format=custom", "--no-owner", f"--file={target}", f"--dbname={url}"]
    return target if succeeds(command) else None


def succeeds(command: list[str]) -> bool:
    """Run a PostgreSQL tool; False with a sentence on stderr when it is missing or fails."""
    try:
        finished = subprocess.run(command, check=False)  # noqa: S603  (fixed program, no shell)
    except FileNotFoundError:
        print(f"doorstep: {command[0]} is not installed", file=sys.stderr)
        return False
    return finished.returncode == 0
