"""The node: its rooms, its socket, and what happens some times a second."""

import asyncio
import logging
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rtc import signals
from rtc.media import faults, rtcp
from rtc.media.background import in_background
from rtc.media.identity import Identity
from rtc.media.mux import UdpMux
from rtc.media.producer import Producer
from rtc.media.recording import Recording, recover
from rtc.media.room import Push, Refused, Room
from rtc.media.settings import Settings

log = logging.getLogger(__name__)

TICK = 0.1  # s
MEASURE_TICKS = 2  # bitrates and what waits for a key frame
REPORT_TICKS = 10  # receiver reports and REMB every second
LOAD_INTERVAL = 2.0  # s


class Node:
    """Everything between the control channel and the wire. Needs a running loop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.started_at = time.time()
        self.mux = UdpMux(settings.udp_port, settings.gather_ms / 1000)
        self.addresses = settings.addresses()
        self.rooms: dict[str, Room] = {}
        self._identity = Identity()
        self._writer = ThreadPoolExecutor(
            1, thread_name_prefix="recordings", initializer=_step_back
        )
        self._recordings: dict[str, tuple[Recording, Push]] = {}  # by room
        self._unheard: list[signals.Recorded] = []
        self._recovering = asyncio.create_task(self._recover())
        self._ticks = 0
        self._ticking = asyncio.create_task(self._tick_forever())
        self._load_from = (time.monotonic(), 0, time.process_time())
        self.load = signals.Load(rooms=0, seats=0, packets_s=0, cpu=0)

    def hello(self) -> signals.Hello:
        """Who this node is."""
        return signals.Hello(
            node=self.settings.node,
            udp_addresses=[
                f"[{ip}]:{self.mux.port}" if ":" in ip else f"{ip}:{self.mux.port}"
                for ip in self.addresses
            ],
            started_at=self.started_at,
        )

    async def close(self) -> None:
        """End all rooms, close all files and free the port."""
        self._ticking.cancel()
        self._recovering.cancel()
        for name in list(self._recordings):
            await self._stop_recording(name)
        for name in list(self.rooms):
            self.close_room(name)
        await asyncio.sleep(0)  # closing connections say goodbye
        self.mux.outbox.flush()
        self.mux.close()
        self._writer.shutdown()

    # -- calls

    async def call(self, call: signals.AnyCall, push: Push) -> signals.Reply:
        """Do what an app process asks. Raises Refused."""
        match call:
            case signals.Enter():
                return self._enter(call, push)
            case signals.Publish():
                room = self._room(call.room)
                text = room.publish(call, push)
                return signals.Published(re=call.id, sdp=text, codec=room.codec)
            case signals.Answer():
                self._room(call.room).answer(call, push)
            case signals.Leave():
                self._leave(call)
            case signals.Close():
                self.close_room(call.room)
            case signals.Fault():
                allowed = self.settings.faults
                struck = faults.strike(call, self.rooms.values(), allowed=allowed)
                return signals.Struck(re=call.id, streams=struck)
            case signals.Stats():
                return self._stats(call)
            case signals.Record():
                files = await self._record(call, push)
                return signals.Files(re=call.id, files=files)
        return signals.Reply(re=call.id)

    def _room(self, name: str) -> Room:
        room = self.rooms.get(name)
        if room is None:
            raise Refused("unknown_room", f"no room {name} on this node")
        return room

    def _enter(self, call: signals.Enter, push: Push) -> signals.Entered:
        room = self.rooms.get(call.room)
        if room is None:
            room = Room(call.room, self.mux, self._identity, self.addresses)
            self.rooms[call.room] = room
            log.info("room opened", extra={"room": call.room})
        return room.enter(call, push)

    def _leave(self, call: signals.Leave) -> None:
        room = self.rooms.get(call.room)
        if room is not None:
            room.leave(call)
            if not room.seats:
                self.close_room(call.room)

    def close_room(self, name: str) -> None:
        """End a room, if it is there."""
        room = self.rooms.pop(name, None)
        if room is not None:
            if name in self._recordings:
                in_background(self._stop_recording(name))
            room.close()
            log.info("room closed", extra={"room": name})

    # -- recordings

    async def _record(self, call: signals.Record, push: Push) -> list[signals.RecordedFile]:
        running = self._recordings.get(call.room)
        if not call.on:
            if running is None or running[0].name != call.recording:
                raise Refused("not_recording", f"{call.recording} is not running")
            return await self._stop_recording(call.room)
        room = self._room(call.room)
        if running is not None:
            if running[0].name != call.recording:
                raise Refused("recording_failed", f"{running[0].name} is running in this room")
            self._recordings[call.room] = (running[0], push)
            return []
        recording = Recording(call.room, call.recording, self.settings.recordings, self._writer)
        try:
            recording.start()
        except OSError as why:
            raise Refused("recording_failed", f"cannot write: {why.strerror}") from why
        room.tape = recording
        recording.follow(room.producers)
        self.mux.outbox.flush()
        self._recordings[call.room] = (recording, push)
        log.info("recording", extra={"room": call.room, "recording": call.recording})
        return []

    async def _stop_recording(self, name: str) -> list[signals.RecordedFile]:
        running = self._recordings.pop(name, None)
        if running is None:
            return []
        recording, push = running
        room = self.rooms.get(name)
        if room is not None:
            room.tape = None
        files = await recording.stop()
        self._tell(signals.Recorded(room=name, recording=recording.name, files=files), push)
        return files

    def _tell(self, recorded: signals.Recorded, push: Push) -> None:
        if not push(recorded):
            self._unheard.append(recorded)

    async def _recover(self) -> None:
        loop = asyncio.get_running_loop()
        self._unheard += await loop.run_in_executor(self._writer, recover, self.settings.recordings)

    def catch_up(self, push: Push) -> None:
        """Tell a new app process of recordings that ended unheard."""
        unheard, self._unheard = self._unheard, []
        for recorded in unheard:
            self._tell(recorded, push)

    # -- time

    async def _tick_forever(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                self._tick()
            except Exception:
                log.exception("the ticker stumbled")

    def _tick(self) -> None:
        self._ticks += 1
        self.mux.look_at_clock()
        now = self.mux.now
        self.mux.measure()
        reporting = self._ticks % REPORT_TICKS == 0
        settings = self.settings
        measuring = self._ticks % MEASURE_TICKS == 0
        for layer in list(self.mux.asking):
            layer.ask_again(now)
        for room in list(self.rooms.values()):
            for seat in room.seats.values():
                if seat.publication is None:
                    continue
                peer = seat.publication.peer
                peer.send_feedback()
                if measuring:
                    for producer in seat.publication.producers:
                        producer.tick(now)
                if reporting and peer.active:
                    packets = rtcp.receiver_report(peer, settings.video_bitrate, now)
                    if packets:
                        peer.send_rtcp(*packets)
            room.adapt(now)
            if reporting:
                room.watch(
                    now,
                    interrupted_after=settings.interrupted_after,
                    peer_timeout=settings.peer_timeout,
                    connect_timeout=settings.connect_timeout,
                    seat_timeout=settings.seat_timeout,
                    answer_timeout=settings.answer_timeout,
                )
                self._limit(room)
                if not room.seats:
                    self.close_room(room.name)
        if reporting:
            self.mux.strangers.refill()
            self.mux.tidying.tick(now, idle=not self.rooms)
        for recording, _ in self._recordings.values():
            recording.collect()
        self.mux.outbox.flush()
        if now - self._load_from[0] >= LOAD_INTERVAL:
            self._measure_load(now)

    @staticmethod
    def _limit(room: Room) -> None:
        """Let allowances come back; an excess is told once for each peer and kind."""
        for seat in room.seats.values():
            for peer in seat.peers:
                peer.limits.refill()
                for kind in peer.limits.news():
                    log.warning(
                        "a participant exceeds what browsers do: limited",
                        extra={
                            "room": room.name,
                            "seat": seat.name,
                            "side": peer.side,
                            "kind": kind,
                        },
                    )

    def _measure_load(self, now: float) -> None:
        since, packets_then, cpu_then = self._load_from
        packets, cpu = self.mux.received + self.mux.outbox.sent, time.process_time()
        self._load_from = (now, packets, cpu)
        self.load = signals.Load(
            rooms=len(self.rooms),
            seats=sum(len(room.seats) for room in self.rooms.values()),
            packets_s=round((packets - packets_then) / (now - since), 1),
            cpu=round((cpu - cpu_then) / (now - since), 3),
        )

    # -- stats

    def census(self) -> dict[str, int]:
        """How many there are of everything that comes and goes."""
        return {
            "rooms": len(self.rooms),
            "seats": sum(len(room.seats) for room in self.rooms.values()),
            "recordings": len(self._recordings),
            "unheard": len(self._unheard),
            "tasks": len(asyncio.all_tasks()),
            **self.mux.census(),
        }

    def _stats(self, call: signals.Stats) -> signals.StatsReply:
        mux, outbox = self.mux, self.mux.outbox
        rooms = [self._room(call.room)] if call.room is not None else self.rooms.values()
        return signals.StatsReply(
            re=call.id,
            node={
                "pid": os.getpid(),
                "received": mux.received,
                "sent": outbox.sent,
                "receive_dropped": mux.dropped,
                "send_dropped": outbox.dropped,
                "send_calls": outbox.calls,
                "wakeups": mux.wakeups,
                "longest_tidying_s": round(mux.tidying.longest, 4),
                "rate": round(mux.rate, 1),
                "refused": dict(mux.counts),
                "cpu_s": time.process_time(),
                "census": self.census(),
                "blocks": sys.getallocatedblocks(),
            },
            rooms=[_room_stats(room) for room in rooms],
        )


def _step_back() -> None:
    """A thread that writes files has time: forwarding goes first (setpriority(2) is per thread)."""
    os.setpriority(os.PRIO_PROCESS, 0, max(os.getpriority(os.PRIO_PROCESS, 0), 5))


def _room_stats(room: Room) -> dict[str, Any]:
    return {
        "room": room.name,
        "codec": room.codec,
        "seats": [
            {
                "seat": seat.name,
                "publish": seat.publication.peer.state if seat.publication else None,
                "subscribe": seat.subscription.peer.state if seat.subscription else None,
                "tracks": [_track_stats(producer) for producer in seat.producers],
            }
            for seat in room.seats.values()
        ],
    }


def _track_stats(producer: Producer) -> dict[str, Any]:
    return {
        "source": producer.source,
        "codec": producer.codec.name,
        "received": producer.received,
        "octets": sum(layer.octets for layer in producer.layers),
        "duplicates": sum(layer.duplicates for layer in producer.layers),
        "missing": producer.missing,
        "layers": [
            {"rid": layer.rid, "bitrate": round(layer.bitrate), "receivers": len(layer.followers)}
            for layer in producer.layers
        ],
        "receivers": [
            {
                "line": round(sink.peer.line.estimate),
                "lost": round(sink.fraction_lost, 3),
                "retransmitted": sink.retransmitted,
                "rid": sink.layer.rid if sink.layer is not None else None,
            }
            for sink in producer.consumers
        ],
    }
