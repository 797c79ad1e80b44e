"""`python -m bench.booking.door URL PORT`: the resident API's booking call, without its sign-in.

One process, the verbs and the database of the product; prints `ready` when it serves.
"""

import asyncio
import sys
from dataclasses import dataclass
from uuid import UUID

import uvloop
from aiohttp import web

from app.packages import APPS
from booking import service
from booking.models import Appointment, Channel
from booking.schemas import AppointmentIn, AppointmentOut
from core import crypto, db, pages
from core.http import endpoint
from core.idempotency import HEADER

SECRET_KEY = "benchmark-" * 4
FIELD_KEY = f"bench:{'QUJD' * 10}QUI="
KEYS = crypto.Keyring(secret_key=SECRET_KEY, field_keys=crypto.parse_field_keys(FIELD_KEY))


@dataclass(frozen=True)
class Resident:
    """An account, as the audit trail needs it."""

    account_id: UUID
    name: str
    organization_id: UUID


RESIDENT = Resident(UUID(int=7), "居民", UUID(int=0))


@endpoint(status=201)
async def book(request: web.Request, *, body: AppointmentIn) -> AppointmentOut:
    """Book a slot for one of the account's patients."""
    row = await service.hold(
        RESIDENT,
        slot_id=body.slot_id,
        patient_id=body.patient_id,
        channel=Channel.RESIDENT,
        key=request.headers.get(HEADER),
        confirmed=body.confirmed,
    )
    return shown(row)


def shown(row: Appointment) -> AppointmentOut:
    """The contract's answer."""
    return AppointmentOut(
        id=row.id,
        status=row.status,
        slot_id=row.slot_id,
        patient_id=row.patient_id,
        start=row.starts_at,
        end=row.ends_at,
        hold_expires_at=row.hold_expires_at,
        fee_fen=row.fee_fen,
        payment=row.payment,
        code=row.code,
        queue_number=row.queue_number,
    )


async def serve(url: str, port: int) -> None:
    """Serve until killed."""
    crypto.configure(KEYS)
    await db.connect(url, APPS)
    app = web.Application(middlewares=[pages.problems])
    app.router.add_post("/api/mp/v1/appointments", book)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], int(sys.argv[2])))
