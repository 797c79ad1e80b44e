"""Play a device: send a reading over HTTP or MQTT and print what became of it."""

import argparse
import asyncio
import json
import os
from datetime import datetime
from typing import Any
from uuid import uuid4

from app.settings import Settings
from core import clock
from devices.sandbox import Instrument, glucose, pressure


def options(parser: argparse.ArgumentParser) -> None:
    """Which device, what it shows, and how it speaks."""
    parser.add_argument("code", help="the device's code, as registered")
    parser.add_argument("--key", help="its key (else from DEVICE_KEY)")
    shown = parser.add_mutually_exclusive_group(required=True)
    shown.add_argument("--pressure", metavar="138/86")
    shown.add_argument("--glucose", type=float, metavar="6.1")
    parser.add_argument("--unit", help="mmHg or kPa; mmol/L or mg/dL")
    parser.add_argument("--meal", choices=["fasting", "after_meal", "random"])
    parser.add_argument("--at", type=datetime.fromisoformat, help="measured then, with offset")
    parser.add_argument("--number", help="its own number of the measurement (a new one)")
    parser.add_argument("--card", help="an e-health card's code or number")
    parser.add_argument("--times", type=int, default=1, help="send it so often (1)")
    parser.add_argument("--mqtt", action="store_true", help="over MQTT_URL instead of HTTP")
    parser.add_argument("--url", help="where the house is (else this machine's)")


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """0 when the house answered, whatever it said."""
    return asyncio.run(_run(settings, chosen))


async def _run(settings: Settings, chosen: argparse.Namespace) -> int:
    key = chosen.key or os.environ.get("DEVICE_KEY", "")
    instrument = Instrument(chosen.code.upper(), key, topic=settings.mqtt_topic)
    message, answered = _message(chosen), True
    for _ in range(chosen.times):
        if chosen.mqtt:
            said = await instrument.publish(settings.mqtt_url, message)
            print(json.dumps(said, ensure_ascii=False) if said else "no answer")
            answered = answered and said is not None
        else:
            address = chosen.url or settings.own_address()
            status, said = await instrument.post(address, message)
            print(status, json.dumps(said, ensure_ascii=False))
    return 0 if answered else 1


def _message(chosen: argparse.Namespace) -> dict[str, Any]:
    at = chosen.at or clock.now().astimezone(clock.SHANGHAI)
    number = chosen.number or uuid4().hex[:12]
    more: dict[str, Any] = {"unit": chosen.unit} if chosen.unit else {}
    if chosen.card:
        more["patient"] = {"card": chosen.card}
    if chosen.pressure:
        high, low = map(float, chosen.pressure.split("/"))
        return pressure(number, at, high, low, **more)
    if chosen.meal:
        more["meal"] = chosen.meal
    return glucose(number, at, chosen.glucose, **more)
