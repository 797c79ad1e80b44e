"""What WeChat pushes to the house by itself (消息推送, safe mode): the end of each message.

`subscribe_msg_sent_event`, as WeChat describes it under 订阅消息 > 事件推送: it comes apart from
the answer to the call, in any order, and at most three times when it is not taken.
"""

import asyncio
import re
import time
from secrets import token_hex
from typing import Final

import aiohttp
from wechatpy.crypto import WeChatCrypto

from wechat.sandbox.keys import APP_ID

MESSAGE_TOKEN: Final = "sandbox-message-token"  # noqa: S105  (the sandbox's, which guards nothing)
MESSAGE_KEY: Final = "sandboxMessageKeyOf43LettersAndDigits000000"
TRIES: Final = 3
PATIENCE: Final = aiohttp.ClientTimeout(total=5)
EVENT: Final = """<xml><ToUserName><![CDATA[gh_sandbox]]></ToUserName>
<FromUserName><![CDATA[{openid}]]></FromUserName><CreateTime>{at}</CreateTime>
<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_sent_event]]></Event>
<SubscribeMsgSentEvent><List><TemplateId><![CDATA[{template_id}]]></TemplateId>
<MsgID>{number}</MsgID><ErrorCode>0</ErrorCode><ErrorStatus><![CDATA[success]]></ErrorStatus>
</List></SubscribeMsgSentEvent></xml>"""
_SIGNED: Final = re.compile(r"<MsgSignature><!\[CDATA\[(\w+)")


async def tell_end(
    session: aiohttp.ClientSession, url: str, openid: str, template_id: str, number: int
) -> None:
    """Push that a message arrived, until it is taken or was tried often enough."""
    stamp, nonce = str(int(time.time())), token_hex(8)
    xml = EVENT.format(openid=openid, at=stamp, template_id=template_id, number=number)
    sealed = WeChatCrypto(MESSAGE_TOKEN, MESSAGE_KEY, APP_ID).encrypt_message(xml, nonce, stamp)
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
