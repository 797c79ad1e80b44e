"""`python -m app COMMAND`: everything an operator does by hand."""

import argparse
import sys

from app.commands import (
    audit,
    backup,
    create_staff,
    demo,
    fault,
    migrate,
    reconcile,
    restore,
    rotate_keys,
    serve,
    turn_check,
    web,
    worker,
)
from app.settings import SettingsError, load
from core.observability import set_up_logs

COMMANDS = {
    "serve": serve,
    "web": web,
    "worker": worker,
    "migrate": migrate,
    "demo": demo,
    "audit": audit,
    "backup": backup,
    "restore": restore,
    "rotate-keys": rotate_keys,
    "create-staff": create_staff,
    "reconcile": reconcile,
    "turn-check": turn_check,
    "fault": fault,
}


def main(arguments: list[str] | None = None) -> int:
    """Parse, load the settings, run; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m app", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        summary = (module.__doc__ or "").strip().splitlines()[0]
        module.options(commands.add_parser(name, help=summary, description=module.__doc__))
    chosen = parser.parse_args(arguments)
    try:
        settings = load()
    except SettingsError as problem:
        print(f"doorstep: {problem}", file=sys.stderr)
        return 2
    set_up_logs(level=settings.log_level)
    status: int = COMMANDS[chosen.command].run(settings, chosen)
    return status


if __name__ == "__main__":
    sys.exit(main())
