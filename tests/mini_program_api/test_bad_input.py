"""What people, lines and strangers send that is wrong: each gets a sentence, nothing breaks."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from booking.models import Appointment, Slot
from core import clock as time
from core.audit import AuditEvent
from core.clock import SHANGHAI
from tests.booking.conftest import at, new_slot, sound
from tests.mini_program_api.phones import API, id_number

PROBLEM = "application/problem+json"


async def test_a_login_code_is_good_once(phone):
    li = await phone()
    code = (await li.call("POST", "/sandbox/wechat/codes", json={"name": "li"})).body["code"]
    assert (await li.post("/session", {"code": code}, key="")).status == 201
    again = await li.post("/session", {"code": code}, key="")
    assert (again.status, again.type) == (401, PROBLEM)
    assert again.headers["WWW-Authenticate"] == "Bearer"


DOCUMENTS = {
    "110105194912310021": "校验",  # the last sign is wrong
    id_number("19700231"): "出生日期不存在",
    id_number("20991231"): "今天之后",
    "12345": "18 位",
    "01010519491231002X": "地区",
}


async def test_an_impossible_document_is_named(phone):
    li = await phone("li")
    for number, said in DOCUMENTS.items():
        refused = await li.add("李秀英", number)
        assert (refused.status, refused.type, refused.fields) == (422, PROBLEM, {"id_number"})
        assert said in refused.body["errors"][0]["message"]


async def test_another_birth_date_than_the_documents_is_named(phone):
    li = await phone("li")
    refused = await li.add("李秀英", id_number("19680205", 2), birth_date="1968-02-06")
    assert (refused.status, refused.fields) == (422, {"birth_date"})


async def test_a_name_that_is_none_is_refused(phone):
    li = await phone("li")
    for name in ("张伟😀", "", "a\0b", "<b>张</b>", "张" * 61, "12"):
        refused = await li.add(name, id_number())
        assert (refused.status, refused.fields) == (422, {"name"}), name


async def test_a_rare_name_of_four_byte_characters_is_a_name(phone):
    added = await (await phone("li")).add("𠮷𫍽", id_number("19680205", 2))
    assert (added.status, added.body["name"]) == (201, "𠮷𫍽")


async def test_a_stranger_and_nobody_get_the_same_answer(phone, clinic):
    li, zhang = await phone("li", add="李秀英"), await phone("zhang", add="张建国")
    slot = str(clinic.nine.id)
    held = await li.post("/appointments", {"slot_id": slot, "patient_id": li.patient_id})
    one = held.body["id"]

    def same(first, second):
        told = [{k: v for k, v in x.body.items() if k != "request_id"} for x in (first, second)]
        assert (first.status, told[0]) == (404, told[1])

    for path in ("", "/health-card"):
        call = zhang.delete if not path else zhang.post
        same(
            await call(f"/patients/{li.patient_id}{path}"), await call(f"/patients/{uuid4()}{path}")
        )
    same(
        await zhang.post("/appointments", {"slot_id": slot, "patient_id": li.patient_id}),
        await zhang.post("/appointments", {"slot_id": slot, "patient_id": str(uuid4())}),
    )
    same(await zhang.get(f"/appointments/{one}"), await zhang.get(f"/appointments/{uuid4()}"))
    for verb in ("payment", "cancellation", "check-in", "payment-check"):
        path = "/appointments/{}/" + verb
        same(await zhang.post(path.format(one)), await zhang.post(path.format(uuid4())))
    assert (await zhang.get(f"/appointments?patient_id={li.patient_id}")).body["items"] == []
    refusals = await AuditEvent.filter(outcome="refused", account_id=zhang.account_id)
    assert len(refusals) >= 14
    assert f"Appointment/{one}" in {event.subject for event in refusals}
    assert (await Appointment.get(id=one)).status == "held"


async def test_a_repeated_key_answers_the_same_and_an_altered_one_is_refused(phone, clinic):
    li = await phone("li", add="李秀英")
    body = {"slot_id": str(clinic.nine.id), "patient_id": li.patient_id}
    first, again = [await li.post("/appointments", body, key="k1") for _ in range(2)]
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    altered = await li.post("/appointments", body | {"slot_id": str(clinic.ten.id)}, key="k1")
    assert (altered.status, altered.code) == (422, "idempotency_key_reused")
    none = await li.post("/appointments", body, key="")
    assert (none.status, none.code) == (400, "idempotency_key_missing")
    for key in ("k" * 201, "钥匙".encode().decode("latin-1")):
        refused = await li.post("/appointments", body, key=key)
        assert (refused.status, refused.code) == (400, "idempotency_key_malformed")
    assert await Appointment.all().count() == 1
    prepaid = [await li.post(f"/appointments/{first.body['id']}/payment") for _ in range(2)]
    assert prepaid[0].body["package"] == prepaid[1].body["package"]


async def test_the_same_key_of_two_accounts_is_two_acts(phone, clinic):
    for name, person in (("li", "李秀英"), ("zhang", "张建国")):
        one = await phone(name, add=person)
        body = {"slot_id": str(clinic.nine.id), "patient_id": one.patient_id}
        assert (await one.post("/appointments", body, key="same")).status == 201
    assert await Appointment.all().count() == 2


@pytest.mark.parametrize("same_key", [True, False])
async def test_ten_taps_at_once_are_one_appointment(phone, clinic, same_key):
    li = await phone("li", add="李秀英")
    body = {"slot_id": str(clinic.nine.id), "patient_id": li.patient_id}
    answers = await asyncio.gather(
        *(li.post("/appointments", body, key="tap" if same_key else f"tap{n}") for n in range(10))
    )
    assert {answer.status for answer in answers} <= {201, 409}
    made = [answer for answer in answers if answer.status == 201]
    assert len({answer.body["id"] for answer in made}) == 1
    assert same_key or len(made) == 1
    codes = {answer.code for answer in answers if answer.status == 409}
    assert codes <= {"still_running", "already_booked"}
    assert await Appointment.all().count() == 1
    assert (await Slot.get(id=clinic.nine.id)).remaining == 1
    await sound()


async def test_a_slot_of_the_past_full_or_unknown_is_refused(phone, clinic, clock):
    li = await phone("li", add="李秀英")
    past = await new_slot(clinic, at(2, 8))
    full = await new_slot(clinic, at(4, 9), remaining=0)
    expected = {str(past.id): (409, "slot_past"), str(full.id): (409, "slot_full")}
    expected[str(uuid4())] = (404, "slot_not_found")
    for slot_id, answer in expected.items():
        body = {"slot_id": slot_id, "patient_id": li.patient_id}
        refused = await li.post("/appointments", body)
        assert (refused.status, refused.code) == answer
        assert refused.body["detail"]


async def test_paying_after_the_hold_is_refused_before_money_moves(phone, clinic, clock):
    li = await phone("li", add="李秀英")
    body = {"slot_id": str(clinic.nine.id), "patient_id": li.patient_id}
    one = (await li.post("/appointments", body)).body["id"]
    clock.move(minutes=16)
    refused = await li.post(f"/appointments/{one}/payment")
    assert (refused.status, refused.code) == (409, "hold_over")


async def test_a_phone_with_a_wrong_clock_is_of_no_importance(phone, clinic, clock):
    li = await phone("li", add="李秀英")
    skewed = (time.now() - timedelta(hours=9)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    body = {"slot_id": str(clinic.nine.id), "patient_id": li.patient_id}
    held = await li.post("/appointments", body, headers={"Date": skewed})
    until = (time.now() + timedelta(minutes=15)).astimezone(SHANGHAI).isoformat()
    assert (held.status, held.body["hold_expires_at"]) == (201, until)
    assert held.headers["Date"]  # by which a phone may set its countdown


BODIES = {
    b"": 422,
    b"{": 400,
    b"[]": 422,
    b"null": 422,
    b"\xff\xfe\x00": 400,
    b'{"slot_id": "\xed\xa0\x80"}': 400,
    b'{"slot_id": "\\ud800", "patient_id": "x"}': 400,
    b'{"slot_id": 99999999999999999999999999999999999999, "patient_id": 1e400}': 422,
    b'{"slot_id": "\\u0000", "patient_id": "\\u0000"}': 422,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000: 400,
    b"[" * 60_000: 400,
    b'{"slot_id": true, "patient_id": {}, "confirmed": "x", "__proto__": {}}': 422,
    b'{"padding": "' + b"x" * 70_000 + b'"}': 413,
}


async def test_a_body_that_is_no_appointment_is_refused_in_words(phone, house):
    li = await phone("li")
    headers = {"Idempotency-Key": "x", "Content-Type": "application/json"}
    for raw, status in BODIES.items():
        refused = await li.call("POST", "/appointments", data=raw, headers=headers)
        assert (refused.status, refused.type) == (status, PROBLEM), raw[:40]
        assert refused.body["detail"]
        assert refused.body["code"]


async def test_a_body_of_unknown_size_is_cut_off_too(phone):
    async def pieces():
        for _ in range(20):
            yield b" " * 8_000

    li = await phone("li")
    headers = {"Idempotency-Key": "x", "Content-Type": "application/json"}
    refused = await li.call("POST", "/appointments", data=pieces(), headers=headers)
    assert (refused.status, refused.code) == (413, "body_too_large")


async def test_an_unknown_field_is_refused_and_named(phone):
    li = await phone("li")
    refused = await li.post("/appointments", {"slot_id": str(uuid4()), "slotId": 1})
    assert (refused.status, refused.fields) == (422, {"patient_id", "slotId"})
    refused = await li.get("/slots?practitioner=1&date=2026-11-03")
    assert refused.fields >= {"practitioner"}


QUERIES = (
    ("/slots?practitioner_id=x&date=2026-11-03", "practitioner_id"),
    ("/slots?date=2026-11-03", "practitioner_id"),
    (f"/slots?practitioner_id={uuid4()}&date=1700000000", "date"),
    (f"/slots?practitioner_id={uuid4()}&date=2026-02-30", "date"),
    ("/appointments?cursor=abc", "cursor"),
    ("/appointments?limit=0", "limit"),
    ("/appointments?limit=99999999999999999999999", "limit"),
    ("/organizations?near=north", "near"),
    ("/organizations?near=99,999", "near"),
    ("/organizations?near=35.1,118.2%00", "near"),
    ("/departments?organization_id=1", "organization_id"),
    ("/communications?cursor=WyJ4Il0.0", "cursor"),
)


async def test_a_query_that_does_not_fit_names_its_field(phone):
    li = await phone("li")
    for path, field in QUERIES:
        refused = await li.get(path)
        assert (refused.status, refused.type, refused.fields) == (422, PROBLEM, {field}), path


async def test_words_to_search_for_that_do_not_fit(phone):
    li = await phone("li")
    for words in ("", "\0", "痛" * 61, None, ["痛"]):
        refused = await li.post("/search", {"words": words}, key="")
        assert (refused.status, refused.type, refused.fields) == (422, PROBLEM, {"words"}), words
    assert (await li.get("/search?words=x")).status == 405


NOWHERE = (
    ("GET", "/nothing", 404),
    ("GET", "/appointments/1%20or%201=1", 404),
    ("GET", "/appointments/%00", 404),
    ("DELETE", "/waiting-wishes/99999999999999999999999", 404),
    ("DELETE", "/waiting-wishes/-1", 404),
    ("PATCH", "/me", 405),
    ("DELETE", "/appointments", 405),
    ("TRACE", "/me", 405),
)


async def test_what_is_not_there_is_a_problem_and_never_a_page(phone):
    li = await phone("li")
    for method, path, status in NOWHERE:
        refused = await li.call(method, path, headers={"Accept": "text/html"})
        assert (refused.status, refused.type) == (status, PROBLEM), (method, path)
        assert refused.body["detail"]
        assert status != 405 or "GET" in refused.headers["Allow"]


TOKENS = ("", "Bearer", "Bearer x", "Bearer dsr_x", "Basic YTpi", "Bearer dsr_\xff\xfe")


async def test_without_a_good_token_nothing_opens(phone):
    stranger = await phone()
    for value in TOKENS:
        for path in ("/me", "/patients", "/appointments", "/slots"):
            refused = await stranger.get(path, headers={"Authorization": value})
            assert (refused.status, refused.type, refused.code) == (401, PROBLEM, "signed_out")


async def test_a_staff_cookie_opens_nothing_here_and_a_token_no_staff_page(phone, house):
    doctor = await house.signed_in("village1")
    assert (await doctor.get(f"{API}/me")).status == 401
    li = await phone("li")
    answer = await li.call("GET", house.address + "/api/mp/v1/../../../patients")
    assert answer.status in (401, 404)
    async with li.session.get(
        house.address + "/bookings", headers={"Authorization": f"Bearer {li.token}"}
    ) as page:
        assert page.status == 401


async def test_a_signed_out_or_closed_account_opens_nothing(phone, clinic):
    li = await phone("li", add="李秀英")
    body = {"slot_id": str(clinic.nine.id), "patient_id": li.patient_id}
    one = (await li.post("/appointments", body)).body["id"]
    early = await li.delete("/account")
    assert (early.status, early.code) == (409, "account_in_use")
    assert (await li.post(f"/appointments/{one}/cancellation")).body["status"] == "cancelled"
    assert (await li.delete("/account")).status == 204
    assert (await li.get("/me")).status == 401
    other = await phone("zhang")
    assert (await other.delete("/session")).status == 204
    assert (await other.get("/me")).status == 401


async def test_the_whole_of_a_problem_is_chinese_and_names_nobody(phone):
    li = await phone("li")
    number = id_number("19680205", 2)[:-1] + "#"
    refused = await li.add("李秀英", number)
    text = json.dumps(refused.body, ensure_ascii=False)
    assert number not in text
    assert "李秀英" not in text
    assert {"type", "code", "title", "status", "detail", "errors", "request_id"} == set(
        refused.body
    )
