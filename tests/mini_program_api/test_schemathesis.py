"""Schemathesis on the whole document: no 5xx, and no answer that the document does not name.

Its engine makes calls that fit the schema and calls that do not, at the limits and at random, with
a fixed seed. Ids of real appointments, slots and patients are among its words, so that it gets
behind the doors.
"""

import asyncio
import copy
from collections import Counter
from typing import Any, Final

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.engine.events import EngineEvent, FatalError, NonFatalError, ScenarioFinished

from app.demo import people as demo
from mini_program_api.border import BASE
from mini_program_api.routes.document import document
from tests.booking.conftest import at, new_schedule, new_slot
from tests.care.encounter.conftest import diagnosed, paper, request_for
from tests.plumbing.databases import on_postgres

CHECKS: Final = {
    # A fitting body may still be refused: a checksum, an age, a code that was never given.
    "positive_data_acceptance": {
        "expected-statuses": ["2xx", "304", "400", "401", "403", "404", "409", "410", "422", "503"]
    },
}
ENDS_ACCOUNT: Final = {"mp_sign_out", "mp_close_account"}


def settings(address: str, token: str) -> schemathesis.Config:
    """What the engine does."""
    return schemathesis.Config.from_dict(
        {
            "seed": 4,
            "base-url": address + BASE,
            "headers": {"Authorization": f"Bearer {token}"},
            "continue-on-failure": True,
            "checks": CHECKS,
            "generation": {
                "max-examples": 3 if on_postgres() else 6,
                "no-shrink": True,
                "deterministic": True,
                "database": "none",
            },
            "phases": {"stateful": {"enabled": False}},
        }
    )


def exemplified(examples: dict[str, Any]) -> dict[str, Any]:
    """The document with values that mean something here: `path id` and bodies by operation."""
    found = copy.deepcopy(document())
    for path, methods in found["paths"].items():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                key = f"{path.split('/')[1]} {parameter['name']}"
                if key in examples and operation["operationId"] != "mp_remove_patient":
                    parameter["example"] = examples[key]
            if operation["operationId"] in examples:
                body = operation["requestBody"]["content"]["application/json"]
                body["example"] = examples[operation["operationId"]]
    return found


def run(found: dict[str, Any], config: schemathesis.Config, *, only: bool) -> list[EngineEvent]:
    """Run the engine to its end; with `only` the operations that end a session."""
    schema = schemathesis.openapi.from_dict(found, config=config)
    names = sorted(ENDS_ACCOUNT)
    schema = schema.include(operation_id=names) if only else schema.exclude(operation_id=names)
    return list(engine.from_schema(schema).execute())


def findings(events: list[EngineEvent]) -> list[str]:
    """What was found, each kind once for each operation."""
    found: dict[str, str] = {}
    for event in events:
        if isinstance(event, (FatalError, NonFatalError)):
            found[repr(event)] = str(getattr(event, "exception", event))
        if not isinstance(event, ScenarioFinished):
            continue
        for case_id, checks in event.recorder.checks.items():
            for check in checks:
                if check.failure_info is None:
                    continue
                key = f"{event.label}: {check.name}"
                case = event.recorder.cases[case_id].value
                failure = check.failure_info.failure
                found.setdefault(key, f"{key}\n{failure.message}\n{case.as_curl_command()[:600]}")
    return list(found.values())


def answers(events: list[EngineEvent]) -> Counter[tuple[str, int]]:
    """Which operation answered what, how often."""
    finished = [event for event in events if isinstance(event, ScenarioFinished)]
    return Counter(
        (event.label, exchange.response.status_code)
        for event in finished
        for exchange in event.recorder.interactions.values()
        if exchange.response is not None
    )


@pytest.fixture
async def open_house(build_house: Any) -> Any:
    """A house without limits to speak of."""
    many = 1_000_000
    return await build_house(
        api_calls_per_minute=many,
        api_writes_per_minute=many,
        api_people_per_hour=many,
        api_address_per_minute=many,
        api_sign_ins_per_minute=many,
    )


@pytest.fixture
async def house(open_house: Any) -> Any:
    """For the phones."""
    return open_house


async def test_schemathesis_finds_no_accident_and_no_undocumented_answer(phone, house, clock):
    paid = await new_schedule(fee_fen=1500)
    free = await new_schedule("county2", department="endocrinology")
    slots = [await new_slot(paid, at(3, hour), places=50) for hour in (9, 10)]
    slots.append(await new_slot(free, at(4, 9), places=50))
    await new_slot(free, at(5, 9), remaining=0)
    li = await phone("li", add="李秀英")
    made = [
        (await li.post("/appointments", {"slot_id": str(slot.id), "patient_id": li.patient_id}))
        for slot in (slots[0], slots[2])
    ]
    wish = {"schedule_id": str(free.id), "day": "2026-11-05", "patient_id": li.patient_id}
    joined = await li.post("/waiting-wishes", wish)
    assert joined.status == 201
    await diagnosed(li.patient_id)
    doctor = await house.signed_in("county1")
    await doctor.post("/visits/shift", {"password": demo.PASSWORD, "walk_ins": "1"})
    visit = await request_for(li, li.patient_id)
    asked = await li.post("/encounters", visit)
    assert asked.status == 201, asked.body
    mine = {"patient_id": li.patient_id}
    examples = {
        "appointments id": made[0].body["id"],
        "encounters id": asked.body["id"],
        "encounters seq": "1",
        "patients id": li.patient_id,
        "waiting-wishes id": joined.body["id"],
        "slots practitioner_id": str(paid.practitioner_id),
        "slots date": "2026-11-03",
        "schedule-days practitioner_id": str(paid.practitioner_id),
        "organizations near": "35.5,118.4",
        "search words": "头痛",
        "mp_ask_visit": visit,
        "mp_add_evidence": paper(),
        "mp_book": {"slot_id": str(slots[1].id), **mine},
        "mp_join_line": wish,
        "mp_sign_in": {"code": "demo-wang"},
        "mp_remedy": {"choice": "move", "slot_id": str(slots[1].id)},
        "mp_lose_card": {"reason": "丢了"},
    }
    config = settings(house.address, li.token)
    events = await asyncio.to_thread(run, exemplified(examples), config, only=False)
    found = findings(events)
    other = await phone("zhang")
    config = settings(house.address, other.token)
    found += findings(await asyncio.to_thread(run, exemplified(examples), config, only=True))
    assert not found, f"{len(found)} findings:\n\n" + "\n\n".join(found)
    assert sum(answers(events).values()) > 100  # a busy machine makes fewer in the time there is
    assert {  # it was behind the doors
        ("GET /appointments/{id}", 200),
        ("GET /encounters/{id}", 200),
        ("GET /slots", 200),
        ("POST /session", 201),
        ("POST /patients/{id}/health-card", 201),
    } <= set(answers(events))
