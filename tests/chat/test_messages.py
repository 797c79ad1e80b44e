"""Talking: in order, once, only among members, and never without a trace."""

import asyncio
from uuid import uuid4

import pytest

from chat import service
from chat.models import Conversation, Member, Message
from core.audit import AuditEvent
from tests.chat.conftest import photo, practitioner_of


async def test_what_one_says_the_other_reads(talk):
    answer = await talk.village.say("李主任好,血压 168/102。")
    said = await answer.json()
    assert (answer.status, said["seq"], said["mine"], said["kind"]) == (201, 1, True, "text")
    (read,) = (await (await talk.county.get()).json())["items"]
    assert (read["text"], read["mine"], read["client_id"]) == (said["text"], False, "")


async def test_a_retry_is_harmless(talk):
    key = uuid4().hex
    answers = await asyncio.gather(*(talk.village.say("在吗", key) for _ in range(5)))
    assert {(await a.json())["seq"] for a in answers} == {1}
    assert await Message.all().count() == 1
    assert (await Conversation.get(id=talk.conversation_id)).last_seq == 1


async def test_everybody_at_once_still_makes_one_order(talk):
    speakers = [talk.village, talk.county]
    await asyncio.gather(*(speakers[n % 2].say(str(n)) for n in range(20)))
    page = await (await talk.county.get(after=0)).json()
    numbers = [m["seq"] for m in page["items"]]
    assert numbers == sorted(set(numbers))
    assert sorted(await talk.village.texts(after=0), key=int) == [str(n) for n in range(20)]


async def test_after_a_gap_nothing_is_missed(talk):
    for number in range(5):
        await talk.village.say(str(number))
    assert await talk.county.texts(after=2) == ["2", "3", "4"]
    assert await talk.county.texts(after=2, limit=1) == ["2"]
    assert await talk.county.texts(limit=2) == ["3", "4"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"client_id": "short", "text": "x"},
        {"client_id": "a" * 12, "text": "  "},
        {"client_id": "a" * 12, "text": "x" * 4001},
        {"client_id": "a" * 12, "text": "x", "author_id": str(uuid4())},
    ],
)
async def test_bad_input_is_answered_in_words(talk, body):
    answer = await talk.village.post("messages", body)
    assert answer.status == 422
    assert (await answer.json())["errors"]
    assert await Message.all().count() == 0


async def test_a_picture_arrives_with_its_thumbnail(talk):
    key = uuid4().hex
    sent = await (await talk.village.send(photo(), "伤口.jpg", key)).json()
    again = await (await talk.village.send(photo(), "伤口.jpg", key)).json()
    assert sent["seq"] == again["seq"]
    file = sent["file"]
    assert (sent["kind"], file["name"], file["width"]) == ("picture", "伤口.jpg", 640)
    for url in (file["url"], file["thumbnail_url"]):
        seen = await talk.county.visitor.client.get(url)
        assert (seen.status, seen.content_type) == (200, "image/jpeg")
        assert seen.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in seen.headers["Cache-Control"]
        assert (await talk.stranger.visitor.client.get(url)).status == 404
    assert await AuditEvent.filter(action="chat.file.read").count() == 2


async def test_a_file_that_lies_is_refused_and_says_why(talk):
    answer = await talk.village.send(b"MZ" + b"\0" * 100, "化验单.jpg")
    assert (answer.status, (await answer.json())["code"]) == (422, "file_type")
    answer = await talk.village.post("files", data={"client_id": uuid4().hex, "file": "text"})
    assert (answer.status, (await answer.json())["code"]) == (422, "no_file")
    assert await Message.all().count() == 0


async def test_recall_hides_but_does_not_forget(talk, clock):
    await talk.village.say("发错了")
    assert (await talk.county.post("messages/1/recall")).status == 403
    clock.move(seconds=119)
    assert (await talk.village.post("messages/1/recall")).status == 204
    (read,) = (await (await talk.county.get()).json())["items"]
    assert (read["recalled"], read["text"]) == (True, "")
    assert (await Message.get()).text == "发错了"
    await talk.village.say("又错了")
    clock.move(seconds=121)
    late = await talk.village.post("messages/2/recall")
    assert (late.status, (await late.json())["code"]) == (409, "too_late")


async def test_read_marks_only_go_forward(talk):
    for _ in range(3):
        await talk.village.say("x")
    for seq in (2, 1, 99):
        assert (await talk.county.post("read", {"seq": seq})).status == 204
    person = await practitioner_of("county1")
    assert (await Member.get(person_id=person.id)).read_seq == 3


async def test_a_stranger_sees_the_same_as_for_nothing(talk):
    await talk.village.say("秘密")
    at = talk.stranger.at
    for path in (f"{at}/messages", f"/conversations/by-subject/{talk.subject}"):
        refused = await talk.stranger.visitor.client.get(path)
        missing = await talk.stranger.visitor.client.get(
            path.replace(path.split("/")[-1 if "subject" in path else 2], str(uuid4()))
        )
        assert refused.status == missing.status == 404
        assert (await refused.json())["detail"] == (await missing.json())["detail"]
    assert (await talk.stranger.say("x")).status == 404
    assert (await talk.stranger.post("read", {"seq": 1})).status == 404


async def test_who_left_keeps_the_past_and_gets_no_more(talk):
    await talk.village.say("之前")
    conversation = await Conversation.get(id=talk.conversation_id)
    await service.remove_member(conversation, person_id=(await practitioner_of("county1")).id)
    await talk.village.say("之后")
    assert await talk.county.texts() == ["之前"]
    assert (await talk.county.say("还能说吗")).status == 403


async def test_a_closed_conversation_can_only_be_read(talk):
    await talk.village.say("再见")
    await service.close_conversation(await Conversation.get(id=talk.conversation_id))
    refused = await talk.village.say("等等")
    assert (refused.status, (await refused.json())["code"]) == (403, "conversation_closed")
    assert await talk.county.texts() == ["再见"]


async def test_system_lines_are_said_once(talk):
    conversation = await Conversation.get(id=talk.conversation_id)
    await asyncio.gather(
        *(service.say(conversation, "录制开始", key="recording-1") for _ in range(3))
    )
    (line,) = (await (await talk.county.get()).json())["items"]
    assert (line["kind"], line["text"], line["author_id"]) == ("system", "录制开始", None)


async def test_the_panel_is_a_fragment_with_its_composer(talk):
    path = f"/conversations/by-subject/{talk.subject}/panel"
    page = await (await talk.county.visitor.get(path)).text()
    assert f'data-conversation="{talk.conversation_id}"' in page
    assert 'data-testid="chat-input"' in page
    assert "<html" not in page
    assert (await talk.stranger.visitor.get(path)).status == 404


async def test_what_is_earlier_is_found_step_by_step(talk):
    for number in range(1, 8):
        await talk.village.say(str(number))
    newest = await (await talk.county.get(limit=3)).json()
    assert ([m["text"] for m in newest["items"]], newest["earlier"]) == (["5", "6", "7"], True)
    back = await (await talk.county.get(before=5, limit=3)).json()
    assert ([m["text"] for m in back["items"]], back["earlier"]) == (["2", "3", "4"], True)
    first = await (await talk.county.get(before=2, limit=3)).json()
    assert ([m["text"] for m in first["items"]], first["earlier"]) == (["1"], False)
    nothing = await (await talk.county.get(before=1)).json()
    assert (nothing["items"], nothing["earlier"], nothing["more"]) == ([], False, False)
    assert (await talk.county.get(before=0)).status == 422
