"""Finding what was said, and sentences that need not be typed again."""

import pytest

from chat import service
from chat.models import Conversation, Phrase
from tests.chat.conftest import practitioner_of
from tests.plumbing.house import form_token


async def find(speaker, words, at="/conversations"):
    answer = await speaker.visitor.client.post(
        f"{at}/search", json={"q": words}, headers={"X-CSRF-Token": form_token()}
    )
    return answer, await answer.json()


async def test_words_are_found_in_any_width_and_case(talk):
    await talk.village.say("血压168/102,吃了NIFEDIPINE")
    await talk.county.say("复查心电图")
    for words in ("168/102", "nifedipine", "NIFEDIPINE", "血压"):
        _, found = await find(talk.county, words)
        assert [f["seq"] for f in found["items"]] == [1], words
    _, inside = await find(talk.county, "心电", talk.county.at)
    assert [f["text"] for f in inside["items"]] == ["复查心电图"]


async def test_signs_are_signs(talk):
    await talk.village.say("血氧 95% 左右")
    await talk.village.say("血氧 95 左右")
    for words, seqs in (("95%", [1]), ("_", []), ("!", []), ("' OR 1=1", [])):
        assert [f["seq"] for f in (await find(talk.county, words))[1]["items"]] == seqs


async def test_nobody_finds_what_they_may_not_read(talk):
    await talk.village.say("秘密一")
    await talk.village.say("秘密二")
    assert (await talk.village.post("messages/2/recall")).status == 204
    conversation = await Conversation.get(id=talk.conversation_id)
    person = await practitioner_of("county1")
    await service.remove_member(conversation, person_id=person.id)
    await talk.village.say("秘密三")
    assert [f["text"] for f in (await find(talk.county, "秘密"))[1]["items"]] == ["秘密一"]
    assert (await find(talk.stranger, "秘密"))[1]["items"] == []
    assert (await find(talk.stranger, "秘密", talk.stranger.at))[0].status == 404


@pytest.mark.parametrize("words", ["", "  ", "长" * 51])
async def test_a_search_needs_words(talk, words):
    answer, problem = await find(talk.county, words)
    assert (answer.status, problem["detail"]) == (422, "请写 1 到 50 个字再找。")


async def test_phrases_are_ones_own_or_the_departments(house):
    doctor, other = await house.signed_in("county1"), await house.signed_in("county2")
    await doctor.post("/phrases", {"text": "请按时吃药。"})
    await doctor.post("/phrases", {"text": "请按时吃药。"})
    await doctor.post("/phrases", {"text": "心内科复诊请带心电图。", "shared": "yes"})
    mine = (await (await doctor.client.get("/phrases/list")).json())["items"]
    assert [(p["text"], p["shared"]) for p in mine] == [
        ("请按时吃药。", False),
        ("心内科复诊请带心电图。", True),
    ]
    assert (await (await other.client.get("/phrases/list")).json())["items"] == []
    person = await practitioner_of("county2")
    person.specialty = (await practitioner_of("county1")).specialty
    await person.save()
    (theirs,) = (await (await other.client.get("/phrases/list")).json())["items"]
    assert (theirs["shared"], theirs["mine"]) == (True, False)
    for phrase in mine:
        assert (await other.post(f"/phrases/{phrase['id']}/removal")).status == 404
        assert (await doctor.post(f"/phrases/{phrase['id']}/removal")).status == 303
    assert await Phrase.all().count() == 0


async def test_the_page_shows_and_refuses(house):
    doctor, office = await house.signed_in("village1"), await house.signed_in("scheduler1")
    await doctor.post("/phrases", {"text": "<b>多喝水</b>"})
    page = await (await doctor.get("/phrases")).text()
    assert "&lt;b&gt;多喝水" in page
    assert (await doctor.post("/phrases", {"text": " "})).status == 422
    assert (await office.get("/phrases")).status == 403
