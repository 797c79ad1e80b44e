"""Devices of 云河县: a monitor on village1's table and a meter at a resident's home, with what they
said: taken, said twice, refused, and one reading that waits for its resident.

Everything comes the way devices speak, signed with the key of the demo.
"""

import json
from datetime import timedelta
from typing import Any, Final

from app.demo.past import ago
from app.demo.teleconsultation import actor
from app.settings import Settings
from core import clock
from core.limits import Counter
from devices import receiving, registry, understanding
from devices.envelope import from_http, path_of
from devices.sandbox import Instrument, glucose, pressure
from devices.schemas import DeviceIn
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status

KEY: Final = "doorstep-demo-device"
DEVICES: Final = (
    {"code": "YH-BP-0001", "kind": "combined", "maker": "云河医疗", "model": "BP-3G 一体机"},
    {"code": "YH-BG-0002", "kind": "glucose", "maker": "云河医疗", "model": "GL-1"},
)
SUGARS: Final = ((6, 7.4), (4, 6.8), (2, 6.5))


async def create(settings: Settings) -> None:
    """Called once, in the county's transaction, after the residents are signed."""
    doctor = await actor("village1")
    with ago(30):
        table, meter = [
            await registry.register(doctor, DeviceIn.model_validate(found), key=KEY)
            for found in DEVICES
        ]
    signed = Contract.filter(
        status=Status.ACTIVE, patient__managing_organization_id=doctor.organization_id
    )
    contract = await signed.order_by("begun_at", "id").first()
    if contract is not None:
        with ago(10):
            await registry.lend(doctor, meter.id, contract.patient_id)
        for days, value in SUGARS:
            with ago(days):
                said = glucose(str(days), clock.now(), value, meal="fasting", battery=60 + days)
                await _say(meter.code, said)
        await _say(meter.code, said)
    with ago(1):
        await _say(table.code, glucose("1", clock.now(), 108, battery=35))
    earlier = clock.now() - timedelta(minutes=3)
    await _say(table.code, pressure("2", earlier, 152, 94, pulse=78, battery=34))


async def _say(code: str, message: dict[str, Any]) -> None:
    instrument = Instrument(code, KEY, clock=lambda: clock.now().timestamp())
    body = json.dumps(message, ensure_ascii=False).encode()
    headers = {f"X-Device-{name.title()}": text for name, text in instrument.signed(body).items()}
    row = await receiving.keep(from_http(code, path_of(code), headers, body), Counter("demo"))
    if row is not None:
        await understanding.understand(row.id)
