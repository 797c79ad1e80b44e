"""Which of a peer's addresses the node speaks to."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from aioice import stun
from aiortc.rtcdtlstransport import RTCCertificate
from OpenSSL import SSL

from rtc.media.identity import Identity
from rtc.media.node import Node
from rtc.media.peer import Peer


@pytest.fixture
def addresses(node: Node) -> Iterator[list[socket.socket]]:
    """Two candidates of one browser."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for sock in sockets:
        sock.setblocking(False)
        sock.connect(("127.0.0.1", node.mux.port))
    yield sockets
    for sock in sockets:
        sock.close()


async def _check(sock: socket.socket, peer: Peer) -> None:
    """An ordinary check that nominates nothing, and the node's answer to it."""
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = f"{peer.ufrag}:browser"
    request.attributes["PRIORITY"] = 1
    request.attributes["ICE-CONTROLLING"] = 1
    request.add_message_integrity(peer.password)
    sock.send(bytes(request))
    answer = stun.parse_message(await _received(sock))
    assert answer.message_class == stun.Class.RESPONSE


async def _received(sock: socket.socket) -> bytes:
    return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(sock, 2048), 2)


async def test_the_handshake_is_answered_where_it_came_from(
    node: Node, addresses: list[socket.socket]
) -> None:
    """A browser checks several pairs and shakes hands on the first that works for it, before it
    nominates one. An answer on another pair costs a retransmission of DTLS: a whole second."""
    first, second = addresses
    peer = Peer(node.mux, Identity(), "publish", lambda *_: None)
    peer.expect(RTCCertificate.generateCertificate().getFingerprints(), "browser", "server")
    await _check(first, peer)
    await _check(second, peer)

    client = SSL.Connection(SSL.Context(SSL.DTLS_METHOD), None)
    client.set_connect_state()
    with pytest.raises(SSL.WantReadError):
        client.do_handshake()
    second.send(client.bio_read(2048))

    handshake = 22
    assert (await _received(second))[0] == handshake
    peer.close()
