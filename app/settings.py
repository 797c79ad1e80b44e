"""Settings come from environment variables, secrets also from `NAME_FILE`.

Outside the demo, a missing or well-known secret refuses to start with a sentence that names it.
"""

import base64
import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Self

from aiohttp import web
from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from app.booking_settings import BookingSettings
from app.care_settings import CareSettings
from app.carrying_settings import CarryingSettings
from app.demo.places import REGIONS
from app.device_settings import DeviceSettings
from app.family_settings import FamilySettings
from app.message_settings import MessageSettings
from app.pharmacy_settings import PharmacySettings
from app.resident_settings import ResidentSettings
from app.review_settings import ReviewSettings
from app.signature_settings import SignatureSettings
from care.signatures.openssl import Unusable
from core.crypto import FieldKey, Keyring, parse_field_keys
from mini_program_api.limits import Rates
from notifications.sms import sandbox as sms_sandbox
from notifications.sms.signing import Gateway
from people import regions
from people.policy import Policy
from people.regions import Regions
from pharmacy.delivery import sandbox as courier_sandbox
from pharmacy.delivery.envelope import Credentials
from pharmacy.delivery.gateway import CountyCourier, Courier
from pharmacy.delivery.routes import PATH as COURIER_EVENTS
from rtc.turn import Relays
from wechat import sandbox
from wechat import settings as wechat_settings

DEMO_SECRET: Final = "doorstep-demo-secret-for-one-machine-only"  # noqa: S105  (refused outside the demo)
_FILES: Final = (
    "SECRET_KEY",
    "FIELD_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "TURN_SECRET",
    "MEDIA_SECRET",
    "METRICS_TOKEN",
    "WECHAT_APP_SECRET",
    "WECHAT_MESSAGE_TOKEN",
    "WECHAT_MESSAGE_KEY",
    "WECHAT_OFFICIAL_APP_SECRET",
    "WECHAT_OFFICIAL_MESSAGE_TOKEN",
    "WECHAT_OFFICIAL_MESSAGE_KEY",
    "WECHAT_PAY_PRIVATE_KEY",
    "WECHAT_PAY_KEY",
    "COURIER_SECRET",
    "SMS_SECRET",
    "MQTT_URL",
)


class SettingsError(Exception):
    """A setting is missing or unsafe; the message says which one and what to do."""


class Settings(
    BookingSettings,
    CareSettings,
    CarryingSettings,
    PharmacySettings,
    ReviewSettings,
    FamilySettings,
    ResidentSettings,
    DeviceSettings,
    MessageSettings,
    SignatureSettings,
):
    """Everything an operator may set. Names are those of the contract."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=False)

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str | None = None
    public_url: str = ""
    demo: bool = False
    secret_key: str = ""
    field_key: str = ""
    trusted_proxies: str = ""
    metrics_token: str = ""
    log_level: str = "INFO"

    media_nodes: str = ""
    media_udp_port: int = 0
    media_public_ip: str = ""
    media_control_port: int = 0
    media_secret: str = ""
    turn_urls: str = ""
    turn_secret: str = ""
    turn_credential_minutes: float = Field(10, ge=0.1, le=24 * 60)

    wechat_app_id: str = ""
    wechat_app_secret: str = ""
    wechat_state: str = "formal"
    wechat_templates: str = ""
    wechat_message_token: str = ""
    wechat_message_key: str = ""
    wechat_official_app_id: str = ""
    wechat_official_app_secret: str = ""
    wechat_official_message_token: str = ""
    wechat_official_message_key: str = ""
    wechat_official_templates: str = ""
    wechat_pay_merchant_id: str = ""
    wechat_pay_certificate_serial: str = ""
    wechat_pay_private_key: str = ""
    wechat_pay_key: str = ""
    wechat_pay_platform_keys: str = ""
    wechat_pay_notify_url: str = ""
    wechat_api_url: str = ""
    wechat_pay_url: str = ""
    wechat_sandbox_dir: Path | None = Field(None, description="demo only; else under DATA_DIR")

    courier_url: str = Field("", description="the courier's address; none: nothing is sent")
    courier_key: str = ""
    courier_secret: str = ""
    consultation_fees: Path | None = Field(
        None, description="JSON price list, else the built-in one"
    )
    quality_sample_days: int = Field(90, ge=1, description="minutes of lines; sums stay longer")
    quality_call_days: int = Field(1095, ge=1, description="one row a call and seat")
    chat_keep_years: int = Field(
        15, ge=3, description="监管细则 2022: at least 3; the record it belongs to, 15"
    )
    session_idle_minutes: int = 30
    session_absolute_hours: int = 12
    reauthentication_minutes: int = 15
    emergency_access_hours: int = 2
    emergency_review_days: int = 3
    record_after_visit_hours: int = Field(72, ge=0, description="for the writing")
    health_card_code_seconds: int = Field(60, ge=10, le=600)
    health_card_refresh_seconds: int = Field(50, ge=5, le=600)

    real_name_adapter: str = Field("", description="module:factory, see docs/howto/residents.md")
    sms_adapter: str = Field("", description="module:factory, see docs/howto/residents.md")
    api_address_per_minute: int = Field(1200, ge=1, description="a village shares few addresses")
    api_sign_ins_per_minute: int = Field(60, ge=1, description="from one address")
    api_calls_per_minute: int = Field(600, ge=1, description="of one account")
    api_writes_per_minute: int = Field(120, ge=1, description="of one account")
    api_people_per_hour: int = Field(60, ge=1, description="documents, codes, paid calls")
    partner_calls_per_minute: int = Field(300, ge=1, description="of one partner's system")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.database_url:
            self.database_url = f"sqlite://{self.data_dir.resolve() / 'doorstep.sqlite3'}"
        if self.demo:
            self.secret_key = self.secret_key or DEMO_SECRET
            self.field_key = self.field_key or f"demo:{_demo_key(self.secret_key)}"
            self.turn_secret = self.turn_secret or DEMO_SECRET
        return self

    @property
    def base_url(self) -> str:
        """Where people reach us."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def field_keys(self) -> list[FieldKey]:
        """The keys that seal columns, newest first."""
        return parse_field_keys(self.field_key)

    def keyring(self) -> Keyring:
        """The process's keys."""
        return Keyring(secret_key=self.secret_key, field_keys=self.field_keys())

    def policy(self) -> Policy:
        """How strictly staff prove who they are; the demo asks for no second factor."""
        return Policy(
            second_factor=not self.demo,
            session_idle=timedelta(minutes=self.session_idle_minutes),
            session_absolute=timedelta(hours=self.session_absolute_hours),
            recent_proof=timedelta(minutes=self.reauthentication_minutes),
            emergency_access=timedelta(hours=self.emergency_access_hours),
            emergency_review=timedelta(days=self.emergency_review_days),
            after_visit=timedelta(hours=self.record_after_visit_hours),
            card_code=timedelta(seconds=self.health_card_code_seconds),
            card_refresh=timedelta(seconds=self.health_card_refresh_seconds),
            secure_cookies=self.base_url.startswith("https://"),
            loopback_is_free=self.demo,
        )

    def api(self) -> Rates:
        """How often residents may call."""
        return Rates(
            address_per_minute=self.api_address_per_minute,
            sign_ins_per_minute=self.api_sign_ins_per_minute,
            calls_per_minute=self.api_calls_per_minute,
            writes_per_minute=self.api_writes_per_minute,
            people_per_hour=self.api_people_per_hour,
            loopback_is_free=self.demo,
        )

    def relays(self) -> Relays:
        """The TURN servers browsers are told of."""
        urls = [part.strip() for part in self.turn_urls.split(",") if part.strip()]
        return Relays(urls, self.turn_secret, timedelta(minutes=self.turn_credential_minutes))

    def wechat(self) -> wechat_settings.Configuration:
        """What talks to WeChat: in the demo the sandbox, unless there is a mini program.

        Raises wechat.settings.Incomplete.
        """
        if self.demo and not self.wechat_app_id:
            home = self.own_address()
            url = self.wechat_api_url or home + sandbox.PREFIX
            notify_url = home + wechat_settings.NOTIFY_PATH
            return sandbox.credentials(self.sandbox_dir(), url, notify_url)
        names = wechat_settings.Given.__dataclass_fields__
        given = {name: getattr(self, f"wechat_{name}") for name in names}
        given["api_url"] = self.wechat_api_url or wechat_settings.API_URL
        given["pay_url"] = self.wechat_pay_url or wechat_settings.PAY_URL
        if self.wechat_pay_merchant_id and self.public_url:
            own = self.public_url.rstrip("/") + wechat_settings.NOTIFY_PATH
            given["pay_notify_url"] = self.wechat_pay_notify_url or own
        return wechat_settings.configuration(wechat_settings.Given(**given))

    def regions(self) -> Regions:
        """Where addresses can be: the county's file, or the demo county's places."""
        if self.regions_file:
            return regions.read(self.regions_file)
        return REGIONS if self.demo else {}

    def courier(self) -> Courier | None:
        """Who carries parcels: in the demo the sandbox, unless there is one; None: nobody."""
        home = self.own_address()
        if self.courier_url:
            known = Credentials(self.courier_key, self.courier_secret)
            own = (self.public_url or home).rstrip("/")
            return CountyCourier(self.courier_url, known, notify_url=own + COURIER_EVENTS)
        if not self.demo:
            return None
        known = courier_sandbox.credentials(courier_sandbox.Options())
        url = home + courier_sandbox.PREFIX
        return CountyCourier(url, known, notify_url=home + COURIER_EVENTS)

    def sms_gateway(self) -> Gateway | None:
        """Who carries text messages: in the demo the sandbox, unless there is one."""
        if self.demo and not self.sms_url:
            home = self.own_address() + sms_sandbox.PREFIX
            return Gateway(home, sms_sandbox.Options().secret)
        if not self.sms_url:
            return None
        if not self.sms_secret:
            raise SettingsError("SMS_SECRET is missing, while SMS_URL is set: set both, or neither")
        return Gateway(self.sms_url.rstrip("/"), self.sms_secret)

    def own_address(self) -> str:
        """Where this machine reaches itself."""
        return f"http://{_loopback(self.host)}:{self.port}"

    def sandbox_dir(self) -> Path:
        """Where the WeChat sandbox keeps its keys and its memory."""
        return self.wechat_sandbox_dir or self.data_dir.resolve() / "wechat-sandbox"

    def control_secret(self) -> str:
        """What app processes and media nodes know one another by."""
        return self.media_secret or self.keyring().derive("media-control").hex()


SETTINGS: Final = web.AppKey("settings", Settings)


def _loopback(host: str) -> str:
    """Where this machine reaches what listens at `host`."""
    return "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # noqa: S104


def _demo_key(secret: str) -> str:
    return base64.b64encode(hashlib.sha256(secret.encode()).digest()).decode()


def load() -> Settings:
    """Read the environment. Raises SettingsError."""
    settings = Settings(**_from_files())
    try:
        settings.check_signatures()
    except Unusable as problem:
        raise SettingsError(f"SIGNATURE_ALGORITHM=sm2-sm3 needs OpenSSL 3: {problem}") from problem
    if not settings.demo:
        _refuse_unsafe(settings)
    return settings


def _from_files() -> dict[str, Any]:
    found = {}
    for name in _FILES:
        if path := os.environ.get(f"{name}_FILE"):
            try:
                found[name.lower()] = Path(path).read_text().strip()
            except OSError as problem:
                raise SettingsError(f"{name}_FILE cannot be read: {problem.strerror}") from problem
    return found


def _refuse_unsafe(settings: Settings) -> None:
    if len(settings.secret_key) < 32 or settings.secret_key == DEMO_SECRET:
        raise SettingsError(
            "SECRET_KEY is missing, short or well known: set it to 32 random characters or more "
            "(python -c 'import secrets; print(secrets.token_urlsafe(48))')"
        )
    try:
        settings.field_keys()
    except ValueError as problem:
        raise SettingsError(f"FIELD_KEY: {problem}") from problem
    if settings.field_keys()[0].secret == base64.b64decode(_demo_key(DEMO_SECRET)):
        raise SettingsError("FIELD_KEY is the demo's: make one of your own")
    if settings.courier_url and len(settings.courier_secret) < 16:
        raise SettingsError("COURIER_SECRET is missing or short: COURIER_URL is set")
    try:
        settings.wechat()
    except wechat_settings.Incomplete as problem:
        raise SettingsError(str(problem)) from problem
