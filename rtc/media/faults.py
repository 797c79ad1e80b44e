"""Faults on demand, for demos and tests: what a room does when a node or a layer is gone."""

import asyncio
import os
from collections.abc import Iterable

from rtc import signals
from rtc.media.layer import Layer
from rtc.media.room import Refused, Room

EXIT_STATUS = 70
LAST_WORD_S = 0.05  # for the answer to leave


def strike(call: signals.Fault, rooms: Iterable[Room], *, allowed: bool) -> int:
    """Do it; how many streams it concerns. Raises Refused."""
    if not allowed:
        raise Refused("not_allowed", "MEDIA_FAULTS is not set")
    loop = asyncio.get_running_loop()
    if call.what == "die":
        loop.call_later(LAST_WORD_S, os._exit, EXIT_STATUS)
        return 0
    layers = [
        layer
        for room in rooms
        for producer in room.producers
        for layer in producer.layers
        if layer.rid == call.layer
    ]
    for layer in layers:
        _deafen(layer)
        loop.call_later(call.seconds, _mend, layer)
    return len(layers)


def _deafen(layer: Layer) -> None:
    vars(layer)["receive"] = lambda *_: None  # before the method of its class


def _mend(layer: Layer) -> None:
    vars(layer).pop("receive", None)
