"""Talking in a visit: over HTTP for the resident, on the doctor's page, closed with the visit."""

import base64

from aiohttp import FormData

from tests.care.encounter.conftest import noted, request_for
from tests.care.encounter.test_walk import waiting
from tests.care.pictures import jpeg
from tests.mini_program_api.phones import until
from tests.plumbing.house import form_token


async def talking(phone, desk):
    """A resident and a doctor in a text visit: (phone, path, the doctor's path)."""
    li, path = await waiting(phone, "li", "李秀英")
    await until(lambda: li.get(f"{path}/messages"), lambda got: got.status == 200)
    visit = (await desk.post("/visits/next")).headers["Location"]
    await li.post(f"{path}/entry")
    return li, path, visit


async def test_words_and_a_picture_go_both_ways_and_the_end_closes_it(phone, desk, house, clock):
    li, path, visit = await talking(phone, desk)
    said = await li.post(f"{path}/messages", {"client_id": "one-two-three", "text": "医生好"})
    assert (said.status, said.body["mine"]) == (201, True)
    again = await li.post(f"{path}/messages", {"client_id": "one-two-three", "text": "医生好"})
    assert again.body["seq"] == said.body["seq"], "a retry says it once"
    photo = base64.b64encode(jpeg()).decode()
    sent = await li.post(f"{path}/pictures", {"client_id": "picture-one", "file": photo})
    assert (sent.status, sent.body["kind"]) == (201, "picture")
    assert sent.body["file"]["content_type"] == "image/jpeg"
    file = await li.get(f"{path}/messages/{sent.body['seq']}/file", params={"small": "true"})
    assert file.body["content_type"] == "image/jpeg"
    assert b"SomePhone" not in base64.b64decode(file.body["data"]), "EXIF is gone"
    no_picture = base64.b64encode(b"no picture").decode()
    wrong = await li.post(f"{path}/pictures", {"client_id": "picture-two", "file": no_picture})
    assert (wrong.status, wrong.code) == (422, "file_type")
    here = (await li.get(f"{path}/messages")).body["conversation_id"]
    form = FormData(quote_fields=False)
    form.add_field("client_id", "picture-two")
    form.add_field("file", b"no picture", filename="照片.jpg")
    same = await li.call("POST", f"/conversations/{here}/files", data=form)
    assert same.body["detail"] == wrong.body["detail"], "two doors, one sentence"

    assert (await li.get(path)).body["unread"] == 0, "one's own words are no news"
    page = (await li.get(f"{path}/messages")).body
    head = await desk.get(f"/conversations/{page['conversation_id']}/messages")
    theirs = (await head.json())["items"]
    assert [one["text"] for one in theirs if one["kind"] == "text"] == ["医生好"]
    assert (await li.get(f"{path}/messages", params={"since": page["since"]})).body["items"] == []

    await desk.post(f"{visit}/verdict", {"verdict": "eligible", "why": "本院确诊"})
    await noted(desk, visit)
    closed = await until(lambda: li.get(f"{path}/messages"), lambda got: not got.body["may_write"])
    await until(
        lambda: li.get(f"{path}/messages"),
        lambda got: got.body["items"][-1]["text"] == "这次复诊结束了",
    )
    assert closed.body["items"], "it can still be read"
    late = await until(
        lambda: li.post(f"{path}/messages", {"client_id": "after-the-end", "text": "还在吗"}),
        lambda got: got.status == 403,
    )
    assert late.code == "conversation_closed"


async def test_what_the_doctor_wrote_is_counted_until_it_is_read(phone, desk, house, clock):
    li, path, _ = await talking(phone, desk)
    page = (await li.get(f"{path}/messages")).body
    here = f"/conversations/{page['conversation_id']}"
    for number in range(2):
        said = await desk.client.post(
            f"{here}/messages",
            json={"client_id": f"from-the-desk-{number}", "text": "量过血压了吗"},
            headers={"X-CSRF-Token": form_token()},
        )
        assert said.status == 201
    assert (await li.get(path)).body["unread"] == 2
    assert [one["unread"] for one in (await li.get("/encounters")).body["items"]] == [2]
    zhang = await phone("zhang", add="张三")
    await zhang.post(f"{here}/read", {"seq": 99})
    assert (await li.get(path)).body["unread"] == 2, "nobody else reads for them"
    assert (await li.post(f"{here}/read", {"seq": 99})).status == 204
    assert (await li.get(path)).body["unread"] == 0
    fresh = (await li.get(f"{path}/messages")).body
    marks = {one["kind"]: one["read_seq"] for one in fresh["members"]}
    assert marks["resident"] == fresh["last_seq"]


async def test_a_stranger_reads_and_writes_nothing(phone, desk, house, clock):
    _, path, _ = await talking(phone, desk)
    zhang = await phone("zhang", add="张三")
    for answer in (
        await zhang.get(f"{path}/messages"),
        await zhang.get(f"{path}/messages/1/file"),
        await zhang.post(f"{path}/messages", {"client_id": "one-two-three", "text": "看看"}),
        await zhang.post(f"{path}/pictures", {"client_id": "one-two-three", "file": "aaaa"}),
    ):
        assert (answer.status, answer.code) == (404, "encounter_not_found")
    colleague = await house.signed_in("county2")
    about = path.replace("/encounters", "/conversations/by-subject/Encounter")
    assert (await colleague.get(about, headers={"Accept": "application/json"})).status == 404


async def test_before_the_waiting_room_there_is_nothing_to_read(phone, desk, clock):
    li = await phone("li", add="李秀英")
    asked = await li.post("/encounters", await request_for(li, li.patient_id))
    answer = await li.get(f"/encounters/{asked.body['id']}/messages")
    assert (answer.status, answer.code) == (409, "not_yet")
