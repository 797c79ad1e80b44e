"""Voice messages: what a browser recorded is kept, everything else is refused in words."""

import asyncio
import io
from pathlib import Path
from uuid import uuid4

import av
import pytest
from aiohttp import FormData
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat import service, voice
from chat.models import Conversation, Message
from chat.rules import length_in_words
from core.audit import AuditEvent
from core.blobs import STORE, Blob
from core.errors import Problem
from tests.chat.conftest import photo
from tests.chat.recordings import BROWSERS, recording, sound

RECORDED = Path(__file__).parent / "recorded"
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n"


async def speak(speaker, raw: bytes, client_id: str | None = None, name: str = "voice"):
    form = FormData(quote_fields=False)
    form.add_field("client_id", client_id or uuid4().hex)
    form.add_field("file", io.BytesIO(raw), filename=name, content_type="audio/webm")
    return await speaker.post("voice", data=form)


@pytest.mark.parametrize("browser", BROWSERS)
async def test_a_recording_of_any_browser_is_heard_by_the_other(house, talk, browser):
    answer = await speak(talk.village, recording(browser, 2.0), name="virus.exe")
    said = await answer.json()
    assert (answer.status, said["kind"], said["text"]) == (201, "voice", "语音 0:02")
    (read,) = (await (await talk.county.get()).json())["items"]
    file = read["file"]
    assert file["content_type"] == BROWSERS[browser][2]
    assert file["duration_ms"] == pytest.approx(2000, abs=40)
    heard = await talk.county.visitor.client.get(file["url"])
    assert (heard.status, heard.content_type) == (200, file["content_type"])
    assert "no-store" in heard.headers["Cache-Control"]
    with av.open(io.BytesIO(await heard.read())) as played:
        assert played.duration == pytest.approx(2_000_000, abs=60_000)
        assert [stream.type for stream in played.streams] == ["audio"]
    assert (await talk.stranger.visitor.client.get(file["url"])).status == 404
    assert await AuditEvent.filter(action="chat.file.read").count() == 1


@pytest.mark.parametrize("recorded", sorted(RECORDED.iterdir()), ids=lambda path: path.name)
def test_what_real_browsers_recorded_gets_the_length_it_lacks(recorded):
    """Two seconds of Chromium 156 and Firefox 153, each in every container it can write."""
    raw = recorded.read_bytes()
    taken = voice.prepare(raw)
    assert taken.content_type == f"audio/{recorded.suffix[1:]}"
    assert taken.duration_ms == pytest.approx(2000, abs=150)
    with av.open(io.BytesIO(taken.plain)) as played:
        assert played.duration == pytest.approx(taken.duration_ms * 1000, abs=60_000)


async def test_it_is_kept_sealed_and_without_what_was_hidden_in_it(house, talk):
    secret = "Zhang San 13812345678"
    raw = recording(title=secret)
    assert secret.encode() in raw
    await speak(talk.village, raw)
    blob = await Blob.get()
    plain = await house.app[STORE].read(blob)
    assert secret.encode() not in plain
    assert blob.size == len(plain)
    path = house.app[STORE]._path(blob.id, "")
    assert path.read_text().startswith("sealed1.")


async def test_a_retry_is_harmless(talk):
    key, raw = uuid4().hex, recording()
    answers = await asyncio.gather(*(speak(talk.village, raw, key) for _ in range(3)))
    assert {(await answer.json())["seq"] for answer in answers} == {1}
    assert await Message.all().count() == 1


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param(b"", "voice_empty", id="nothing"),
        pytest.param(b"hello", "voice_type", id="text"),
        pytest.param(photo(), "voice_type", id="photo"),
        pytest.param(PLAYLIST, "voice_type", id="playlist"),
        pytest.param(sound("mp3", "libmp3lame", 2), "voice_type", id="song"),
        pytest.param(sound("ogg", "flac", 2), "voice_type", id="flac"),
        pytest.param(recording(picture=True), "voice_type", id="film"),
        pytest.param(recording()[:200], "voice_type", id="only-the-head"),
        pytest.param(recording(seconds=0.1), "voice_empty", id="a-click"),
        pytest.param(recording(seconds=62), "voice_too_long", id="too-long"),
        pytest.param(b"\x1aE\xdf\xa3" + b"x" * voice.MAX_BYTES, "voice_too_large", id="too-large"),
    ],
)
async def test_what_is_not_a_short_recording_is_refused_and_says_why(talk, raw, code):
    answer = await speak(talk.village, raw)
    problem = await answer.json()
    assert (answer.status, problem["code"]) == (413 if code == "voice_too_large" else 422, code)
    assert len(problem["detail"]) > 8
    assert await Message.all().count() == await Blob.all().count() == 0


async def test_a_full_minute_is_not_too_long(talk):
    said = await (await speak(talk.village, recording(seconds=60.4))).json()
    assert said["file"]["duration_ms"] == pytest.approx(60_400, abs=40)


async def test_only_those_who_may_write_may_speak(talk):
    assert (await speak(talk.stranger, recording())).status == 404
    await service.close_conversation(await Conversation.get(id=talk.conversation_id))
    refused = await (await speak(talk.village, recording())).json()
    assert refused["code"] == "conversation_closed"


async def test_a_recalled_recording_is_no_longer_heard(talk):
    said = await (await speak(talk.village, recording())).json()
    assert (await talk.village.post("messages/1/recall")).status == 204
    (read,) = (await (await talk.county.get()).json())["items"]
    assert (read["recalled"], read["file"], read["text"]) == (True, None, "")
    assert (await talk.county.visitor.client.get(said["file"]["url"])).status == 404


async def test_the_fields_are_checked_like_those_of_files(talk):
    answer = await talk.village.post("voice", data={"client_id": uuid4().hex, "file": "text"})
    assert (answer.status, (await answer.json())["code"]) == (422, "no_file")
    assert (await speak(talk.village, recording(), "no")).status == 422


SAMPLES = {browser: recording(browser, 0.5) for browser in BROWSERS}


@settings(max_examples=200, deadline=None)
@given(
    sample=st.sampled_from(list(SAMPLES.values())),
    place=st.floats(0, 1),
    junk=st.binary(min_size=1, max_size=40),
)
@example(sample=SAMPLES["chromium"], place=0.067, junk=b"\0")  # a codec nobody knows
def test_a_damaged_recording_is_taken_or_refused_but_never_breaks(sample, place, junk):
    at = round(place * (len(sample) - 1))
    damaged = sample[:at] + junk + sample[at + len(junk) :]
    refused = None
    try:
        taken = voice.prepare(damaged)
    except Problem as problem:
        refused = problem.code
    assert refused.startswith("voice_") if refused else 0 < taken.duration_ms <= 61_500


def test_lengths_are_read_as_people_say_them():
    words = [length_in_words(ms) for ms in (300, 1499, 7000, 59_700, 60_400)]
    assert words == ["0:01", "0:01", "0:07", "1:00", "1:00"]
