"""Count every slot, appointment, link, payment and coin again: `python -m app reconcile`."""

import argparse
import asyncio

import payments.reconcile
from app import money_check
from app.commands.session import database
from app.settings import Settings
from booking import reconcile
from people.matching import reconcile as links
from pharmacy.orders import reconcile as orders
from pharmacy.shipping import reconcile as parcels


def options(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """0 when everything agrees, 1 when something does not; safe beside a running house."""
    return asyncio.run(_check(settings))


async def _check(settings: Settings) -> int:
    async with database(settings):
        report = await reconcile.check()
        money = await payments.reconcile.check()
        across = await money_check.check()
        joined = await links.check()
        drugs = await orders.check()
        carried = await parcels.check()
    faults = [*joined.faults, *report.faults, *money.faults, *across, *drugs.faults, *carried]
    for fault in faults:
        print(f"FAULT: {fault}")
    for task in report.tasks:
        print(f"TASK: {task}")
    print(
        f"{report.slots} slots with {report.places} places, {report.used} used; "
        f"{report.appointments} appointments; {drugs.orders} orders of drugs; "
        f"{joined.links} joined records; "
        f"{money.payments} payments, "
        f"{money.settled_fen} fen came, {money.refunded_fen} went back; {len(faults)} faults"
    )
    if money.tasks:
        print(f"{money.tasks} refunds or differences wait for a person (/payments)")
    return 1 if faults else 0
