"""A bad line is told from a good one, and blamed on nobody else."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.people import Person
from tests.browser.test_quality import note_reports, sample_of, until
from tests.plumbing.hosts import Village
from tests.plumbing.rooms import Rooms

pytestmark = pytest.mark.browser

BARS_MS = 60_000


async def test_fifteen_percent_lost_upwards_is_the_village_s_line(
    village: Village, village_rooms: Rooms, database: str, room_id: str
) -> None:
    await village_rooms.start_node()
    app = await village_rooms.start_app()
    weak, good = await village.clinic("shimen"), await village.clinic("liuhe")
    await weak.line.set(loss_up=0.15, delay_ms=40)
    zhou = await Person(await village.profile(weak), "zhou").open(app, room_id)
    chen = await Person(await village.profile(good), "chen").open(app, room_id)
    reports: list[list[dict[str, Any]]] = [[], []]
    for person, said in zip((zhou, chen), reports, strict=True):
        note_reports(person.page, said)
        await person.by("join").click()
    await zhou.sees(chen)
    await chen.sees(zhou)
    own = zhou.by("connection-quality")
    await expect(own).to_have_attribute("data-level", "1", timeout=BARS_MS)
    await expect(own).to_contain_text("声音会断断续续")
    await expect(chen.by("connection-quality")).to_have_attribute(
        "data-level", "4", timeout=BARS_MS
    )
    await until(lambda: all(len(said) > 5 for said in reports))
    for person in (zhou, chen):  # what the village lost is known when the township's is written
        await person.by("leave").click()
        await sample_of(room_id, person)
    mine, others = await sample_of(room_id, zhou), await sample_of(room_id, chen)
    assert mine.loss_up is not None
    assert 7 < mine.loss_up < 22
    assert mine.loss_down is not None
    assert mine.loss_down < 3
    assert mine.rtt_ms is not None
    assert mine.rtt_ms > 60
    assert mine.voice_score is not None
    assert mine.voice_score < 3.1
    assert others.loss_down is not None
    assert others.loss_down < 6, "the village's loss is not the township's"
    assert others.voice_score is not None
    assert others.voice_score > 3.6
