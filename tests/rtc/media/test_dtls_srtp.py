"""The private names of aiortc and pylibsrtp that the node stands on: loud when they move."""

import inspect
import os
import struct

import pylibsrtp
import pytest
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsTransport
from cffi import FFI
from pylibsrtp import Policy, Session
from pylibsrtp._binding import ffi as their_ffi
from pylibsrtp._binding import lib

from rtc.media.dtls_srtp import Srtp, srtp

ffi = FFI()


class Ice:
    role = "controlled"


def test_aiortc_keeps_the_names() -> None:
    transport = RTCDtlsTransport(Ice(), [RTCCertificate.generateCertificate()])
    for name in ("_rx_srtp", "_tx_srtp", "_set_role", "_recv_next"):
        assert hasattr(transport, name), f"aiortc moved {name}: see rtc/media/dtls_srtp.py"
    assert transport.state == "new"
    source = inspect.getsource(RTCDtlsTransport)
    for name in ("self.transport._recv()", "self.transport._send(", "self._rx_srtp = Session("):
        assert name in source, f"aiortc no longer does {name}: see rtc/media/dtls_srtp.py"


def test_pylibsrtp_keeps_the_names() -> None:
    session = Session(policy(Policy.SSRC_ANY_OUTBOUND, os.urandom(30)))
    assert their_ffi.typeof(session._srtp[0]) is their_ffi.typeof("srtp_t")
    signature = "int(*)(srtp_t, void *, int *)"
    for name in ("srtp_protect", "srtp_unprotect", "srtp_protect_rtcp", "srtp_unprotect_rtcp"):
        kind = their_ffi.typeof(getattr(lib, name))
        assert len(kind.args) == 3, f"pylibsrtp changed {name}, expected {signature}"
    assert srtp.fast
    assert hasattr(pylibsrtp, "Error")


def policy(kind: int, key: bytes) -> Policy:
    made = Policy(key=key, ssrc_type=kind, srtp_profile=Policy.SRTP_PROFILE_AES128_CM_SHA1_80)
    made.allow_repeat_tx = True
    return made


@pytest.mark.parametrize("functions", [srtp, Srtp(None)], ids=["binding", "sessions"])
def test_both_ways_to_seal_are_understood_by_libsrtp(functions: Srtp) -> None:
    key = os.urandom(30)
    tx = Session(policy(Policy.SSRC_ANY_OUTBOUND, key))
    rx = Session(policy(Policy.SSRC_ANY_INBOUND, key))
    packet = struct.pack("!BBHLL", 0x80, 96, 7, 1000, 42) + b"payload" * 50
    data, length = ffi.new("char[]", 2048), ffi.new("int *", len(packet))
    ffi.buffer(data)[0 : len(packet)] = packet
    assert functions.protect(functions.key(tx), data, length) == 0
    sealed = ffi.buffer(data, length[0])[:]
    assert rx.unprotect(sealed) == packet

    again = Session(policy(Policy.SSRC_ANY_INBOUND, key))
    assert functions.unprotect(functions.key(again), data, length) == 0
    assert ffi.buffer(data, length[0])[:] == packet
    length[0] = len(sealed)
    ffi.buffer(data)[0 : len(sealed)] = sealed[:-1] + bytes([sealed[-1] ^ 1])
    assert functions.unprotect(functions.key(again), data, length) != 0


@pytest.mark.parametrize("functions", [srtp, Srtp(None)], ids=["binding", "sessions"])
def test_both_ways_do_rtcp(functions: Srtp) -> None:
    key = os.urandom(30)
    tx = Session(policy(Policy.SSRC_ANY_OUTBOUND, key))
    rx = Session(policy(Policy.SSRC_ANY_INBOUND, key))
    packet = struct.pack("!BBHL", 0x80, 201, 1, 42)
    data, length = ffi.new("char[]", 2048), ffi.new("int *", len(packet))
    ffi.buffer(data)[0 : len(packet)] = packet
    assert functions.protect_rtcp(functions.key(tx), data, length) == 0
    assert functions.unprotect_rtcp(functions.key(rx), data, length) == 0
    assert ffi.buffer(data, length[0])[:] == packet
