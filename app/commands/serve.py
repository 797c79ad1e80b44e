"""Serve everything on this machine: web process and media node, restarted when they die."""

import argparse
import asyncio

from app.settings import Settings
from app.supervisor import supervise

DEMO_LOGINS = (
    ("village1 village2", "村医"),
    ("township1", "乡镇卫生院医生"),
    ("county1", "县医院心内科"),
    ("county2", "县医院内分泌科"),
    ("pharmacist1 pharmacist2", "药师"),
    ("team1 nurse1", "家庭医生团队"),
    ("scheduler1", "门诊办公室"),
    ("supervisor1", "县卫健局(只读)"),
    ("admin1", "管理员"),
)


def options(parser: argparse.ArgumentParser) -> None:
    """No options; everything is a setting."""


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Run until told to stop."""
    print(f"Doorstep is at {settings.base_url}", flush=True)
    if settings.demo:
        print("Demo logins (password doorstep-demo):")
        for names, what in DEMO_LOGINS:
            print(f"  {names:24} {what}", flush=True)
    return asyncio.run(supervise(settings))
