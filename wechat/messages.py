"""Telling somebody something by subscribe message, in the words of our house."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import aiohttp

from wechat import credits
from wechat.bindings import WeChat
from wechat.credits import Answer
from wechat.errors import NoCredit
from wechat.rules import Value

NO_TEMPLATE: Final = "没有开通这类提醒的微信模板。"


async def agreed(wechat: WeChat, openid: str, answers: Mapping[str, Answer]) -> None:
    """The user answered `wx.requestSubscribeMessage`; `answers` are by template id.

    In the demo there is no WeChat client that would tell WeChat, so the sandbox hears it from us.
    """
    configured = wechat.configuration
    await credits.record(openid, answers, long_term=configured.templates.long_term)
    if configured.sandbox_url:
        accepted = [name for name, answer in answers.items() if answer is Answer.ACCEPT]
        await _tell_sandbox(configured.sandbox_url, openid, accepted)


async def _tell_sandbox(url: str, openid: str, template_ids: list[str]) -> None:
    body = {"openid": openid, "template_ids": template_ids}
    with suppress(aiohttp.ClientError, TimeoutError):
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
            session.post(f"{url}/subscriptions", json=body) as answer,
        ):
            await answer.read()


async def tell(
    wechat: WeChat, openid: str, topic: str, words: Mapping[str, Value], *, page: str = ""
) -> None:
    """Send a message about `topic`. Call with no transaction open.

    Keep diagnoses, drugs and results out of the words: they show on locked screens. Raises
    NoCredit when there is no template or no agreement, and what `credits.send` raises.
    """
    template = wechat.configuration.templates.topics.get(topic)
    if template is None:
        raise NoCredit("wechat_no_template", NO_TEMPLATE)
    await credits.send(wechat.api, openid, template.id, template.values(words), page=page)
