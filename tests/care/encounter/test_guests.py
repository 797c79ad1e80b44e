"""A third person in a visit: by a link, once, on one phone, and nothing but what is said."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import FormData

from care.encounter.guests.models import EncounterGuest
from care.encounter.guests.states import GUEST, GuestStatus
from core.audit import AuditEvent
from core.errors import Conflict
from core.states import after, mermaid
from tests.care.encounter.conftest import noted, request_for
from tests.care.encounter.test_talk import talking
from tests.care.encounter.test_walk import waiting
from tests.care.pictures import jpeg
from tests.chat.recordings import recording
from tests.mini_program_api.phones import until

PAGE = Path(__file__).parents[3] / "docs/states/visit-guest.md"
KEY = "a" * 48
SON = {"part": "family", "name": "王强", "relation": "儿子"}


def test_every_move_not_in_the_table_is_refused():
    for state in GuestStatus:
        for action in {action for _, action in GUEST}:
            if (state, action) not in GUEST:
                with pytest.raises(Conflict):
                    after(GUEST, state, action)
    assert {GuestStatus.INVITED, *GUEST.values()} == set(GuestStatus)


def test_the_page_draws_the_table():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn == [mermaid(GUEST)]


async def invited(one, path, **more):
    """The link's secret."""
    made = await one.post(f"{path}/guests", SON | more)
    assert made.status == 201, made.body
    return made.body["link"]


class Guest:
    """Somebody without an account, who came by a link."""

    def __init__(self, phone, place):
        self.phone, self.key = phone, {"Guest-Key": place}

    async def get(self, path, **options):
        return await self.phone.get(f"/guest-visit{path}", headers=self.key, **options)

    async def post(self, path, body=None):
        return await self.phone.post(f"/guest-visit{path}", body or {}, headers=self.key)


async def come(phone, link, key=KEY):
    """Open the link on a phone that is nobody's."""
    nobody = await phone()
    opened = await nobody.post("/guest-links/opening", {"link": link, "key": key})
    assert opened.status == 201, opened.body
    return Guest(nobody, opened.body["place"])


def texts(answer):
    return [one["text"] for one in answer.body["items"]]


async def test_the_family_comes_by_a_link_hears_what_is_said_from_now_on_and_speaks(
    phone, desk, clock
):
    li, path, visit = await talking(phone, desk)
    await li.post(f"{path}/messages", {"client_id": "before-they-came", "text": "只对医生说的"})
    link = await invited(li, path)
    nobody = await phone()
    look = await nobody.post("/guest-links/look", {"link": link})
    assert (look.status, look.body["ready"], look.body["patient_name"]) == (200, True, "李**")
    son = await come(phone, link)
    await until(lambda: son.get("/messages"), lambda got: got.status == 200)
    heard = await until(
        lambda: li.get(f"{path}/messages"),
        lambda got: any("王强(儿子,家属)来了" in text for text in texts(got)),
    )
    assert "只对医生说的" in texts(heard)
    first = await son.get("/messages")
    assert "只对医生说的" not in texts(first)
    before = next(one["seq"] for one in heard.body["items"] if one["text"] == "只对医生说的")
    assert (await son.get(f"/messages/{before}/file")).status == 404
    said = await son.post("/messages", {"client_id": "son-says-one", "text": "我爸昨天头晕"})
    assert (said.status, said.body["mine"]) == (201, True)
    await until(lambda: li.get(f"{path}/messages"), lambda got: "我爸昨天头晕" in texts(got))
    page = await (await desk.get(f"{visit}/guests")).text()
    assert "王强" in page
    assert "在一起" in page
    seen = (await li.get(path)).body["guests"]
    assert [(one["name"], one["status"]) for one in seen] == [("王强", "joined")]
    acts = await AuditEvent.filter(action__startswith="encounter.guest").values_list(
        "action", flat=True
    )
    assert set(acts) == {"encounter.guest.invite", "encounter.guest.join"}


def sent(raw, name, key=None):
    """A file as a page sends it."""
    form = FormData(quote_fields=False)
    form.add_field("client_id", key or uuid4().hex)
    form.add_field("file", raw, filename=name)
    return form


async def test_a_guest_sends_pictures_and_voices_quotes_takes_back_and_has_read(phone, desk, clock):
    li, path, _ = await talking(phone, desk)
    son = await come(phone, await invited(li, path))
    await until(lambda: son.get("/messages"), lambda got: got.status == 200)

    async def send(to, raw, name, key=None):
        return await son.phone.call(
            "POST", f"/guest-visit/{to}", data=sent(raw, name, key), headers=son.key
        )

    picture = await send("files", jpeg(), "药盒.jpg", "the-same-key")
    assert (picture.status, picture.body["kind"], picture.body["mine"]) == (201, "picture", True)
    again = await send("files", jpeg(), "药盒.jpg", "the-same-key")
    assert again.body["seq"] == picture.body["seq"], "a repeat sends it once"
    voice = await send("voice", recording("chromium"), "语音")
    assert (voice.status, voice.body["kind"]) == (201, "voice")
    assert voice.body["file"]["duration_ms"] > 300
    heard = await li.get(f"{path}/messages/{voice.body['seq']}/file")
    assert heard.body["content_type"] == "audio/webm"
    for to, code in (("files", "file_type"), ("voice", "voice_type")):
        lie = await send(to, b"MZ" + b"x" * 500, "a.jpg")
        assert (lie.status, lie.code) == (422, code)
    answer = {"client_id": "the-answer", "text": "就是这个药", "quote_seq": picture.body["seq"]}
    assert (await son.post("/messages", answer)).body["quote_seq"] == picture.body["seq"]
    assert (await son.post(f"/messages/{voice.body['seq']}/recall")).status == 204
    gone = await li.get(f"{path}/messages/{voice.body['seq']}/file")
    assert (gone.status, gone.code) == (404, "not_found")
    said = await li.post(f"{path}/messages", {"client_id": "not-the-sons", "text": "对"})
    assert (await son.post(f"/messages/{said.body['seq']}/recall")).code == "not_yours"
    assert (await son.post("/read", {"seq": said.body["seq"]})).status == 204
    page = (await li.get(f"{path}/messages")).body
    marks = {one["kind"]: one["read_seq"] for one in page["members"]}
    assert (marks["guest"], marks["staff"]) == (said.body["seq"], 0)
    assert page["me"] == li.patient_id


async def test_a_link_is_one_phones_and_safe_to_repeat_there(phone, desk, clock):
    li, path, _ = await talking(phone, desk)
    link = await invited(li, path)
    son = await come(phone, link)
    again = await come(phone, link)
    assert again.key == son.key, "a lost answer costs nothing"
    other = await phone()
    taken = await other.post("/guest-links/opening", {"link": link, "key": "b" * 48})
    assert (taken.status, taken.code) == (409, "link_used")
    wrong = Guest(other, son.key["Guest-Key"][:-1] + "b")
    assert (await wrong.get("")).code == "no_place"
    assert (await wrong.get("/messages")).status == 403
    assert (await other.get("/guest-visit")).status == 401
    assert (await Guest(other, "no-place").get("")).status == 403
    assert (await other.post("/guest-links/look", {"link": "x" * 32})).code == "link_unknown"
    kept = await EncounterGuest.get(name="王强")
    assert link not in (kept.link_sha256, kept.phone_sha256)
    assert KEY not in (kept.link_sha256, kept.phone_sha256)


async def test_a_link_waits_for_the_doctor_and_runs_out(phone, desk, clock):
    li, path = await waiting(phone, "li", "李秀英")
    link = await invited(li, path)
    nobody = await phone()
    opening = {"link": link, "key": KEY}
    assert (await nobody.post("/guest-links/look", {"link": link})).body["ready"] is False
    assert (await nobody.post("/guest-links/opening", opening)).code == "not_yet"
    clock.move(minutes=30, seconds=1)
    late = await nobody.post("/guest-links/opening", opening)
    assert (late.status, late.code) == (410, "link_expired")
    assert (await li.get(path)).body["guests"][0]["status_name"] == "链接过期了"


async def test_who_is_put_out_is_out_of_everything(phone, desk, clock):
    li, path, visit = await talking(phone, desk)
    await desk.post(f"{visit}/kind/video")
    son = await come(phone, await invited(li, path))
    seat = await son.post("/room-ticket")
    assert (seat.body["part"], seat.body["name"]) == ("family", "王强")
    guest = (await li.get(path)).body["guests"][0]["id"]
    assert (await li.delete(f"{path}/guests/{guest}")).status in (200, 204)
    assert (await li.delete(f"{path}/guests/{guest}")).status in (200, 204)
    for answer in (
        await son.get(""),
        await son.get("/messages"),
        await son.post("/messages", {"client_id": "still-there", "text": "喂"}),
        await son.post("/room-ticket"),
    ):
        assert (answer.status, answer.code) == (403, "no_place")
    await until(
        lambda: li.get(f"{path}/messages"),
        lambda got: any("被移出了" in text for text in texts(got)),
    )


async def test_a_guest_leaves_and_comes_back_and_the_end_ends_it_for_all(phone, desk, clock):
    li, path, visit = await talking(phone, desk)
    link = await invited(li, path, history=True)
    await li.post(f"{path}/messages", {"client_id": "said-before", "text": "前面的话"})
    son = await come(phone, link)
    got = await until(lambda: son.get("/messages"), lambda one: one.status == 200)
    assert "前面的话" in texts(got), "it was allowed"
    assert (await son.post("/departure")).body["here"] is False
    assert (await son.post("/departure")).status == 200
    assert (await son.get("/messages")).code == "left"
    await come(phone, link)
    await until(lambda: son.get("/messages"), lambda one: one.status == 200)
    await desk.post(f"{visit}/verdict", {"verdict": "eligible", "why": "本院确诊"})
    assert (await noted(desk, visit)).status == 303
    assert (await son.get("")).body["over"] is True
    assert (await son.get("/messages")).code == "visit_over"
    assert (await son.post("/room-ticket")).code == "visit_over"


async def test_the_doctor_asks_an_interpreter_in_and_takes_the_link_back(phone, desk, house, clock):
    _, path, visit = await talking(phone, desk)
    assert "家属" in await (await desk.get(f"{visit}/guests/new")).text()
    empty = await desk.post(f"{visit}/guests", {"part": "interpreter", "name": "", "relation": ""})
    assert empty.status == 422
    entry = {"part": "interpreter", "name": "阿依", "relation": "翻译"}
    page = await (await desk.post(f"{visit}/guests", entry)).text()
    link = re.search(r"/h5/guest#([\w-]+)", page)[1]
    nobody = await phone()
    assert (await nobody.post("/guest-links/look", {"link": link})).body[
        "invited_by"
    ] == "刘明华医生"
    guest = (await EncounterGuest.get(name="阿依")).id
    assert (await desk.post(f"{visit}/guests/{guest}/removal")).status == 303
    gone = await nobody.post("/guest-links/opening", {"link": link, "key": KEY})
    assert (gone.status, gone.code) == (404, "link_unknown")
    colleague = await house.signed_in("county2")
    assert (await colleague.post(f"{visit}/guests", entry)).status == 404
    zhang = await phone("zhang", add="张三")
    assert (await zhang.post(f"{path}/guests", SON)).status == 404


async def test_a_few_guests_at_most_and_none_before_or_after(phone, desk, clock):
    li = await phone("li", add="李秀英")
    asked = await li.post("/encounters", await request_for(li, li.patient_id))
    path = f"/encounters/{asked.body['id']}"
    assert (await li.post(f"{path}/guests", SON)).code == "not_now"
    _, other = await waiting(phone, "wang", "王建国")
    wang = await phone("wang")
    for n in range(3):
        await invited(wang, other, name=f"家人{n}")
    assert (await wang.post(f"{other}/guests", SON)).code == "too_many"
