"""Without DEMO, a missing or well-known secret refuses to start and says which."""

import base64

import pytest

from app.settings import DEMO_SECRET, SettingsError, load

FIELD_KEY = "k1:" + base64.b64encode(b"k" * 32).decode()


@pytest.fixture
def environment(monkeypatch, tmp_path):
    for name in ("DEMO", "SECRET_KEY", "FIELD_KEY", "DATABASE_URL", "SECRET_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return monkeypatch


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", DEMO_SECRET),
        ("FIELD_KEY", ""),
        ("FIELD_KEY", "k1:AAAA"),
    ],
)
def test_an_unsafe_secret_is_named(environment, name, value):
    environment.setenv("SECRET_KEY", "s" * 40)
    environment.setenv("FIELD_KEY", FIELD_KEY)
    environment.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load()


def test_the_demos_own_field_key_is_refused(environment):
    environment.setenv("DEMO", "1")
    demo_key = load().field_key
    environment.delenv("DEMO")
    environment.setenv("SECRET_KEY", "s" * 40)
    environment.setenv("FIELD_KEY", demo_key)
    with pytest.raises(SettingsError, match="FIELD_KEY is the demo's"):
        load()


def test_secrets_come_from_files(environment, tmp_path):
    (tmp_path / "secret").write_text("f" * 40 + "\n")
    environment.setenv("SECRET_KEY_FILE", str(tmp_path / "secret"))
    environment.setenv("FIELD_KEY", FIELD_KEY)
    assert load().secret_key == "f" * 40
    environment.setenv("SECRET_KEY_FILE", str(tmp_path / "missing"))
    with pytest.raises(SettingsError, match="SECRET_KEY_FILE"):
        load()


def test_sqlite_under_the_data_folder_is_the_default(environment, tmp_path):
    environment.setenv("DEMO", "1")
    assert load().database_url == f"sqlite://{tmp_path.resolve()}/doorstep.sqlite3"
