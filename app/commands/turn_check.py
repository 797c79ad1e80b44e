"""Try every relay (TURN) as a browser would, and say in plain words what works.

For each address of each server in TURN_URLS: a relay with the credentials of today, packets through
it to the media node and back. Run it on the server, and once from a clinic's network (with
TURN_URLS and TURN_SECRET set, and without a media node), because firewalls differ.
"""

import argparse
import asyncio
import functools
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import aiohttp

from app.local_node import LocalNode
from app.settings import Settings
from core import clock
from core.errors import Problem
from rtc.nodes import MediaNode
from rtc.turn import Relays
from rtc.turn_check import Finding, NodeDoor, check, node_door
from rtc.turn_client import Cause, RelayProblem, RelayUrl

say: Final = functools.partial(print, flush=True)  # a check takes seconds, and is watched
NODE_WAIT_S: Final = 5.0
EXPIRES_SOON_DAYS: Final = 14

WHY: Final = {
    Cause.URL: "地址写错了。应当像 turn:主机:3478?transport=udp 或 turns:主机:443?transport=tcp",
    Cause.DNS: "域名解析不到地址。请检查域名是否写对,以及 DNS 记录",
    Cause.NO_ROUTE: "从这台机器没有到那里的路。请检查网络和路由",
    Cause.REFUSED: "对方拒绝连接。中继没有启动,或端口不对",
    Cause.TIMEOUT: "连接超时,没有任何回应。多半是防火墙没有放行 {port}",
    Cause.CERTIFICATE_EXPIRED: "证书已过期。请更新证书(中继会自己重新读取)",
    Cause.CERTIFICATE_EARLY: "证书还没有生效。请检查这台机器的时钟",
    Cause.CERTIFICATE_NAME: "证书不是发给 {host} 的。请为这个名字申请证书,或改 TURN_URLS",
    Cause.CERTIFICATE_UNTRUSTED: "证书不被信任,浏览器也会拒绝。请用公认机构的证书,并带上中间证书",
    Cause.TLS: "这个端口不是 TLS。请检查端口,以及中继有没有装上证书",
    Cause.UNAUTHORIZED: "中继不接受凭证",
    Cause.SECRET: "密钥不对:TURN_SECRET 与中继的 static-auth-secret 不一致",
    Cause.CLOCK: "时钟不对:中继认为凭证已过期。请校准两台机器的时钟(NTP)",
    Cause.QUOTA: "中继的名额已满(user-quota 或 total-quota)",
    Cause.PEER_FORBIDDEN: "中继不许转发到视频节点。请把节点的地址加到 TURN_PEERS(allowed-peer-ip)",
    Cause.ANSWER: "回应不像 TURN 中继。请检查端口后面是不是别的程序",
    Cause.NO_DATA: "能连上中继,但数据到不了视频节点。请检查中继到节点 UDP 端口之间的防火墙",
}
TRANSPORTS: Final = {
    "udp": "UDP(turn:…?transport=udp)",
    "tcp": "TCP(turn:…?transport=tcp),只许 TCP 的网络就进不来",
    "tls": "TLS(turns:…:443?transport=tcp),只许网页的网络就进不来",
}


def options(parser: argparse.ArgumentParser) -> None:
    """Which servers."""
    parser.add_argument("urls", nargs="*", metavar="URL", help="instead of those of TURN_URLS")


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """0 when every address works, 1 when one is broken or none is configured."""
    relays = settings.relays()
    urls = chosen.urls or relays.urls
    if not urls or not relays.secret:
        say("没有配置中继:请设置 TURN_URLS 和 TURN_SECRET。挡住 UDP 的网络现在进不来。")
        return 1
    return asyncio.run(_check(settings, relays, urls))


async def _check(settings: Settings, relays: Relays, urls: Sequence[str]) -> int:
    logging.getLogger("aioice").setLevel(logging.WARNING)
    minutes = relays.lifetime.total_seconds() / 60
    now = clock.now().astimezone(clock.SHANGHAI)
    say(f"检查中继,{now:%Y-%m-%d %H:%M},凭证有效 {minutes:.0f} 分钟")
    node_broken, findings = False, []
    async with _door(settings) as (door, complaint):
        if complaint:
            say(complaint)
            node_broken = bool(settings.media_nodes)
        for url in urls:
            say(url)
            found = await check(relays, url, door)
            for finding in found:
                say(f"  {_sentence(finding)}")
            findings.append(found)
    _advise(urls)
    broken = [f for found in findings for f in found if _broken(f, found)]
    tried = sum(len(found) for found in findings)
    say(f"结论:试了 {tried} 个地址,{len(broken)} 个不通。")
    return 1 if broken or node_broken else 0


def _broken(finding: Finding, found: Sequence[Finding]) -> bool:
    """A machine without IPv6 cannot try it, which says nothing about the relay."""
    return finding.cause is not None and not (
        _untried(finding) and any(other.cause is None for other in found)
    )


def _untried(finding: Finding) -> bool:
    return finding.cause == Cause.NO_ROUTE and finding.family == "IPv6"


def _sentence(finding: Finding) -> str:
    where = f"{finding.address} ({finding.family})" if finding.address else finding.url.host
    if finding.cause is not None:
        if _untried(finding):
            return f"未试  {where}:这台机器没有 IPv6。"
        port = f"{'UDP' if finding.url.transport == 'udp' else 'TCP'} {finding.url.port}"
        why = WHY[finding.cause].format(port=port, host=finding.url.host)
        said = f" [{finding.said}]" if finding.said else ""
        return f"不通  {where}:{why}。{said}"
    parts = [_went(finding), f"视频节点看到的中继地址是 {finding.relayed_family}"]
    if finding.certificate_ends is not None:
        days = (finding.certificate_ends - clock.now()).days
        soon = ",快到期了,请更新" if days < EXPIRES_SOON_DAYS else ""
        parts.append(f"证书还有 {days} 天{soon}")
    return f"通    {where}:{';'.join(parts)}。"


def _went(finding: Finding) -> str:
    took = f"往返 {max(1, round(finding.round_trip_ms or 0))} 毫秒"
    match finding.forwarded:
        case "node":
            return f"数据经中继到视频节点再回来,{took}"
        case "itself":
            return f"数据经中继到中继自己再回来,{took};到视频节点没有试"
    return "能取得中继;到视频节点没有试"


def _advise(urls: Sequence[str]) -> None:
    have = set()
    for url in urls:
        with suppress(RelayProblem):
            have.add(RelayUrl.parse(url).transport)
    for transport, words in TRANSPORTS.items():
        if transport not in have:
            say(f"提示:没有配置 {words}。")


class _Deaf:
    """Listens to nothing that a node says by itself."""

    async def pushed(self, node: MediaNode, push: Any) -> None:
        """Nothing."""

    async def came(self, node: MediaNode) -> None:
        """Nothing."""

    async def lost(self, node: MediaNode) -> None:
        """Nothing."""


@asynccontextmanager
async def _door(settings: Settings) -> AsyncIterator[tuple[NodeDoor | None, str]]:
    """The first media node that answers, and what is to be said when there is none."""
    urls = [part.strip() for part in settings.media_nodes.split(",") if part.strip()]
    if not urls:
        local = await LocalNode.find(settings)
        urls = [local.url] if local.pid else []
    if not urls:
        yield None, "没有视频节点可问:只检查中继本身。"
        return
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(connect=3)) as http:
        for url in urls:
            node = MediaNode(url, settings.control_secret(), _Deaf())
            living = asyncio.create_task(node.run(http))
            try:
                if await _came(node):
                    async with node_door(node) as door:
                        yield door, ""
                        return
            finally:
                living.cancel()
                await asyncio.gather(living, return_exceptions=True)
    yield None, "连不上视频节点(MEDIA_NODES、MEDIA_SECRET):只检查中继本身。"


async def _came(node: MediaNode) -> bool:
    with suppress(TimeoutError, Problem):
        async with asyncio.timeout(NODE_WAIT_S):
            while not node.connected:  # noqa: ASYNC110  (it has no event to wait for)
                await asyncio.sleep(0.02)
            return True
    return False
