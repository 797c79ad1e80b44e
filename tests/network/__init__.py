"""Rooms over bad lines: real hosts, real Chromium, real packets that come late or never."""
