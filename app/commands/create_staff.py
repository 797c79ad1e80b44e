"""Create a staff account, and its organization when it is the first one; prints the password."""

import argparse
import asyncio
import sys

from pydantic import ValidationError

from app.commands.session import database
from app.settings import Settings
from core import db
from core.audit import SYSTEM
from core.errors import Problem
from core.wording import field_errors
from people import staff
from people.actor import Role
from people.models import Licence, Organization, Tier
from people.specialties import SPECIALTIES


def options(parser: argparse.ArgumentParser) -> None:
    """Who, where, as what."""
    parser.add_argument("username")
    parser.add_argument("--name", required=True, help="the person's name")
    parser.add_argument("--organization", required=True, metavar="CODE")
    parser.add_argument("--organization-name", help="creates the organization when CODE is new")
    parser.add_argument("--tier", choices=[tier.value for tier in Tier])
    parser.add_argument("--role", action="append", required=True, choices=[r.value for r in Role])
    parser.add_argument("--title", default="")
    parser.add_argument("--licence", default="none", choices=[one.value for one in Licence])
    parser.add_argument("--licence-number", default="")
    parser.add_argument("--specialty", default="", choices=["", *SPECIALTIES])


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """0 and the temporary password, or 1 and the reason."""
    return asyncio.run(_create(settings, chosen))


async def _create(settings: Settings, chosen: argparse.Namespace) -> int:
    async with database(settings):
        return await create(chosen)


async def create(chosen: argparse.Namespace) -> int:
    """The command's work on an open database: 0, or 1 with the reason on stderr."""
    try:
        async with db.atomic():
            made = await staff.create_staff(SYSTEM, await _entry(chosen))
    except ValidationError as problem:
        for field, sentence in field_errors(problem).items():
            print(f"{field}: {sentence}", file=sys.stderr)
        return 1
    except (Problem, LookupError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"username: {made.username}")
    print(f"temporary password, to be changed at the first sign-in: {made.password}")
    return 0


async def _entry(chosen: argparse.Namespace) -> staff.NewStaff:
    organization = await _organization(chosen)
    return staff.NewStaff(
        username=chosen.username,
        name=chosen.name,
        title=chosen.title,
        licence=Licence(chosen.licence),
        licence_number=chosen.licence_number,
        specialty=chosen.specialty,
        roles=[Role(role) for role in chosen.role],
        organization_id=organization.id,
    )


async def _organization(chosen: argparse.Namespace) -> Organization:
    found = await Organization.get_or_none(code=chosen.organization)
    if found is not None:
        return found
    if not (chosen.organization_name and chosen.tier):
        raise LookupError(
            f"there is no organization {chosen.organization}: "
            "create it with --organization-name and --tier"
        )
    return await Organization.create(
        code=chosen.organization,
        name=chosen.organization_name,
        short_name=chosen.organization_name[:20],
        tier=Tier(chosen.tier),
    )
