"""What WeChat pushes: sealed by wechatpy's own crypto, opened or refused by ours."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from tests.plumbing.house import House
from wechat import credits, inbox
from wechat.bindings import WECHAT
from wechat.errors import Forged
from wechat.routes import PATH
from wechat.settings import Inbox

US = Inbox(app_id="wx5a9dbc0c0ffee001", token="token", aes_key="k" * 43)
TEXT = """<xml><ToUserName>gh_1</ToUserName><FromUserName>o-wang</FromUserName>
<CreateTime>1793581200</CreateTime><MsgType>text</MsgType><Content>你好</Content>
<MsgId>7001</MsgId></xml>"""
EVENT = """<xml><ToUserName>gh_1</ToUserName><FromUserName>o-wang</FromUserName>
<CreateTime>1793581200</CreateTime><MsgType>event</MsgType>
<Event>subscribe_msg_change_event</Event></xml>"""


CHANGE = """<xml><ToUserName>gh_1</ToUserName><FromUserName>o-wang</FromUserName>
<CreateTime>1793581200</CreateTime><MsgType>event</MsgType>
<Event>subscribe_msg_change_event</Event><SubscribeMsgChangeEvent>{}</SubscribeMsgChangeEvent>
</xml>"""
ONE = "<List><TemplateId>{}</TemplateId><SubscribeStatusString>{}</SubscribeStatusString></List>"


def pushed(xml: str, house: Inbox = US, *, at: int = 0) -> tuple[dict[str, str], bytes]:
    """Query and body as WeChat sends them."""
    stamp = str(at or int(time.time()))
    sealed = WeChatCrypto(house.token, house.aes_key, house.app_id).encrypt_message(
        xml, "nonce", stamp
    )
    signature = re.search(r"<MsgSignature><!\[CDATA\[(\w+)", sealed)
    assert signature
    query = {"timestamp": stamp, "nonce": "nonce", "msg_signature": signature[1]}
    return query, sealed.encode()


def test_a_message_and_an_event() -> None:
    message = inbox.read(US, *pushed(TEXT))
    assert (message.kind, message.openid, message.key) == ("text", "o-wang", "message:7001")
    assert message.content.content == "你好"
    event = inbox.read(US, *pushed(EVENT))
    assert event.kind == "event.subscribe_msg_change_event"
    assert event.key == "event.subscribe_msg_change_event:o-wang:1793581200"


def test_copies_have_one_key() -> None:
    moment = int(time.time())
    first, again = (inbox.read(US, *pushed(EVENT, at=moment - age)) for age in (5, 0))
    assert first.key == again.key


def test_an_answer_can_be_opened_by_wechat() -> None:
    push = inbox.read(US, *pushed(TEXT))
    sealed = inbox.reply(US, push, "您好,<请>稍等", nonce="n")
    values = {
        name: re.search(rf"<{name}>(?:<!\[CDATA\[)?(.+?)(?:\]\]>)?</{name}>", sealed)
        for name in ("MsgSignature", "TimeStamp", "Nonce")
    }
    signature, stamp, nonce = (found[1] if found else "" for found in values.values())
    plain = WeChatCrypto(US.token, US.aes_key, US.app_id).decrypt_message(
        sealed, signature, stamp, nonce
    )
    assert "您好,<请>稍等" in plain
    assert "<ToUserName><![CDATA[o-wang]]></ToUserName>" in plain


def test_wechat_tests_our_address() -> None:
    stamp = str(int(time.time()))
    signer = WeChatSigner()
    signer.add_data(US.token, stamp, "n")
    query = {"timestamp": stamp, "nonce": "n", "signature": signer.signature, "echostr": "echo"}
    assert inbox.greet(US, query) == "echo"
    for wrong in ({"signature": "0"}, {"nonce": "m"}, {"timestamp": "1"}, {"timestamp": ""}):
        with pytest.raises(Forged):
            inbox.greet(US, query | wrong)


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><xml>'
    "<FromUserName>&b;</FromUserName><MsgType>text</MsgType></xml>"
)
FILE = (
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml>'
    "<FromUserName>&a;</FromUserName><MsgType>text</MsgType></xml>"
)
Made = Callable[[], tuple[dict[str, str], bytes]]


@pytest.mark.parametrize(
    "made",
    [
        lambda: pushed(TEXT, at=int(time.time()) - 301),
        lambda: pushed(TEXT, at=int(time.time()) + 301),
        lambda: pushed(TEXT, Inbox(app_id="wx-other", token=US.token, aes_key=US.aes_key)),
        lambda: pushed(TEXT, Inbox(app_id=US.app_id, token="other", aes_key=US.aes_key)),
        lambda: pushed(TEXT, Inbox(app_id=US.app_id, token=US.token, aes_key="x" * 43)),
        lambda: (pushed(TEXT)[0], pushed(EVENT)[1]),
        lambda: ({}, pushed(TEXT)[1]),
        lambda: (pushed(TEXT)[0], b""),
        lambda: (pushed(TEXT)[0], b"<xml>"),
        lambda: (pushed(TEXT)[0], b"<xml/>"),
        lambda: (pushed(TEXT)[0], b"x" * 70_000),
        lambda: pushed("<xml><MsgType>text</MsgType></xml>"),
        lambda: pushed("<xml><MsgType><a>1</a></MsgType></xml>"),
        lambda: pushed("<xml><FromUserName><a>1</a></FromUserName><MsgType>text</MsgType></xml>"),
        lambda: pushed("<html/>"),
        lambda: pushed("no xml"),
        lambda: pushed(BOMB),
        lambda: pushed(FILE),
    ],
)
def test_what_is_refused(made: Made) -> None:
    with pytest.raises(Forged):
        inbox.read(US, *made())


@settings(deadline=None)
@given(xml=st.text(), event=st.text(max_size=20))
def test_any_sealed_content_is_read_or_refused(xml: str, event: str) -> None:
    with pytest.raises(Forged):
        inbox.read(US, *pushed(xml))
    strange: Any = f"<xml><FromUserName>o</FromUserName><MsgType>{event}</MsgType></xml>"
    try:
        assert inbox.read(US, *pushed(strange)).openid == "o"
    except Forged:
        assert event.strip() != "text"


async def test_a_reminder_switched_off_in_wechat_is_sent_no_more(house: House) -> None:
    """The route as WeChat calls it: greeting, one change, several, a repeat, a forgery."""
    ours = house.app[WECHAT].inbox
    stranger = (await house.visitor()).client
    for template in ("t1", "t2", "t3"):
        await credits.record("o-wang", {template: credits.Answer.ACCEPT})

    async def push(content: str) -> int:
        query, raw = pushed(CHANGE.format(content), ours)
        answer = await stranger.post(PATH, params=query, data=raw)
        assert await answer.text() == "success"
        return answer.status

    assert await push(ONE.format("t1", "reject")) == 200
    assert await credits.left("o-wang") == {"t1": 0, "t2": 1, "t3": 1}
    for _ in range(2):
        assert await push(ONE.format("t2", "reject") + ONE.format("t3", "accept")) == 200
    assert await credits.left("o-wang") == {"t1": 0, "t2": 0, "t3": 1}
    assert await push("") == 200
    query, raw = pushed(CHANGE.format(ONE.format("t3", "reject")), US)
    assert (await stranger.post(PATH, params=query, data=raw)).status == 403
    assert (await stranger.get(PATH, params={"echostr": "x"})).status == 403
    assert (await credits.left("o-wang"))["t3"] == 1
