"""`python -m app turn-check` against a real coturn: what works, and the words for what does not."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from tests.plumbing.coturn import SECRET, Coturn, new_coturn, running
from tests.plumbing.keys import FIELD_KEY, SECRET_KEY
from tests.plumbing.rooms import SECRET as MEDIA_SECRET
from tests.plumbing.rooms import Rooms
from tests.plumbing.servers import free_port


class Check:
    """The command, run as an operator runs it."""

    def __init__(self, coturn: Coturn, folder: Path, nodes: str = "") -> None:
        self.environment = {
            "SECRET_KEY": SECRET_KEY,
            "FIELD_KEY": FIELD_KEY,
            "DATA_DIR": str(folder / "var"),
            "MEDIA_NODES": nodes,
            "MEDIA_SECRET": MEDIA_SECRET,
            "TURN_SECRET": SECRET,
            "SSL_CERT_FILE": str(coturn.authority.file),
        }

    async def __call__(self, urls: str, **environment: str) -> tuple[int, str]:
        """Exit status and output."""
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "app", "turn-check"],
            env={**os.environ, **self.environment, "TURN_URLS": urls, **environment},
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await asyncio.wait_for(process.communicate(), 90)
        return process.returncode or 0, out.decode()


@pytest.fixture
def check(coturn: Coturn, tmp_path: Path) -> Check:
    return Check(coturn, tmp_path)


@pytest.mark.one_database
async def test_every_way_to_the_media_node_is_tried(
    coturn: Coturn, rooms: Rooms, tmp_path: Path
) -> None:
    node = await rooms.start_node()
    check = Check(coturn, tmp_path, nodes=node.url)
    urls = [coturn.urls(), coturn.url("tls", "::1")]
    status, said = await check(",".join(urls))
    assert status == 0, said
    assert said.count("数据经中继到视频节点再回来") == 4, said
    assert said.count("127.0.0.1 (IPv4)") == 3
    assert said.count("::1 (IPv6)") == 1
    assert said.count("证书还有 6 天,快到期了") == 2
    assert "0 个不通" in said
    assert "提示" not in said
    await rooms.until_seats(node, 0)


async def test_without_a_node_the_relay_speaks_to_itself(coturn: Coturn, check: Check) -> None:
    status, said = await check(coturn.urls("udp", "tcp"))
    assert status == 0, said
    assert said.count("数据经中继到中继自己再回来") == 2
    assert "没有视频节点可问" in said
    assert "提示:没有配置 TLS" in said


async def test_a_node_that_was_configured_has_to_answer(coturn: Coturn, tmp_path: Path) -> None:
    check = Check(coturn, tmp_path, nodes=f"http://127.0.0.1:{free_port()}")
    status, said = await check(coturn.urls("udp"))
    assert status == 1
    assert "连不上视频节点" in said


async def test_each_fault_has_its_own_words(coturn: Coturn, check: Check) -> None:
    closed = free_port()
    urls = {
        f"turn:127.0.0.1:{closed}?transport=udp": "对方拒绝连接",
        f"turn:127.0.0.1:{closed}?transport=tcp": "对方拒绝连接",
        "turn:no..where:3478?transport=udp": "域名解析不到地址",
        "turn;127.0.0.1": "地址写错了",
        f"turns:127.0.0.2:{coturn.tls_port}?transport=tcp": "对方拒绝连接",
        coturn.url("tcp"): "数据经中继",
    }
    status, said = await check(",".join(urls))
    assert status == 1
    lines = said.splitlines()
    for url, words in urls.items():
        assert words in lines[lines.index(url) + 1], said
    assert "试了 6 个地址,5 个不通" in said


async def test_a_wrong_secret_is_told_from_a_wrong_clock(coturn: Coturn, check: Check) -> None:
    status, said = await check(coturn.urls("udp"), TURN_SECRET="another secret")
    assert status == 1
    assert "密钥不对" in said
    # coturn takes its time from the machine: let the credentials be old instead of it being fast
    fast = await _with_a_slow_clock(check, coturn.urls("udp"))
    assert "时钟不对" in fast


async def _with_a_slow_clock(check: Check, urls: str) -> str:
    """The command on a machine whose clock is an hour slow, as a sitecustomize would make it."""
    program = (
        "import sys, datetime; from core import clock; from app.__main__ import main\n"
        "real = clock.now\n"
        "with clock.set_clock(lambda: datetime.datetime.now(datetime.UTC)"
        " - datetime.timedelta(hours=1)):\n"
        "    sys.exit(main(['turn-check']))\n"
    )
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-c", program],
        env={**os.environ, **check.environment, "TURN_URLS": urls},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode == 1
    return out.decode()


@pytest.fixture
async def bad_certificate(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Coturn]:
    """A relay whose certificate has a fault: {names, days}."""
    folder = tmp_path / "bad"
    folder.mkdir()
    relay = new_coturn(folder)
    names, days = request.param
    relay.certificate = relay.authority.issue(folder, *names, days=days)
    async with running(relay):
        yield relay


@pytest.mark.parametrize(
    ("bad_certificate", "words"),
    [
        ((["127.0.0.1"], -2), "证书已过期"),
        ((["somebody.example"], 7), "证书不是发给 127.0.0.1 的"),
    ],
    indirect=["bad_certificate"],
)
async def test_a_bad_certificate_is_named(
    bad_certificate: Coturn, tmp_path: Path, words: str
) -> None:
    status, said = await Check(bad_certificate, tmp_path)(bad_certificate.urls("tls", "tcp"))
    assert status == 1
    assert words in said, said
    assert "1 个不通" in said


async def test_a_certificate_of_nobody_is_refused(coturn: Coturn, check: Check) -> None:
    status, said = await check(coturn.urls("tls"), SSL_CERT_FILE=os.devnull)
    assert status == 1
    assert "证书不被信任" in said


async def test_silence_is_a_time_out(check: Check) -> None:
    """Something that takes packets and never answers, as behind a firewall."""
    loop = asyncio.get_running_loop()
    hole, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
    )
    port = hole.get_extra_info("sockname")[1]
    began = clock.now()
    status, said = await check(f"turn:127.0.0.1:{port}?transport=udp")
    hole.close()
    assert status == 1
    assert f"防火墙没有放行 UDP {port}" in said
    assert clock.now() - began < timedelta(seconds=60)


async def test_nothing_configured_is_a_fault(check: Check) -> None:
    status, said = await check("")
    assert status == 1
    assert "没有配置中继" in said
