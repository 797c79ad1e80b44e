"""A look at a file of a conversation or at a recording is a look at somebody's record."""

import base64
from uuid import uuid4

from app import whose
from app.demo import people as demo
from core import clock as time
from core.audit import NOBODYS
from rtc.models import Participant, Presence, Recording, Room
from tests.care.encounter.conftest import desk
from tests.care.encounter.test_talk import talking
from tests.care.pictures import jpeg
from tests.mini_program_api.conftest import phone

__all__ = ["desk", "phone"]


async def opened_by(li, name):
    """What the resident's list says of this person's last sitting."""
    items = (await li.get(f"/patients/{li.patient_id}/record-accesses")).body["items"]
    return next(one for one in items if one["name"] == name)


async def test_pipl_44_files_of_the_talk_stand_in_the_residents_list(phone, desk, clock):
    li, path, _ = await talking(phone, desk)
    photo = base64.b64encode(jpeg()).decode()
    sent = await li.post(f"{path}/pictures", {"client_id": "picture-one", "file": photo})
    here = (await li.get(f"{path}/messages")).body["conversation_id"]
    seen = await desk.get(f"/conversations/{here}/files/{sent.body['seq']}")
    assert seen.status == 200
    found = await opened_by(li, "刘明华")
    assert "看了聊天里的图片、资料或语音" in found["what"]
    assert [ground["code"] for ground in found["grounds"]] == ["visit"]


async def test_pipl_44_recordings_stand_in_the_residents_list(phone, desk, clock):
    li, path, _ = await talking(phone, desk)
    doctor, moment = demo.practitioner_id("county1"), time.now()
    room = await Room.create(id=path.rpartition("/")[2], opened_at=moment)
    asked = {"asked_by": doctor, "asked_by_name": "刘明华", "asked_at": moment}
    recording = await Recording.create(room=room, started_at=moment, **asked)
    seat = {"seat": doctor, "name": "刘明华", "organization": "县医院", "tier": "county"}
    tab = {"session": "tab", "socket": "", "process": "", "entered_at": moment}
    await Participant.create(
        room=room, part="doctor", state=Presence.LEFT, changed_at=moment, **seat, **tab
    )
    assert (await desk.get(f"/recordings/{recording.id}")).status == 200
    found = await opened_by(li, "刘明华")
    assert "看了录像" in found["what"]
    assert [ground["code"] for ground in found["grounds"]] == ["visit"]


async def test_what_is_about_nobody_stays_nobodys(database):
    assert await whose.of_room(uuid4()) == NOBODYS
    assert await whose.of_subject(f"Encounter/{uuid4()}") == NOBODYS
    assert await whose.of_subject("没有名字") == NOBODYS
