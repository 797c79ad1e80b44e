"""Settings of a media node, from environment variables that start with MEDIA_."""

import ipaddress
import secrets
import socket
from pathlib import Path
from typing import Annotated, Self

import ifaddr
from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """`public_ip` lists the addresses told to browsers; empty means this host's own addresses."""

    model_config = SettingsConfigDict(env_prefix="MEDIA_", extra="ignore")

    node: str = Field(default_factory=lambda: f"{socket.gethostname()}-{secrets.token_hex(2)}")
    udp_port: int = Field(default=0, ge=0, le=65535)
    public_ip: Annotated[tuple[str, ...], NoDecode] = ()
    control_host: str = "127.0.0.1"
    control_port: int = Field(default=8300, ge=0, le=65535)
    secret: str = ""
    secret_file: Path | None = None
    recordings: Path = Path("var/recordings")
    video_bitrate: int = Field(default=1_500_000, ge=100_000)  # bit/s a publisher may send at most
    gather_ms: int = Field(default=1, ge=0, le=10)  # how long a busy node gathers packets; 0: never
    nice: int = Field(default=-5, ge=-20, le=19)  # priority of forwarding; below 0 only for root
    faults: bool = False  # obey `fault` calls: for demos and tests alone
    connect_timeout: float = 20.0  # s from a peer connection's creation to its first media key
    answer_timeout: float = 60.0  # s a first subscribe offer may wait for its answer
    interrupted_after: float = 4.0  # s without a packet
    peer_timeout: float = 20.0  # s without a packet after which a peer connection is closed
    seat_timeout: float = 900.0  # s a seat is kept with neither media nor a call

    @field_validator("public_ip", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("public_ip")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ipaddress.ip_address(part)) for part in value)

    @model_validator(mode="after")
    def _read_secret(self) -> Self:
        if self.secret_file is not None:
            self.secret = self.secret_file.read_text().strip()
        if len(self.secret) < 16:
            raise ValueError("set MEDIA_SECRET (or MEDIA_SECRET_FILE) to at least 16 characters")
        return self

    def addresses(self) -> tuple[str, ...]:
        """Addresses for ICE candidates, best first."""
        return self.public_ip or host_addresses()


def host_addresses() -> tuple[str, ...]:
    """This host's unicast addresses and loopback, without link-local ones."""
    found: list[str] = []
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            text = ip.ip if isinstance(ip.ip, str) else ip.ip[0]
            address = ipaddress.ip_address(text.partition("%")[0])
            if not address.is_link_local and str(address) != "::1":
                found.append(str(address))
    order = sorted(set(found), key=lambda text: (text == "127.0.0.1", ":" in text, text))
    return tuple(order) or ("127.0.0.1",)
