"""Give partners' systems tokens to read the shared record (FHIR), list them, take them back."""

import argparse
import asyncio
import sys
from uuid import UUID

from pydantic import ValidationError

from app.commands.session import database
from app.settings import Settings
from core.audit import SYSTEM
from core.errors import Problem
from core.wording import field_errors
from people.partners import tokens
from people.partners.models import Scope


def options(parser: argparse.ArgumentParser) -> None:
    """issue, list, revoke."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    issue = acts.add_parser("issue", help="make a token; it is shown once")
    issue.add_argument("name", help="which system, as residents will read it")
    issue.add_argument("--organization", required=True, metavar="CODE")
    issue.add_argument(
        "--scope", action="append", required=True, choices=[scope.value for scope in Scope]
    )
    issue.add_argument("--days", type=int, default=365, help="how long it counts (365)")
    acts.add_parser("list", help="all tokens, without their secrets")
    revoke = acts.add_parser("revoke", help="end a token at once")
    revoke.add_argument("id", type=UUID)
    revoke.add_argument("--reason", required=True)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """0, or 1 with the reason on stderr."""
    return asyncio.run(_run(settings, chosen))


async def _run(settings: Settings, chosen: argparse.Namespace) -> int:
    async with database(settings):
        return await act(chosen)


async def act(chosen: argparse.Namespace) -> int:
    """The command's work on an open database."""
    try:
        if chosen.act == "issue":
            await _issue(chosen)
        elif chosen.act == "revoke":
            found = await tokens.revoke(SYSTEM, chosen.id, chosen.reason)
            print(f"{found.id} {found.name}: revoked {found.revoked_at:%Y-%m-%d %H:%M} UTC")
        else:
            await _list()
    except ValidationError as problem:
        for field, sentence in field_errors(problem).items():
            print(f"{field}: {sentence}", file=sys.stderr)
        return 1
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


async def _issue(chosen: argparse.Namespace) -> None:
    entry = tokens.NewPartner(
        name=chosen.name,
        organization=chosen.organization,
        scopes=[Scope(scope) for scope in chosen.scope],
        days=chosen.days,
    )
    made, token = await tokens.issue(SYSTEM, entry)
    print(f"id: {made.id}")
    print(f"expires: {made.expires_at:%Y-%m-%d}")
    print(f"token, shown only now: {token}")


async def _list() -> None:
    for row in await tokens.partners():
        state = "live" if tokens.is_live(row) else "revoked" if row.revoked_at else "expired"
        used = f"{row.seen_at:%Y-%m-%d %H:%M}" if row.seen_at else "never"
        print(
            f"{row.id}  {state:8}{row.organization.code:12}{row.name}  {row.scopes}  "
            f"until {row.expires_at:%Y-%m-%d}  used {used}"
        )
