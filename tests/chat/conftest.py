"""A conversation between the village and the county, and somebody who is not in it."""

import io
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from aiohttp import FormData
from PIL import Image

from chat import service
from people.models import Account
from tests.plumbing.house import Visitor, form_token


class Speaker:
    """A member of staff who talks over HTTP as the page does."""

    def __init__(self, visitor: Visitor, conversation_id: UUID) -> None:
        self.visitor, self.at = visitor, f"/conversations/{conversation_id}"

    async def get(self, path: str = "messages", **query):
        return await self.visitor.client.get(f"{self.at}/{path}", params=query)

    async def post(self, path: str, body=None, **options):
        headers = {"X-CSRF-Token": form_token()}
        given = {"json": body} if body is not None else {}
        return await self.visitor.client.post(
            f"{self.at}/{path}", headers=headers, **given, **options
        )

    async def say(self, text: str, client_id: str | None = None):
        body = {"client_id": client_id or uuid4().hex, "text": text}
        return await self.post("messages", body)

    async def send(self, raw: bytes, name: str, client_id: str | None = None):
        form = FormData(quote_fields=False)  # browsers send file names as they are
        form.add_field("client_id", client_id or uuid4().hex)
        form.add_field("file", raw, filename=name)
        return await self.post("files", data=form)

    async def texts(self, **query) -> list[str]:
        return [m["text"] for m in (await (await self.get(**query)).json())["items"]]


@dataclass
class Talk:
    """Everybody and the place."""

    conversation_id: UUID
    subject: str
    village: Speaker
    county: Speaker
    stranger: Speaker


async def practitioner_of(username: str):
    return (await Account.get(username=username).select_related("practitioner")).practitioner


@pytest.fixture
async def talk(house) -> Talk:
    subject = f"Consultation/{uuid4()}"
    conversation = await service.start_conversation(subject=subject, title="会诊")
    for username in ("village1", "county1"):
        person = await practitioner_of(username)
        await service.add_member(
            conversation, person_id=person.id, name=person.name, organization="石门村卫生室"
        )
    speakers = [
        Speaker(await house.signed_in(name), conversation.id)
        for name in ("village1", "county1", "county2")
    ]
    return Talk(conversation.id, subject, *speakers)


def photo() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), (200, 30, 30)).save(buffer, "JPEG")
    return buffer.getvalue()
