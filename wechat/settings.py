"""What an operator sets for WeChat, and what has to be set together.

Nothing set: the house runs without WeChat, and whatever needs it says so. Something set but not
all of what belongs to it: the house does not start, and the sentence names what is missing.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from wechat.templates import Catalogue

API_URL: Final = "https://api.weixin.qq.com"
PAY_URL: Final = "https://api.mch.weixin.qq.com"
NOTIFY_PATH: Final = "/wechat/pay/notifications"


class Incomplete(ValueError):
    """A setting is missing or cannot be right; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniProgram:
    """The mini program: who we are to api.weixin.qq.com. `state`: formal, trial or developer."""

    app_id: str
    secret: str = field(repr=False)
    url: str = API_URL
    state: str = "formal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """The merchant: who we are to WeChat Pay.

    `platform_keys` is a folder with what WeChat signs with, one file each: public keys named
    `PUB_KEY_ID_….pem`, or platform certificates. All of them count, so that keys can rotate.
    """

    app_id: str
    merchant_id: str
    certificate_serial: str
    private_key: str = field(repr=False)
    api_key: str = field(repr=False)
    platform_keys: Path
    notify_url: str
    url: str = PAY_URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Where WeChat pushes messages and events of the mini program or official account to."""

    app_id: str
    token: str = field(repr=False)
    aes_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """The official account (服务号): who we are there, and the templates it was granted.

    `opens` is the mini program its messages lead into.
    """

    app_id: str
    secret: str = field(repr=False)
    inbox: Inbox
    opens: str
    templates: Catalogue = field(default_factory=Catalogue)
    url: str = API_URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """All of it; a part that is None is not in use. `sandbox_url` is set in the demo only."""

    mini_program: MiniProgram | None = None
    merchant: Merchant | None = None
    inbox: Inbox | None = None
    official: Official | None = None
    templates: Catalogue = field(default_factory=Catalogue)
    sandbox_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The settings as they stand in the environment, named as there without `WECHAT_`."""

    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    state: str = "formal"
    templates: str = ""
    message_token: str = field(default="", repr=False)
    message_key: str = field(default="", repr=False)
    official_app_id: str = ""
    official_app_secret: str = field(default="", repr=False)
    official_message_token: str = field(default="", repr=False)
    official_message_key: str = field(default="", repr=False)
    official_templates: str = ""
    pay_merchant_id: str = ""
    pay_certificate_serial: str = ""
    pay_private_key: str = field(default="", repr=False)
    pay_key: str = field(default="", repr=False)
    pay_platform_keys: str = ""
    pay_notify_url: str = ""
    api_url: str = API_URL
    pay_url: str = PAY_URL


def configuration(given: Given) -> Configuration:
    """Check and put together. Raises Incomplete with the name of the setting."""
    mini = _belong(given, "app_id", "app_secret")
    pay = _belong(
        given,
        "pay_merchant_id",
        "pay_certificate_serial",
        "pay_private_key",
        "pay_key",
        "pay_platform_keys",
        "pay_notify_url",
    )
    inbox = _belong(given, "message_token", "message_key")
    official = _belong(
        given,
        "official_app_id",
        "official_app_secret",
        "official_message_token",
        "official_message_key",
    )
    if (pay or inbox or official) and not mini:
        raise Incomplete("WECHAT_APP_ID is missing: the other WeChat settings need it")
    return Configuration(
        mini_program=_mini_program(given) if mini else None,
        merchant=_merchant(given) if pay else None,
        inbox=_inbox(given) if inbox else None,
        official=_official(given) if official else None,
        templates=_templates("WECHAT_TEMPLATES", given.templates),
    )


def _belong(given: Given, *names: str) -> bool:
    """Whether all of them are set; only some of them is refused."""
    missing = [name for name in names if not getattr(given, name)]
    if missing and len(missing) < len(names):
        present = next(name for name in names if name not in missing)
        raise Incomplete(
            f"WECHAT_{missing[0].upper()} is missing, while WECHAT_{present.upper()} is set: "
            "set both, or neither to run without"
        )
    return not missing


def _mini_program(given: Given) -> MiniProgram:
    if given.state not in ("formal", "trial", "developer"):
        raise Incomplete("WECHAT_STATE must be formal, trial or developer")
    return MiniProgram(
        app_id=given.app_id,
        secret=given.app_secret,
        url=_address("WECHAT_API_URL", given.api_url),
        state=given.state,
    )


def _templates(name: str, file: str) -> Catalogue:
    if not file:
        return Catalogue()
    try:
        return Catalogue.read(Path(file))
    except ValueError as problem:
        raise Incomplete(f"{name}: {problem}") from problem


def _merchant(given: Given) -> Merchant:
    if len(given.pay_key.encode()) != 32:
        raise Incomplete("WECHAT_PAY_KEY must be the APIv3 key of 32 characters")
    folder = Path(given.pay_platform_keys)
    if not folder.is_dir():
        raise Incomplete("WECHAT_PAY_PLATFORM_KEYS must be a folder with WeChat Pay's public keys")
    notify = urlsplit(given.pay_notify_url)
    if not notify.hostname or notify.query or notify.fragment or not _is_safe(notify.geturl()):
        raise Incomplete("WECHAT_PAY_NOTIFY_URL must be https and have no query (PUBLIC_URL?)")
    return Merchant(
        app_id=given.app_id,
        merchant_id=given.pay_merchant_id,
        certificate_serial=given.pay_certificate_serial,
        private_key=_rsa(given.pay_private_key),
        api_key=given.pay_key,
        platform_keys=folder,
        notify_url=given.pay_notify_url,
        url=_address("WECHAT_PAY_URL", given.pay_url),
    )


def _inbox(given: Given) -> Inbox:
    key = _aes_key("WECHAT_MESSAGE_KEY", given.message_key)
    return Inbox(app_id=given.app_id, token=given.message_token, aes_key=key)


def _official(given: Given) -> Official:
    key = _aes_key("WECHAT_OFFICIAL_MESSAGE_KEY", given.official_message_key)
    app_id, token = given.official_app_id, given.official_message_token
    return Official(
        app_id=app_id,
        secret=given.official_app_secret,
        inbox=Inbox(app_id=app_id, token=token, aes_key=key),
        opens=given.app_id,
        templates=_templates("WECHAT_OFFICIAL_TEMPLATES", given.official_templates),
        url=_address("WECHAT_API_URL", given.api_url),
    )


def _aes_key(name: str, key: str) -> str:
    if len(key) != 43 or not key.isalnum():
        raise Incomplete(f"{name} must be the EncodingAESKey of 43 letters and digits")
    return key


def _rsa(pem: str) -> str:
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Incomplete("WECHAT_PAY_PRIVATE_KEY must be the merchant's RSA key as PEM")
    return pem


def _address(name: str, url: str) -> str:
    if not _is_safe(url):
        raise Incomplete(f"{name} must be an https address")
    return url.rstrip("/")


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    return bool(parts.hostname) and (parts.scheme == "https" or (local and parts.scheme == "http"))
