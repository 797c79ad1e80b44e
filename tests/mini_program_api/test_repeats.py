"""What stays in the house of an answer, so that a repeat can be given the same."""

import json
from typing import Any

from core import clock, db, idempotency
from tests.mini_program_api.conftest import NewPhone
from tests.mini_program_api.phones import id_number


async def test_nothing_of_a_new_patient_lies_open_beside_the_key(phone: NewPhone) -> None:
    guiying = await phone("guiying")
    number = id_number("19600312", 402)
    entry = {
        "name": "王桂英",
        "id_number": number,
        "phone": "13800001234",
        "relation": "self",
        "consents": await guiying.consents(),
    }
    first = await guiying.post("/patients", entry, key="k")
    again = await guiying.post("/patients", entry, key="k")
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert first.body["name"] == "王桂英"
    rows = await db.fetch("SELECT * FROM core_idempotent_answer")
    kept = json.dumps([dict(row) for row in rows], default=str, ensure_ascii=False)
    seen = [*first.body.values(), number, "13800001234", "王桂英"]
    told = [str(one) for one in seen if isinstance(one, str) and len(one) > 6]
    assert rows
    assert not [one for one in ["王桂英", *told] if one in kept]


async def test_after_a_crash_the_same_act_waits_for_seconds_and_goes_on(phone: NewPhone) -> None:
    """A process was killed between taking the key and answering; what it did was rolled back."""
    guiying = await phone("guiying")
    entry: dict[str, Any] = {"name": "王桂英", "id_number": id_number("19600312", 402)}
    entry |= {"relation": "self", "consents": await guiying.consents()}
    await guiying.post("/patients", entry, key="k")
    await guiying.delete("/patients/" + (await guiying.get("/patients")).body["items"][0]["id"])
    left_behind = idempotency.IdempotentAnswer.all()
    await left_behind.update(status=0, body="", lease="of the dead one", at=clock.now())
    waits = await guiying.post("/patients", entry, key="k")
    assert (waits.status, waits.code, waits.headers["Retry-After"]) == (409, "still_running", "2")
    await left_behind.update(at=clock.now() - idempotency.LEASE * 1.1)
    assert (await guiying.post("/patients", entry, key="k")).status == 201
