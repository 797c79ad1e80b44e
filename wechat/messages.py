"""What users answered when the mini program asked them whether it may remind them."""

from collections.abc import Mapping
from contextlib import suppress

import aiohttp

from wechat import credits
from wechat.bindings import WeChat
from wechat.credits import Answer


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
