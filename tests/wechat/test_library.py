"""Private names of `wechatpayv3` that we lean on: a new version that drops one fails here."""

import inspect
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from wechatpayv3.async_ import AsyncWeChatPay
from wechatpayv3.async_.core import AsyncCore

from tests.plumbing.wechat import RunningSandbox
from wechat.pay.library import Core, library
from wechat.pay.platform_keys import PlatformKeys

PACKAGE = Path(__file__).parent.parent.parent / "wechat"
OURS = "wechat/pay/library.py"


def test_the_pinned_version_is_the_one_we_read() -> None:
    assert version("wechatpayv3") == "2.0.4"
    assert version("wechatpy") == "1.8.18"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("request", "self._gate_way + path"),
        ("request", "self._client.post("),
        ("request", "await self._verify_signature_async(response.headers, response.text)"),
        ("request", "self._public_key_id"),
        ("_update_certificates", "self._certificates.append(certificate)"),
    ],
)
def test_the_library_still_does_what_we_replace(name: str, words: str) -> None:
    assert words in inspect.getsource(getattr(AsyncCore, name))


async def test_our_core_is_the_one_that_is_used(sandbox: RunningSandbox) -> None:
    merchant = sandbox.configuration().merchant
    assert merchant
    core = Core(merchant, PlatformKeys(merchant.platform_keys))
    assert core._gate_way == sandbox.url
    assert core._public_key_id == sandbox.state.identity.signers[0].serial
    assert "self._core" in inspect.getsource(AsyncWeChatPay.sign)
    assert library(merchant, core)._core is core
    await core.close()


def test_no_other_file_touches_private_names_of_the_library() -> None:
    private = re.compile(r"\b_(library|core|pay)\._\w+|wechatpayv3\.core")
    found = {
        str(file.relative_to(PACKAGE.parent))
        for file in PACKAGE.rglob("*.py")
        if private.search(file.read_text())
    }
    assert found <= {OURS}
