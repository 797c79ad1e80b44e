"""What WeChat pushes to the house by itself (消息推送, safe mode).

Of the mini program the end of each message: `subscribe_msg_sent_event`, as WeChat describes it
under 订阅消息 > 事件推送. Of the official account who comes and goes (`subscribe`, `unsubscribe`)
and the end of each message (`TEMPLATESENDJOBFINISH`). A push comes apart from the answer to the
call, in any order, and at most three times when it is not taken.
"""

import asyncio
import re
import time
from secrets import token_hex
from typing import Final

import aiohttp
from wechatpy.crypto import WeChatCrypto

from wechat.sandbox.keys import APP_ID, OFFICIAL_APP_ID
from wechat.settings import Inbox

MESSAGE_TOKEN: Final = "sandbox-message-token"  # noqa: S105  (the sandbox's, which guards nothing)
MESSAGE_KEY: Final = "sandboxMessageKeyOf43LettersAndDigits000000"
PROGRAM: Final = Inbox(app_id=APP_ID, token=MESSAGE_TOKEN, aes_key=MESSAGE_KEY)
OFFICIAL: Final = Inbox(
    app_id=OFFICIAL_APP_ID,
    token="sandbox-official-token",  # noqa: S106
    aes_key="sandboxOfficialKeyOf43LettersAndDigits00000",
)
TRIES: Final = 3
PATIENCE: Final = aiohttp.ClientTimeout(total=5)
EVENT: Final = """<xml><ToUserName><![CDATA[gh_sandbox]]></ToUserName>
<FromUserName><![CDATA[{openid}]]></FromUserName><CreateTime>{at}</CreateTime>
<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_sent_event]]></Event>
<SubscribeMsgSentEvent><List><TemplateId><![CDATA[{template_id}]]></TemplateId>
<MsgID>{number}</MsgID><ErrorCode>0</ErrorCode><ErrorStatus><![CDATA[success]]></ErrorStatus>
</List></SubscribeMsgSentEvent></xml>"""
OFFICIAL_EVENT: Final = """<xml><ToUserName><![CDATA[gh_official]]></ToUserName>
<FromUserName><![CDATA[{openid}]]></FromUserName><CreateTime>{at}</CreateTime>
<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>{more}</xml>"""
JOB: Final = "<MsgID>{number}</MsgID><Status><![CDATA[{status}]]></Status>"
_SIGNED: Final = re.compile(r"<MsgSignature><!\[CDATA\[(\w+)")


async def tell_end(
    session: aiohttp.ClientSession, url: str, openid: str, template_id: str, number: int
) -> None:
    """Push that a subscribe message arrived."""
    xml = EVENT.format(openid=openid, at=_now(), template_id=template_id, number=number)
    await _push(session, url, PROGRAM, xml)


async def tell_official(
    session: aiohttp.ClientSession, url: str, openid: str, event: str, more: str = ""
) -> None:
    """Push an event of the official account."""
    xml = OFFICIAL_EVENT.format(openid=openid, at=_now(), event=event, more=more)
    await _push(session, url, OFFICIAL, xml)


def _now() -> int:
    return int(time.time())


async def _push(session: aiohttp.ClientSession, url: str, house: Inbox, xml: str) -> None:
    """Until it is taken or was tried often enough."""
    stamp, nonce = str(_now()), token_hex(8)
    crypto = WeChatCrypto(house.token, house.aes_key, house.app_id)
    sealed = crypto.encrypt_message(xml, nonce, stamp)
    signed = _SIGNED.search(sealed)
    query = {"timestamp": stamp, "nonce": nonce, "msg_signature": signed[1] if signed else ""}
    for attempt in range(TRIES):
        try:
            async with session.post(
                url, params=query, data=sealed.encode(), timeout=PATIENCE
            ) as answer:
                if answer.status == 200:
                    return
        except (aiohttp.ClientError, TimeoutError):
            pass
        await asyncio.sleep(0.5 * 2**attempt)
