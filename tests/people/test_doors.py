"""Every page of `people`, with every role and a stranger."""

from uuid import uuid4

import pytest

from app.demo.people import LOGINS
from core import doors
from core.audit import AuditEvent
from people.actor import Role
from people.routes import ROUTES
from tests.plumbing.house import SEED, form_token

EVERYBODY = {login.username for login in LOGINS}
CLINICAL = {
    login.username
    for login in LOGINS
    if login.username.startswith(("village", "township", "county", "team", "nurse"))
}
READERS = CLINICAL | {"pharmacist1", "pharmacist2"}
TABLE = {
    "/login": EVERYBODY,
    "/sessions": EVERYBODY,
    "/password": EVERYBODY,
    "/reauthentication": EVERYBODY,
    "/patients": READERS,
    "/patients/new": CLINICAL | {"scheduler1"},
    "/patients/emergency": CLINICAL,
    "/emergency-accesses": {"admin1", "supervisor1"},
    "/patients/suspects": {"admin1"},
    "/account-desk": CLINICAL | {"scheduler1"},
    "/card-alerts": {"admin1"},
    "/partners": {"admin1"},
    "/partners/new": {"admin1"},
    "/staff": {"admin1"},
    "/staff/new": {"admin1"},
}
STRANGER_MAY = {"/login", "/password"}  # the latter leads to /login by itself


@pytest.mark.parametrize("username", sorted(EVERYBODY))
async def test_each_role_opens_its_pages_and_no_other(house, username):
    visitor = await house.signed_in(username)
    for path, allowed in TABLE.items():
        answer = await visitor.get(path)
        opened = answer.status in (200, 303)
        assert opened is (username in allowed), (path, answer.status)
        assert opened or answer.status == 403


async def test_a_stranger_is_led_to_the_sign_in_page(house):
    visitor = await house.visitor()
    for path in set(TABLE) - STRANGER_MAY:
        answer = await visitor.get(path)
        assert (answer.status, answer.headers["Location"]) == (303, f"/login?next={path}"), path


@pytest.mark.parametrize("username", ["village2", "county1", "pharmacist1", "admin1", "scheduler1"])
async def test_a_foreign_patient_and_a_missing_one_answer_alike(house, resident, username):
    patient = await resident()
    visitor = await house.signed_in(username)
    for page in ("contact", "disclosure"):
        answers = []
        for patient_id in (patient.id, uuid4()):
            answer = await visitor.get(
                f"/patients/{patient_id}/{page}", headers={"Accept": "application/json"}
            )
            body = await answer.json()
            answers.append((answer.status, body["code"], body["detail"]))
        assert answers[0] == answers[1]
        assert answers[0][0] in (403, 404)
    assert await AuditEvent.filter(outcome="refused").count() == 4


def test_every_route_says_who_may_knock():
    for table in ROUTES:
        for route in table:
            door = doors.door_of(route.handler)
            assert door, route
            assert door <= {*(role.value for role in Role), doors.ANYONE, doors.ANY_STAFF}, route


async def test_a_route_without_a_mark_opens_for_nobody(house):
    visitor = await house.signed_in("admin1")
    route = next(r for r in house.app.router.routes() if r.resource.canonical == "/patients")
    mark = route.handler.__door__
    del route.handler.__door__
    try:
        answer = await visitor.get("/patients", headers={"Accept": "application/json"})
        assert (answer.status, (await answer.json())["code"]) == (403, "no_door")
    finally:
        route.handler.__door__ = mark


async def test_a_page_that_does_not_exist_says_so_to_anybody(house):
    answer = await (await house.visitor()).get("/no-such-page")
    assert answer.status == 404


async def test_a_write_needs_the_token_of_the_page(house):
    visitor = await house.signed_in("village1")
    for fields in ({"csrf_token": ""}, {"csrf_token": "x" * 64}):
        answer = await visitor.post("/sessions/end-others", fields)
        assert answer.status == 403
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert (await visitor.post("/sessions/end-others", headers=headers)).status == 403
    headers = {"Origin": "https://evil.example"}
    assert (await visitor.post("/sessions/end-others", headers=headers)).status == 403
    assert (await visitor.post("/sessions/end-others")).status == 303


async def test_signing_in_needs_no_token_but_one_of_our_pages(house):
    visitor = await house.signed_in("village1")  # an old cookie is no hindrance
    fields = {"csrf_token": "", "username": "village1", "password": "doorstep-demo"}
    assert (await visitor.post("/login", fields)).status == 303
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert (await visitor.post("/login", fields, headers=headers)).status == 403


async def test_the_form_carries_the_token(house):
    page = await (await (await house.visitor()).get("/login")).text()
    assert SEED not in page
    assert f'name="csrf_token" value="{form_token()}"' in page
