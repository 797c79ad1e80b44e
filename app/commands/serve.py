"""Serve everything on this machine: web process and media node, restarted when they die."""

import argparse
import asyncio
import socket
import sys

from app.settings import Settings
from app.supervisor import supervise

DEMO_LOGINS = (
    ("village1 village2", "村医"),
    ("township1", "乡镇卫生院医生"),
    ("county1", "县医院心内科"),
    ("county2", "县医院内分泌科"),
    ("pharmacist1 pharmacist2", "药师"),
    ("stock1", "药库管理员"),
    ("driver1", "送药员"),
    ("team1 nurse1", "家庭医生团队"),
    ("scheduler1", "门诊办公室"),
    ("supervisor1", "县卫健局(只读)"),
    ("admin1", "管理员"),
)


def options(parser: argparse.ArgumentParser) -> None:
    """No options; everything is a setting."""


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Run until told to stop. A port that is taken is said at once, not tried for ever."""
    if taken := _taken(settings.host, settings.port):
        print(
            f"doorstep: port {settings.port} on {settings.host} cannot be used ({taken}). "
            "Stop the program that has it, or set PORT.",
            file=sys.stderr,
        )
        return 1
    print(f"Doorstep is at {settings.base_url}", flush=True)
    if settings.demo:
        print("Demo logins (password doorstep-demo):")
        for names, what in DEMO_LOGINS:
            print(f"  {names:24} {what}", flush=True)
    return asyncio.run(supervise(settings))


def _taken(host: str, port: int) -> str:
    """Why nobody could listen there just now; empty when somebody can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            return problem.strerror or str(problem)
    return ""
