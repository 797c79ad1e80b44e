"""监管细则: the person is checked again before what binds, and how is kept."""

from dataclasses import replace

import pytest

from core import clock as time
from core.errors import Invalid
from people import rechecks
from tests.people.test_second_factor import DEMO_PASSWORD, code, enrolled, strict
from tests.plumbing.actors import actor

__all__ = ["strict"]


async def test_jianguan_xize_an_old_check_is_renewed_with_all_the_house_asks_for(strict, clock):
    secret = await enrolled("county1")
    doctor = await actor("county1")
    same, recent = await rechecks.before_signing(doctor, device="Chrome")
    assert (same, recent.method, recent.at) == (doctor, "password", doctor.reauthenticated_at)
    clock.move(minutes=16)
    for password, typed in (("", ""), ("not-the-password-1", code(secret)), (DEMO_PASSWORD, "0")):
        with pytest.raises(Invalid):
            await rechecks.before_signing(doctor, password, typed)
    renewed, found = await rechecks.before_signing(
        doctor, DEMO_PASSWORD, code(secret), device="Chrome"
    )
    assert renewed == replace(doctor, reauthenticated_at=found.at)
    assert (found.method, found.at, found.device) == ("password+totp", time.now(), "Chrome")
