"""What an operator starts from: the secrets suffice, the names are settings, the image is whole."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app import settings as app_settings
from rtc.media.settings import Settings as MediaSettings
from rtc.turn_client import RelayUrl

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if "build" in service}


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Secrets as `deploy/make-secrets` writes them."""
    shutil.copy(ROOT / "deploy" / "make-secrets", tmp_path)
    subprocess.run([tmp_path / "make-secrets"], check=True, capture_output=True)
    return tmp_path / "secrets"


def environment(service: str, secrets: Path) -> dict[str, str]:
    """A service's environment, with the files of its secrets where they are now."""
    given = SERVICES[service]["environment"].items()
    return {k: str(v).replace("/run/secrets", str(secrets)) for k, v in given}


def test_the_secrets_let_the_app_start(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment("app", secrets).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DEMO", raising=False)
    loaded = app_settings.load()
    assert loaded.database_url.endswith("@postgres:5432/doorstep")
    assert loaded.redis_url
    assert loaded.control_secret() == (secrets / "media_secret").read_text()
    assert loaded.turn_secret == (secrets / "turn_secret").read_text()


def test_the_secrets_let_the_media_node_start(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment("media", secrets).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MEDIA_UDP_PORT", "40000")
    monkeypatch.setenv("MEDIA_PUBLIC_IP", "203.0.113.10")
    assert MediaSettings().secret == (secrets / "media_secret").read_text()


def test_secrets_stay_when_made_again(secrets: Path) -> None:
    before = {file.name: file.read_bytes() for file in secrets.iterdir()}
    subprocess.run([secrets.parent / "make-secrets"], check=True, capture_output=True)
    assert {file.name: file.read_bytes() for file in secrets.iterdir()} == before
    assert len(set(before.values())) == len(before)
    assert secrets.stat().st_mode & 0o077 == 0


def test_compose_names_every_secret_there_is(secrets: Path) -> None:
    assert set(COMPOSE["secrets"]) == {file.name for file in secrets.iterdir()}
    for name, service in SERVICES.items():
        text = str(service)
        mentioned = set(re.findall(r"/run/secrets/(\w+)", text))
        assert mentioned <= set(service.get("secrets", [])), name


@pytest.mark.parametrize("service", sorted(OURS))
def test_compose_sets_only_settings_that_exist(service: str) -> None:
    known = {name.upper() for name in app_settings.Settings.model_fields}
    known |= {f"MEDIA_{name.upper()}" for name in MediaSettings.model_fields}
    given = {name.removesuffix("_FILE") for name in SERVICES[service]["environment"]}
    assert given - known == set()


def test_image_and_checkout_install_the_same_debian_packages() -> None:
    script = (ROOT / "scripts" / "debian-packages").read_text()
    wanted = re.search(r"^wanted=\((.*)\)$", script, re.MULTILINE)
    assert wanted
    image = (ROOT / "Dockerfile").read_text()
    assert [name for name in wanted[1].split() if name not in image] == []


def test_image_leaves_out_secrets_and_tests(tmp_path: Path) -> None:
    """Follow .dockerignore the way git reads the same patterns."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    shutil.copy(ROOT / ".dockerignore", tmp_path / ".gitignore")
    out = ["deploy/secrets/field_key", ".env", "tests/conftest.py", "var/doorstep.sqlite3"]
    kept = ["app/main.py", "static/css/app.css", "core/db.py", "pyproject.toml"]
    ignored = subprocess.run(
        ["git", "check-ignore", "--no-index", *out, *kept],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    assert set(ignored) == set(out)


@pytest.mark.parametrize(
    "script",
    [
        "deploy/make-secrets",
        "deploy/start-turn",
        "deploy/start-mosquitto",
        "deploy/admit-device",
        ".ci/run",
    ],
)
def test_scripts_may_be_executed(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


def test_the_door_lets_only_the_proxy_be_told_who_asks() -> None:
    """The addresses that Caddy trusts, and those the services have, are the same."""
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    door = SERVICES["door"]["networks"]["front"]["ipv4_address"]
    assert f"allow {door}/32" in caddy
    proxy = SERVICES["proxy"]["networks"]["front"]["ipv4_address"]
    assert SERVICES["app"]["environment"]["TRUSTED_PROXIES"] == proxy


def test_browsers_are_told_of_a_relay_for_every_firewall() -> None:
    urls = SERVICES["app"]["environment"]["TURN_URLS"].replace("${DOORSTEP_DOMAIN}", "d.example")
    found = [RelayUrl.parse(url) for url in urls.split(",")]
    assert [url.transport for url in found] == ["udp", "tcp", "tls"]
    assert found[-1].port == 443
    assert found[-1].host in (ROOT / "deploy" / "haproxy.cfg").read_text().replace(
        "${DOORSTEP_DOMAIN}", "d.example"
    )
