"""Rooms with real participants: who sees whom, and what stays when somebody goes."""

import asyncio
import random
from typing import Any

import pytest

from rtc.media.node import Node
from tests.rtc.media.conftest import MakeCaller, MakeParticipant
from tests.rtc.media.participants import Caller, CallFailed, Participant, Picture


async def test_three_publishers_see_and_hear_each_other(join: MakeParticipant) -> None:
    doctors = {seat: await join(seat) for seat in ("village", "township", "county")}
    for seat, doctor in doctors.items():
        for other in doctors.keys() - {seat}:
            await (await doctor.track(other, "camera")).more(10)
            await (await doctor.track(other, "microphone")).more(10)


async def test_h264_rooms_work_too(join: MakeParticipant, node: Node) -> None:
    one, two = await join("one", codec="H264"), await join("two", codec="H264")
    await (await one.track("two", "camera")).more(10)
    await (await two.track("one", "camera")).more(10)
    assert node.rooms["r1"].codec == "H264"


async def test_who_sends_vp8_is_asked_for_h264_when_somebody_needs_it(
    join: MakeParticipant, caller: Caller
) -> None:
    await join("modern")
    await join("old", publish=False, video=["H264"])
    asked = await caller.expect("republish", seat="modern")
    assert asked["codec"] == "H264"


async def test_an_observer_receives_and_may_not_send(join: MakeParticipant) -> None:
    await join("doctor")
    observer = await join("observer", publish=False, rights=["subscribe"])
    await (await observer.track("doctor", "camera")).more(5)
    with pytest.raises(CallFailed, match="not_allowed"):
        await observer.publish()


async def test_lines_are_reused_when_somebody_leaves_and_comes_back(join: MakeParticipant) -> None:
    stays = await join("stays", publish=False)
    goes = await join("goes")
    await (await stays.track("goes", "camera")).more(3)
    lines = stays.offers[-1]["sdp"].count("m=")
    revision = stays.offers[-1]["revision"]
    await goes.leave()
    offer = await stays.revision(revision + 1)
    assert offer["tracks"] == []
    assert offer["sdp"].count("a=inactive") == lines
    await join("goes", session="goes-2")
    await stays.revision(revision + 2)
    await (await stays.track("goes", "camera")).more(5)
    assert stays.offers[-1]["sdp"].count("m=") == lines
    assert stays.connection == 1


async def test_a_screen_comes_and_goes_as_a_third_line(join: MakeParticipant) -> None:
    doctor, sees = await join("doctor"), await join("sees", publish=False)
    await sees.track("doctor", "camera")
    assert doctor.publishing is not None
    screen = doctor.publishing.addTransceiver(Picture(), "sendonly")
    await doctor.offer(["microphone", "camera", "screen"])
    await (await sees.track("doctor", "screen")).more(5)
    await (await sees.track("doctor", "camera")).more(5)  # and the camera goes on
    revision = sees.offers[-1]["revision"]
    screen.direction = "inactive"
    await doctor.offer(["microphone", "camera", "screen"])
    offer = await sees.revision(revision + 1)
    assert {track["source"] for track in offer["tracks"]} == {"microphone", "camera"}


async def test_a_new_session_takes_the_seat(join: MakeParticipant, caller: Caller) -> None:
    old, sees = await join("doctor"), await join("sees", publish=False)
    await (await sees.track("doctor", "camera")).more(3)
    revision = sees.offers[-1]["revision"]
    new = await join("doctor", session="doctor-2")
    await caller.expect("replaced", seat="doctor", session="doctor-1")
    with pytest.raises(CallFailed, match="stale_session"):
        await old.publish()
    await caller.call("leave", **old.where)  # the old tab's good-bye must not empty the seat
    await sees.revision(revision + 1)
    await (await sees.track("doctor", "camera")).more(5)
    assert new.publishing is not None


async def test_the_same_session_resumes_and_keeps_its_media(join: MakeParticipant) -> None:
    doctor, sees = await join("doctor"), await join("sees", publish=False)
    camera = await sees.track("doctor", "camera")
    await camera.more(3)
    assert (await doctor.enter())["resumed"]
    await camera.more(5)


async def test_a_failed_subscription_is_made_anew_on_request(join: MakeParticipant) -> None:
    await join("doctor")
    sees = await join("sees", publish=False)
    await (await sees.track("doctor", "camera")).more(3)
    revision = sees.offers[-1]["revision"]
    await sees.enter(restart=True)
    offer = await sees.revision(revision + 1)
    assert offer["connection"] == 2
    await (await sees.track("doctor", "camera")).more(5)


async def test_an_answer_to_another_offer_changes_nothing(
    join: MakeParticipant, caller: Caller
) -> None:
    await join("doctor", camera=False)
    sees = await join("sees", publish=False)
    microphone = await sees.track("doctor", "microphone")
    for revision in (1, 99):
        with pytest.raises(CallFailed, match="stale_revision"):
            await caller.call("answer", **sees.where, revision=revision, sdp="v=0")
    await microphone.more(5)


@pytest.mark.parametrize("text", ["nonsense", "v=0\r\ns=-\r\n", "m=audio 9 X 0\r\n"])
async def test_a_bad_offer_is_refused_and_the_old_one_stays(
    join: MakeParticipant, caller: Caller, text: str
) -> None:
    doctor, sees = await join("doctor", camera=False), await join("sees", publish=False)
    microphone = await sees.track("doctor", "microphone")
    with pytest.raises(CallFailed, match="bad_sdp"):
        await caller.call("publish", **doctor.where, sdp=text, sources={})
    assert doctor.publishing is not None
    with pytest.raises(CallFailed, match="bad_sdp"):
        await caller.call(
            "publish",
            **doctor.where,
            sdp=doctor.publishing.localDescription.sdp,
            sources={"0": "camera"},  # it is an audio line
        )
    await microphone.more(5)


class Nat(asyncio.DatagramProtocol):
    """A translator in front of one client; `rebind` gives it another public port."""

    def __init__(self, node: int) -> None:
        self.node = ("127.0.0.1", node)
        self.inside: dict[tuple[str, int], asyncio.DatagramTransport] = {}
        self.open: list[asyncio.DatagramTransport] = []

    async def start(self) -> int:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        self.open.append(self.transport)
        port: int = self.transport.get_extra_info("sockname")[1]
        return port

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr in self.inside:
            self.inside[addr].sendto(data, self.node)
        else:
            self.inside[addr] = None  # type: ignore[assignment]
            self._tasks = [asyncio.ensure_future(self.rebind(addr))]

    async def rebind(self, addr: tuple[str, int]) -> None:
        outer = self

        class Outside(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, _: Any) -> None:
                if outer.inside.get(addr) is transport:
                    outer.transport.sendto(data, addr)

        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Outside, local_addr=("127.0.0.1", 0))
        self.open.append(transport)
        self.inside[addr] = transport

    def close(self) -> None:
        for transport in self.open:
            transport.close()


async def test_a_participant_whose_address_changes_is_followed(
    join: MakeParticipant, node: Node
) -> None:
    sees = await join("sees", publish=False)
    doctor = await join("doctor", publish=False)
    nat = Nat(node.mux.port)
    doctor.seen_at = (node.mux.port, await nat.start())
    await doctor.publish()
    camera = await sees.track("doctor", "camera")
    await camera.more(3)
    for addr in list(nat.inside):
        await nat.rebind(addr)
    await camera.more(40, within=20)  # two seconds: no wait for a new connection
    assert node.mux.counts["moved"] >= 1
    assert sees.connection == 1
    nat.close()


async def test_a_dead_peer_is_removed_and_its_seat_kept(
    join: MakeParticipant, node: Node, caller: Caller
) -> None:
    node.settings.interrupted_after, node.settings.peer_timeout = 1.0, 2.0
    sees = await join("sees", publish=False)
    doctor = await join("doctor", publish=False)
    nat = Nat(node.mux.port)
    doctor.seen_at = (node.mux.port, await nat.start())
    await doctor.publish(camera=False)
    await (await sees.track("doctor", "microphone")).more(3)
    revision = sees.offers[-1]["revision"]
    nat.close()  # the line is cut, and nobody says good-bye
    await caller.expect("media", seat="doctor", side="publish", state="interrupted")
    await caller.expect("media", seat="doctor", side="publish", state="closed")
    assert (await sees.revision(revision + 1))["tracks"] == []
    assert "doctor" in node.rooms["r1"].seats


async def test_a_browser_that_closes_is_noticed_at_once(
    join: MakeParticipant, caller: Caller
) -> None:
    doctor, sees = await join("doctor", camera=False), await join("sees", publish=False)
    await (await sees.track("doctor", "microphone")).more(3)
    await doctor.vanish()
    await caller.expect("media", within=3, seat="doctor", side="publish", state="closed")


async def test_an_abandoned_seat_and_its_room_go(
    join: MakeParticipant, node: Node, caller: Caller
) -> None:
    node.settings.seat_timeout = 0.5
    await join("idle", publish=False)
    async with asyncio.timeout(5):
        while node.rooms:
            await asyncio.sleep(0.1)


def lossy(who: Participant, share: float, rng: random.Random) -> None:
    """Lose a share of the media packets that a participant sends and receives."""
    assert who.publishing is not None
    assert who.subscribing is not None
    sending = who.publishing.getSenders()[0].transport.transport
    send = sending._send

    async def send_some(data: bytes) -> None:
        if data[0] < 128 or 192 <= data[1] < 224 or rng.random() >= share:
            await send(data)

    sending._send = send_some
    receiving = who.subscribing.getReceivers()[0].transport
    handle = receiving._handle_rtp_data

    async def handle_some(data: bytes, arrival_time_ms: int) -> None:
        if rng.random() >= share:
            await handle(data, arrival_time_ms)

    receiving._handle_rtp_data = handle_some


async def test_five_percent_loss_is_made_good(join: MakeParticipant, node: Node) -> None:
    one, two = await join("one"), await join("two")
    cameras = [await one.track("two", "camera"), await two.track("one", "camera")]
    for camera in cameras:
        await camera.more(3)
    for seed, who in enumerate((one, two)):
        lossy(who, 0.05, random.Random(seed))
    await asyncio.gather(*(camera.more(100, within=12) for camera in cameras))
    tracks = [t for seat in node.rooms["r1"].seats.values() for t in seat.producers if t.video]
    assert sum(sink.retransmitted for track in tracks for sink in track.consumers) > 0
    for track in tracks:
        (layer,) = track.layers
        expected = layer.highest - layer._base + 1
        assert expected - track.received <= 2  # at most what is being asked for just now


async def test_two_app_processes_share_a_room(
    make_caller: MakeCaller, join: MakeParticipant
) -> None:
    first, second = await make_caller(), await make_caller()
    one = await join("one", camera=False, via=first)
    two = await join("two", camera=False, via=second)
    await (await one.track("two", "microphone")).more(5)
    await (await two.track("one", "microphone")).more(5)
