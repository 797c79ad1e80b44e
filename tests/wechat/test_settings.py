"""WeChat is set up whole or not at all, and the sentence names what is missing."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from core.errors import Unavailable
from wechat.bindings import WeChat
from wechat.sandbox import keys
from wechat.settings import Configuration, Given, Incomplete, configuration

ELLIPTIC = (
    ec.generate_private_key(ec.SECP256R1())
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)


@pytest.fixture(scope="module")
def whole(sandbox_folder: Path) -> Given:
    identity = keys.load(sandbox_folder)
    return Given(
        app_id="wx1",
        app_secret="s" * 32,
        message_token="token",
        message_key="k" * 43,
        official_app_id="wx2",
        official_app_secret="o" * 32,
        official_message_token="official",
        official_message_key="m" * 43,
        pay_merchant_id="1900000109",
        pay_certificate_serial="4C0FFEE",
        pay_private_key=identity.merchant_pem,
        pay_key="3" * 32,
        pay_platform_keys=str(identity.platform_keys),
        pay_notify_url="https://hospital.example/notify",
    )


def test_whole_settings_are_taken(whole: Given) -> None:
    made = configuration(whole)
    assert made.mini_program
    assert made.merchant
    assert made.inbox
    assert made.official
    assert (made.official.inbox.app_id, made.official.opens) == ("wx2", "wx1")
    assert made.mini_program.url == "https://api.weixin.qq.com"
    secrets = (whole.app_secret, whole.pay_key, whole.message_key, "PRIVATE KEY")
    for secret in (*secrets, whole.official_app_secret, whole.official_message_key):
        assert secret not in repr(made) + repr(whole)


def test_nothing_set_is_a_house_without_wechat() -> None:
    assert configuration(Given()) == Configuration()
    off = WeChat(lambda: configuration(Given()))
    for part in ("api", "pay", "inbox", "official"):
        with pytest.raises(Unavailable, match="没有开通微信"):
            getattr(off, part)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in Given.__dataclass_fields__
        if name not in ("state", "templates", "official_templates", "api_url", "pay_url")
    ],
)
def test_half_settings_name_what_is_missing(whole: Given, name: str) -> None:
    with pytest.raises(Incomplete, match=f"WECHAT_{name.upper()} is missing"):
        configuration(replace(whole, **{name: ""}))


@pytest.mark.parametrize("name", ["pay_key", "message_token", "official_app_id"])
def test_parts_need_the_mini_program(whole: Given, name: str) -> None:
    with pytest.raises(Incomplete, match="WECHAT_APP_ID"):
        configuration(replace(whole, app_id="", app_secret=""))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pay_key", "short"),
        ("pay_private_key", "no key"),
        ("pay_private_key", ELLIPTIC),
        ("pay_platform_keys", "/nowhere"),
        ("pay_notify_url", "http://hospital.example/notify"),
        ("pay_notify_url", "https://hospital.example/notify?a=1"),
        ("pay_notify_url", "/notify"),
        ("message_key", "k" * 42),
        ("official_message_key", "-" * 43),
        ("official_templates", "/nowhere.json"),
        ("state", "beta"),
        ("api_url", "http://api.weixin.qq.com"),
        ("pay_url", "ftp://127.0.0.1"),
    ],
)
def test_what_cannot_be_right_is_named(whole: Given, name: str, value: str) -> None:
    with pytest.raises(Incomplete, match=f"WECHAT_{name.upper()}"):
        configuration(replace(whole, **{name: value}))
