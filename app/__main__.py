"""`python -m app COMMAND`: everything an operator does by hand.

Only the chosen command is imported: some need the whole house, others hardly anything.
"""

import argparse
import gc
import sys
from importlib import import_module
from typing import Final

gc.disable()  # while there are only imports: it would search hundreds of times and find nothing

from app.settings import SettingsError, load  # noqa: E402
from core.observability import set_up_logs  # noqa: E402

COMMANDS: Final = (
    "serve",
    "web",
    "worker",
    "migrate",
    "demo",
    "audit",
    "backup",
    "restore",
    "rotate-keys",
    "create-staff",
    "partner",
    "reconcile",
    "screening",
    "devices",
    "device-sandbox",
    "turn-check",
    "fault",
)


def main(arguments: list[str] | None = None) -> int:
    """Parse, load the settings, run; returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m app", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {
        name: import_module(f"app.commands.{name.replace('-', '_')}")
        for name in (given[:1] if given and given[0] in COMMANDS else COMMANDS)
    }
    gc.freeze()  # modules stay
    gc.enable()
    for name, module in modules.items():
        summary = (module.__doc__ or "").strip().splitlines()[0]
        module.options(commands.add_parser(name, help=summary, description=module.__doc__))
    chosen = parser.parse_args(given)
    try:
        settings = load()
    except SettingsError as problem:
        print(f"doorstep: {problem}", file=sys.stderr)
        return 2
    set_up_logs(level=settings.log_level)
    status: int = modules[chosen.command].run(settings, chosen)
    return status


if __name__ == "__main__":
    sys.exit(main())
