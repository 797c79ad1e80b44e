"""Put a backup in place of an empty house: `python -m app restore FILE.tar`.

Stop every process first. Refuses to overwrite a database that holds rows.
"""

import argparse
import asyncio
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from tortoise.exceptions import OperationalError

from app.commands.backup import FOLDERS, POSTGRES, SQLITE, succeeds
from app.commands.session import database
from app.settings import Settings
from people.models import Organization


def options(parser: argparse.ArgumentParser) -> None:
    """What to read."""
    parser.add_argument("file", type=Path)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Restore into an empty database and data folder."""
    if asyncio.run(_holds_rows(settings)):
        print("doorstep: the database is not empty; restore into a fresh one", file=sys.stderr)
        return 1
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with tarfile.open(chosen.file) as archive:
            _unpack(archive, folder)
        if not _load(settings.database_url, folder):
            return 1
        for part in FOLDERS:
            if (folder / part).is_dir():
                _move_in(folder / part, settings.data_dir / part)
    print("restored; now run `python -m app migrate` and `python -m app audit verify`")
    return 0


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Take what `backup` writes and nothing else (extraction filters came with Python 3.11.4)."""
    for member in archive:
        path = PurePosixPath(member.name)
        known = member.name in (SQLITE, POSTGRES) or path.parts[:1] in [(f,) for f in FOLDERS]
        source = archive.extractfile(member) if known and member.isfile() else None
        if source is None or ".." in path.parts:
            continue
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as copy:
            shutil.copyfileobj(source, copy)


async def _holds_rows(settings: Settings) -> bool:
    async with database(settings):
        try:
            return await Organization.exists()
        except OperationalError:
            return False


def _load(url: str, folder: Path) -> bool:
    if url.startswith("sqlite://"):
        source = folder / SQLITE
        if not source.is_file():
            print("doorstep: this backup is of another kind of database", file=sys.stderr)
            return False
        target = Path(url.removeprefix("sqlite://"))
        target.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        target.write_bytes(source.read_bytes())
        return True
    source = folder / POSTGRES
    return source.is_file() and succeeds(
        ["pg_restore", "--clean", "--if-exists", "--no-owner", f"--dbname={url}", str(source)]
    )


def _move_in(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
