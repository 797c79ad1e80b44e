"""Messages by MQTT: one subscriber with a session that the broker keeps, so that nothing is lost
while we are away.

A message is acknowledged only after it is stored; until then the broker brings it again. The broker
is not trusted: what counts is the signature inside. Only one subscriber may run, because the broker
parts two of the same name.

A device that storms does not hold the others up: what is over its limit is stored and acknowledged,
and understood later by the fact of its coming.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

import aiomqtt
import structlog

from core.limits import Counter
from devices import envelope, receiving, understanding
from devices.schemas import answer_to
from devices.states import MessageStatus

log = structlog.get_logger(__name__)

NAME: Final = "doorstep-devices"
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 60.0
QOS: Final = 1


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is (`mqtt[s]://user:password@host:port`), and what our topics begin with."""

    url: str
    topic: str = "doorstep"

    def client(self) -> aiomqtt.Client:
        """A connection whose messages are acknowledged by us."""
        parts = urlsplit(self.url)
        secure = parts.scheme == "mqtts"
        made = aiomqtt.Client(
            parts.hostname or "127.0.0.1",
            parts.port or (8883 if secure else 1883),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            identifier=NAME,
            clean_session=False,
            tls_params=aiomqtt.TLSParameters() if secure else None,
        )
        made._client.manual_ack_set(True)  # aiomqtt 2 has no word for it
        return made


async def listen(
    broker: Broker, counter: Counter, listening: Callable[[], object] = lambda: None
) -> None:
    """Listen until cancelled; a broker that is away is tried again, ever more rarely. `listening`
    is told each time that it begins."""
    dice, wait = random.Random(), FIRST_WAIT_S  # noqa: S311  (only spreads the tries)
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await _session(broker, counter, listening)
        except aiomqtt.MqttError as problem:
            log.warning("mqtt_away", why=type(problem).__name__, retry_in_s=round(wait, 1))
        except Exception:  # the message was not stored: the broker brings it again
            log.exception("mqtt_message_not_stored", retry_in_s=round(wait, 1))
        if asyncio.get_running_loop().time() - began > LONGEST_WAIT_S:
            wait = FIRST_WAIT_S
        await asyncio.sleep(wait * dice.uniform(0.5, 1))
        wait = min(2 * wait, LONGEST_WAIT_S)


async def _session(broker: Broker, counter: Counter, listening: Callable[[], object]) -> None:
    async with broker.client() as client:
        await client.subscribe(f"{broker.topic}/devices/+/messages", qos=QOS)
        log.info("mqtt_listening")
        listening()
        async for message in client.messages:
            await _take(broker, client, counter, message)


async def _take(
    broker: Broker, client: aiomqtt.Client, counter: Counter, message: aiomqtt.Message
) -> None:
    topic = message.topic.value
    code = topic.split("/")[-2].upper()
    payload = bytes(message.payload) if isinstance(message.payload, (bytes, bytearray)) else b""
    row = await receiving.keep(envelope.from_mqtt(code, topic, payload), counter)
    if message.qos:
        client._client.ack(message.mid, message.qos)  # stored: the broker may forget it
    if row is None or row.device_id is None:
        return
    waits = row.status is MessageStatus.RECEIVED and await receiving.storms(row, counter)
    answer = answer_to(row if waits else await understanding.understood(row))
    await client.publish(
        f"{broker.topic}/devices/{row.code}/answers", answer.model_dump_json(), qos=QOS
    )
