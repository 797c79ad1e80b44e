"""Settings come from environment variables, secrets also from `NAME_FILE`.

Outside the demo, a missing or well-known secret refuses to start with a sentence that names it.
"""

import base64
import hashlib
import os
from datetime import time, timedelta
from pathlib import Path
from typing import Any, Final, Self

from aiohttp import web
from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from app.carrying_settings import CarryingSettings
from app.demo.places import REGIONS
from app.family_settings import FamilySettings
from app.message_settings import MessageSettings
from app.pharmacy_settings import PharmacySettings
from app.review_settings import ReviewSettings
from app.signature_settings import SignatureSettings
from booking.rules import Params
from care.complaint import rules as complaints
from care.encounter import policy as encounters
from care.referral import rules as referrals
from care.signatures.openssl import Unusable
from core.crypto import FieldKey, Keyring, parse_field_keys
from mini_program_api.limits import Rates
from notifications.sms import sandbox as sms_sandbox
from notifications.sms.signing import Gateway
from people import regions
from people.policy import Policy
from people.regions import Regions
from people.residents import policy as residents
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
    "WECHAT_PAY_PRIVATE_KEY",
    "WECHAT_PAY_KEY",
    "COURIER_SECRET",
    "SMS_SECRET",
)


class SettingsError(Exception):
    """A setting is missing or unsafe; the message says which one and what to do."""


class Settings(
    CarryingSettings,
    PharmacySettings,
    ReviewSettings,
    FamilySettings,
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
    instant_answer_minutes: int = Field(10, description="核心制度要点 2018: urgent within 10 min")
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
    resident_session_days: int = Field(30, ge=1, le=365)
    resident_family: int = Field(5, ge=0, le=20, description="besides oneself")
    resident_proxy_days: int = Field(365, ge=1, le=1095)
    resident_code_minutes: int = Field(10, ge=1, le=60)
    resident_organization: str = Field("", description="code; else the county hospital")

    booking_window_days: int = Field(14, ge=1, le=90)
    booking_release_time: time = time(0, 0)
    booking_pay_minutes: int = Field(15, ge=1, le=24 * 60)
    booking_offer_minutes: int = Field(30, ge=5, le=24 * 60)
    booking_cancel_days_before: int = Field(1, ge=0, le=7)
    booking_cancel_until: time = time(15, 0)
    booking_per_day: int = Field(2, ge=1)
    booking_ahead: int = Field(4, ge=1)
    booking_no_shows: int = Field(3, ge=1)
    booking_no_show_days: int = Field(90, ge=1)
    booking_block_days: int = Field(90, ge=1)
    booking_quota_return_hours: int = Field(24, ge=0)
    booking_late_minutes: int = Field(120, ge=0)
    booking_early_minutes: int = Field(90, ge=0)
    booking_exam_walk_minutes: int = Field(10, ge=0)
    booking_exam_bladder_minutes: int = Field(60, ge=0)
    booking_exam_contrast_days: int = Field(1, ge=0)
    booking_exam_fasting_until: time = time(11, 0)

    laboratory_ranges: Path | None = Field(
        None, description="CSV of reference ranges, docs/howto/laboratory.md"
    )

    visit_evidence_days: int = Field(180, ge=1, description="how old a diagnosis may be")
    visit_answer_minutes: int = Field(3, ge=1, description="after a call, before the next")
    visit_calls: int = Field(2, ge=1, description="missed calls before it did not happen")
    visit_behind: int = Field(2, ge=1, description="how many go first after a missed call")
    visit_offer_minutes: int = Field(120, ge=5, description="a place kept after an unfit visit")
    visit_journey_minutes: int = Field(120, ge=0, description="before a kept place at the counter")
    visit_idle_hours: int = Field(4, ge=1, description="a shift without an act ends by itself")
    visit_guest_minutes: int = Field(30, ge=1, description="for a link to be opened")
    visit_rating_days: int = Field(7, ge=0, description="to rate a visit, and to change it")
    visit_refund_terminated: bool = Field(True, description="when found unfit for the internet")
    visit_refund_given_up: bool = Field(True, description="when given up in the waiting room")

    complaint_accept_hours: int = Field(24, ge=1, description="until a complaint is accepted")
    complaint_close_days: int = Field(15, ge=1, description="working days until the answer")
    complaint_silent_days: int = Field(7, ge=1, description="an answered one closes by itself")
    complaint_reopen_days: int = Field(30, ge=0, description="a closed one may be taken up again")

    referral_agree_hours: int = Field(72, ge=1, description="for the resident to agree")
    referral_answer_hours: int = Field(24, ge=1, description="for the department to answer")
    referral_urgent_hours: int = Field(2, ge=1, description="the same, when it is urgent")
    referral_days: int = Field(30, ge=1, description="an accepted one ends by itself")

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

    def residents(self) -> residents.Params:
        """How residents' accounts are bounded."""
        return residents.Params(
            session=timedelta(days=self.resident_session_days),
            family=self.resident_family,
            proxy=timedelta(days=self.resident_proxy_days),
            code=timedelta(minutes=self.resident_code_minutes),
            organization=self.resident_organization,
        )

    def booking(self) -> Params:
        """What the outpatient office has decided."""
        return Params(
            window_days=self.booking_window_days,
            release_time=self.booking_release_time,
            pay_minutes=self.booking_pay_minutes,
            offer_minutes=self.booking_offer_minutes,
            cancel_days_before=self.booking_cancel_days_before,
            cancel_until=self.booking_cancel_until,
            per_day=self.booking_per_day,
            ahead=self.booking_ahead,
            misses=self.booking_no_shows,
            misses_days=self.booking_no_show_days,
            block_days=self.booking_block_days,
            quota_return_hours=self.booking_quota_return_hours,
            late_minutes=self.booking_late_minutes,
            early_minutes=self.booking_early_minutes,
            exam_walk_minutes=self.booking_exam_walk_minutes,
            exam_bladder_minutes=self.booking_exam_bladder_minutes,
            exam_contrast_days=self.booking_exam_contrast_days,
            exam_fasting_until=self.booking_exam_fasting_until,
        )

    def visits(self) -> encounters.Params:
        """What the institution has decided about online visits."""
        return encounters.Params(
            evidence_days=self.visit_evidence_days,
            answer=timedelta(minutes=self.visit_answer_minutes),
            calls=self.visit_calls,
            behind=self.visit_behind,
            offer=timedelta(minutes=self.visit_offer_minutes),
            journey=timedelta(minutes=self.visit_journey_minutes),
            idle=timedelta(hours=self.visit_idle_hours),
            guest_link=timedelta(minutes=self.visit_guest_minutes),
            rating=timedelta(days=self.visit_rating_days),
            refund_terminated=self.visit_refund_terminated,
            refund_given_up=self.visit_refund_given_up,
        )

    def referrals(self) -> referrals.Params:
        """What the institution has decided about referrals."""
        return referrals.Params(
            agree=timedelta(hours=self.referral_agree_hours),
            answer=timedelta(hours=self.referral_answer_hours),
            urgent=timedelta(hours=self.referral_urgent_hours),
            come=timedelta(days=self.referral_days),
        )

    def complaints(self) -> complaints.Params:
        """What the institution has decided about complaints."""
        return complaints.Params(
            accept=timedelta(hours=self.complaint_accept_hours),
            close_days=self.complaint_close_days,
            silent=timedelta(days=self.complaint_silent_days),
            reopen=timedelta(days=self.complaint_reopen_days),
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
