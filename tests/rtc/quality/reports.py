"""Reports of browsers for tests."""

from typing import Any
from uuid import UUID

from rtc.quality.schemas import Quality


def said(**more: Any) -> dict[str, Any]:
    """What a browser with a good line says of five seconds."""
    return {
        "seconds": 5,
        "path": "direct",
        "protocol": "udp",
        "rtt_ms": 40,
        "sent": {
            "packets": 600,
            "lost": 0,
            "kbps": 820,
            "jitter_ms": 3,
            "width": 640,
            "height": 360,
            "fps": 25,
            "codec": "VP8",
        },
        "heard": [heard(2)],
        "down_kbps": 830,
        **more,
    }


def heard(seat: int, *, lost: int = 0, concealed: float = 0.0, **picture: Any) -> dict[str, Any]:
    """What came from somebody."""
    return {
        "seat": str(UUID(int=seat)),
        "voice": {
            "packets": 250 - lost,
            "lost": lost,
            "jitter_ms": 4,
            "buffer_ms": 45,
            "concealed": concealed,
        },
        "picture": {
            "packets": 400,
            "lost": 0,
            "kbps": 780,
            "fps": 25,
            "width": 640,
            "height": 360,
            "codec": "VP8",
            "freezes": 0,
            "frozen_s": 0,
            **picture,
        },
    }


def report(**more: Any) -> Quality:
    """The same, checked."""
    return Quality.model_validate(said(**more))
