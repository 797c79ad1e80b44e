"""Every route of this room, knocked at by every role and by a stranger.

`ROLES` is the whole truth about the outer doors; a route that is missing here fails. The inner
door (which consultation) is tried by people who pass the outer one.
"""

from uuid import uuid4

import pytest

from care.teleconsultation.models import Consultation, Seat, Step
from care.teleconsultation.routes import ROUTES
from care.teleconsultation.states import Status
from core import csrf
from core.audit import AuditEvent
from core.doors import door_of
from people.actor import Role
from tests.care.teleconsultation.conftest import OPINION, words_of
from tests.plumbing.house import form_token

VILLAGE, TOWNSHIP, SPECIALIST = Role.VILLAGE_DOCTOR, Role.TOWNSHIP_DOCTOR, Role.SPECIALIST
DOCTORS = {VILLAGE, TOWNSHIP, SPECIALIST}
WATCHED = DOCTORS | {Role.SUPERVISOR}

ROLES = {
    "clinic_home": {VILLAGE, TOWNSHIP},
    "clinic_work": {VILLAGE, TOWNSHIP},
    "consultations": DOCTORS,
    "consultation_rows": DOCTORS,
    "overseen_consultations": {Role.SUPERVISOR},
    "overseen_rows": {Role.SUPERVISOR},
    "new_consultation": DOCTORS,
    "begin_consultation": DOCTORS,
    "consultation_request": DOCTORS,
    "save_consultation_draft": DOCTORS,
    "consultation_checklist": DOCTORS,
    "check_consultation_request": DOCTORS,
    "review_consultation": DOCTORS,
    "submit_consultation": DOCTORS,
    "discard_consultation": DOCTORS,
    "consultation": WATCHED,
    "consultation_progress": WATCHED,
    "consultation_report": DOCTORS,
    "accept_consultation": DOCTORS,
    "decline_consultation": DOCTORS,
    "redirect_consultation": DOCTORS,
    "request_material": DOCTORS,
    "provide_material": DOCTORS,
    "schedule_consultation": DOCTORS,
    "cancel_consultation": DOCTORS,
    "abort_consultation": DOCTORS,
    "refer_consultation": DOCTORS,
    "invite_doctor": DOCTORS,
    "end_consultation": DOCTORS,
    "read_consultation": DOCTORS,
    "release_expert": DOCTORS,
    "desk": {SPECIALIST},
    "desk_work": {SPECIALIST},
    "consult_calendar": {SPECIALIST},
    "add_consult_hours": {SPECIALIST},
    "remove_consult_hours": {SPECIALIST},
    "device_check": WATCHED,
    "consult_room": WATCHED,
    "room_ticket": WATCHED,
    "opinion": DOCTORS,
    "opinion_panel": DOCTORS,
    "save_opinion_draft": DOCTORS,
    "sign_opinion": DOCTORS,
    "co_sign_opinion": DOCTORS,
    "save_decision_draft": DOCTORS,
    "decide_consultation": DOCTORS,
    "new_phone_call": DOCTORS,
    "log_phone_call": DOCTORS,
    "show_phone_number": DOCTORS,
    "roster": WATCHED | {Role.SCHEDULER, Role.ADMIN},
    "add_shift": {Role.SCHEDULER, Role.ADMIN},
    "remove_shift": {Role.SCHEDULER, Role.ADMIN},
}
LOGINS = {
    "village2": VILLAGE,
    "township1": TOWNSHIP,
    "county2": SPECIALIST,
    "pharmacist1": Role.PHARMACIST,
    "nurse1": Role.NURSE,
    "scheduler1": Role.SCHEDULER,
    "supervisor1": Role.SUPERVISOR,
    "admin1": Role.ADMIN,
}
ABOUT_ONE = [r for table in ROUTES for r in table if "{id}" in r.path and "consultations" in r.path]
FIELDS = {
    **OPINION,
    "reason": "没有资格的人来试",
    "text": "没有资格的人来试",
    "answer": "没有资格的人来试",
    "to": "县医院",
    "time": "2026-11-03T14:00",
    "doctor": str(uuid4()),
    "adoption": "full",
    "plan": "随访",
}


def address(route, consultation_id):
    path = route.path.replace("{id}", str(consultation_id)).replace("{expert}", str(uuid4()))
    return path.replace("{which:opinion|joint-opinion}", "opinion")


def named(routes):
    return [pytest.param(route, id=route.kwargs["name"]) for route in routes]


async def knock(visitor, route, consultation_id):
    """What a route answers: the status, and what a person reads."""
    path = address(route, consultation_id)
    if route.method == "GET":
        answer = await visitor.get(path)
    elif route.kwargs["name"] == "room_ticket":
        headers = {csrf.HEADER: form_token(), "Accept": "text/html"}
        answer = await visitor.client.post(path, headers=headers, allow_redirects=False)
    else:
        answer = await visitor.post(path, FIELDS)
    return answer


def test_the_table_names_every_route():
    found = {r.kwargs["name"]: set(door_of(r.handler)) for table in ROUTES for r in table}
    assert found == ROLES


@pytest.mark.parametrize("route", named(r for table in ROUTES for r in table))
async def test_a_stranger_is_sent_to_the_sign_in(house, route):
    visitor = await house.visitor()
    answer = await knock(visitor, route, uuid4())
    assert answer.status in (303, 401, 403), await answer.text()
    if answer.status == 303:
        assert answer.headers["Location"].startswith("/login")


async def test_every_role_at_every_route(story):
    consultation_id = await story.ask()
    before = await _trace(consultation_id)
    wrong = []
    for username, role in LOGINS.items():
        visitor = await story.person(username)
        for route in (r for table in ROUTES for r in table):
            name = route.kwargs["name"]
            answer = await knock(visitor, route, consultation_id)
            if role not in ROLES[name] and answer.status != 403:
                wrong.append((username, name, answer.status))
            if answer.status >= 500:
                wrong.append((username, name, answer.status))
    assert wrong == []
    assert await _trace(consultation_id) == before, "nobody moved anything"


async def _trace(consultation_id):
    row = await Consultation.get(id=consultation_id)
    seats = await Seat.filter(consultation_id=consultation_id).values("asked_id", "taken_by_id")
    return row.status, seats, await Step.filter(consultation_id=consultation_id).count()


@pytest.mark.parametrize("username", ["village2", "township1", "county2"])
async def test_for_doctors_outside_it_does_not_exist(story, username):
    """The answer to a foreign consultation and to one that never was is the same."""
    consultation_id = await story.ask()
    visitor = await story.person(username)
    for route in ABOUT_ONE:
        foreign = await knock(visitor, route, consultation_id)
        unknown = await knock(visitor, route, uuid4())
        assert foreign.status == unknown.status == 404, (route.path, foreign.status)
        assert _said(await foreign.text()) == _said(await unknown.text())
    assert await story.status(consultation_id) == Status.SUBMITTED


def _said(html):
    """The page without its number for the telephone."""
    return words_of(html).split("编号")[0]


async def test_the_inviters_steps_are_hers_alone(story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    reason = {"reason": "我不是发起医生"}
    for path, fields in {
        "cancellation": reason,
        "referral": reason | {"to": "别处"},
        "material": {"answer": "别人来答"},
        "decision": FIELDS,
    }.items():
        answer = await story.post("county1", f"{here}/{path}", fields)
        assert answer.status in (403, 409), (path, answer.status)
    assert await story.status(consultation_id) == Status.ACCEPTED


async def test_the_experts_steps_are_theirs_alone(story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    for username in ("village1", "county4"):
        for path in ("material-request", "opinion", "joint-opinion/co-signature", "acceptance"):
            answer = await story.post(username, f"{here}/{path}", FIELDS)
            assert answer.status in (403, 409), (username, path, answer.status)
    assert await story.status(consultation_id) == Status.ACCEPTED


async def test_before_acceptance_the_desk_sees_no_name_and_no_record(story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    for username in ("county1", "county4", "county3"):
        for path in (here, f"{here}/progress", "/desk", "/desk/work"):
            page = await story.read(username, path)
            assert "王秀兰" not in page
            assert "530102" not in page
            assert "冠心病待查" not in page
        for path in ("room", "device-check", "opinion", "report"):
            answer = await story.get(username, f"{here}/{path}")
            assert answer.status in (403, 404), path
        assert (await story.ticket(username, consultation_id)).status == 403


async def test_the_bureau_sees_the_process_and_not_the_patient(story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    await story.do("county1", f"{here}/material-request", {"text": "请补肌钙蛋白化验"})
    for path in ("/oversight/consultations", here, f"{here}/progress"):
        page = await story.read("supervisor1", path)
        for secret in ("王秀兰", "530102", "胸闷", "冠心病", "肌钙蛋白"):
            assert secret not in page, (path, secret)
    assert "等发起医生补资料" in await story.read("supervisor1", "/oversight/consultations")
    opened = AuditEvent.filter(action="consultation.open", account_name="高建平")
    assert await opened.count() == 1


async def test_a_draft_is_its_authors_alone(story):
    consultation_id = await story.draft()
    for username in ("township1", "county1", "supervisor1", "village2"):
        answer = await story.get(username, f"/consultations/{consultation_id}")
        assert answer.status == 404
    foreign = await story.post("village2", "/consultations", {"patient_id": str(story.patient.id)})
    assert foreign.status == 404, "a patient of another clinic"


async def test_who_left_has_left(story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    await story.do(
        "county1", f"{here}/redirection", {"specialty": "endocrinology", "reason": "血糖问题"}
    )
    page = await story.read("county1", here)
    assert "王秀兰" not in page
    assert (await story.ticket("county1", consultation_id)).status == 403
