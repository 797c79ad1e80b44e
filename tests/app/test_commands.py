"""What an operator does by hand, each in a process of its own."""

import base64
import socket
from datetime import date
from uuid import uuid4

import pytest

from core import blobs, db
from core.audit import SYSTEM, AuditEvent, audit
from core.chain import seal
from core.clock import now
from core.crypto import Keyring, keyring, parse_field_keys
from people.models import Organization, Patient, PatientIdentifier
from tests.plumbing.databases import on_postgres
from tests.plumbing.keys import FIELD_KEY, SECRET_KEY


@pytest.mark.one_database
async def test_help_names_every_command(operator, database_url):
    finished = await operator(database_url).run("--help")
    assert finished.status == 0
    for command in ("serve", "worker", "migrate", "demo", "audit", "backup", "restore"):
        assert command in finished.said


async def test_migrating_twice_is_harmless(operator, database_url):
    one = operator(database_url)
    for _ in range(2):
        finished = await one.run("migrate")
        assert (finished.status, finished.said) == (0, "database is up to date\n")


@pytest.mark.one_database
async def test_without_secrets_nothing_starts(operator, database_url):
    finished = await operator(database_url).run("serve", DEMO="0", SECRET_KEY="")
    assert finished.status == 2
    assert "SECRET_KEY" in finished.said


@pytest.mark.one_database
async def test_a_port_that_is_taken_is_named(operator, database_url):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        finished = await operator(database_url).run("serve", HOST="127.0.0.1", PORT=port)
    assert finished.status == 1
    assert f"port {port} on 127.0.0.1 cannot be used" in finished.said


@pytest.mark.one_database
async def test_the_demo_needs_the_demo(operator, database_url):
    safe = {
        "DEMO": "0",
        "SECRET_KEY": "s" * 40,
        "FIELD_KEY": "a:" + "QUFB" * 10 + "QUE=",
    }
    finished = await operator(database_url).run("demo", **safe)
    assert finished.status == 2
    assert "DEMO=1" in finished.said


async def leave_traces(folder) -> None:
    """Two audit events and a sealed file."""
    store = blobs.Store(folder / "blobs")
    await store.keep(b"report", name="a.pdf", content_type="application/pdf")
    await audit(SYSTEM, "test.one", "Test/1")
    await audit(SYSTEM, "test.two", "Test/2")
    await seal()


async def test_audit_verify_proves_and_betrays(operator, database_url, database, tmp_path):
    one = operator(database_url)
    await leave_traces(tmp_path / "house")
    whole = await one.run("audit", "verify")
    assert (whole.status, whole.said) == (0, "2 audit events checked, 0 faults\n")
    await AuditEvent.filter(seq=1).update(action="test.nothing")
    broken = await one.run("audit", "verify")
    assert broken.status == 1
    assert "FAULT: row 1" in broken.said


async def test_what_was_backed_up_comes_back(
    operator, database_url, other_database_url, database, tmp_path
):
    home, other = operator(database_url), operator(other_database_url, "other")
    await leave_traces(tmp_path / "house")
    await a_hospital()
    archive = tmp_path / "backup.tar"

    made = await home.run("backup", str(archive))
    assert made.status == 0, made.said
    assert oct(archive.stat().st_mode)[-3:] == "600"
    restored = await other.run("restore", str(archive))
    assert restored.status == 0, restored.said
    proof = await other.run("audit", "verify")
    assert (proof.status, proof.said) == (0, "2 audit events checked, 0 faults\n")
    blob = await blobs.Blob.get(name="a.pdf")
    assert await blobs.Store(tmp_path / "other" / "blobs").read(blob) == b"report"

    refused = await other.run("restore", str(archive))
    assert refused.status == 1
    assert "not empty" in refused.said


async def test_keys_rotate_and_the_old_one_can_go(operator, database_url, database, tmp_path):
    patient = await a_patient("11010519491231002X")
    await leave_traces(tmp_path / "house")
    new = "next:" + base64.b64encode(b"n" * 32).decode()
    both = f"{new},{FIELD_KEY}"
    rotated = await operator(database_url).run("rotate-keys", FIELD_KEY=both)
    assert rotated.status == 0, rotated.said
    ring = Keyring(secret_key=SECRET_KEY, field_keys=parse_field_keys(new))
    (row,) = await PatientIdentifier.filter(patient_id=patient.id).values_list("value_index")
    assert row[0] == ring.index("11010519491231002X")
    raw = await db.connection().execute_query_dict("SELECT value FROM people_patient_identifier")
    assert ring.open(raw[0]["value"]).decode() == "11010519491231002X"
    blob = await blobs.Blob.get(name="a.pdf")
    (path,) = (tmp_path / "house" / "blobs").glob("??/*")
    assert ring.open(path.read_text(), about=blob.id.bytes) == b"report"


async def a_hospital() -> Organization:
    return await Organization.create(code="H1", name="县医院", short_name="县医院", tier="county")


async def a_patient(number: str) -> Patient:
    patient = await Patient.create(
        name="张三",
        sex="female",
        birth_date=date(1949, 12, 31),
        managing_organization=await a_hospital(),
        created_at=now(),
        created_by=uuid4(),
    )
    index = keyring().index(number)
    await PatientIdentifier.create(patient=patient, kind="id_card", value=number, value_index=index)
    return patient


def test_the_databases_are_the_ones_asked_for(database_url):
    assert database_url.startswith("postgres://" if on_postgres() else "sqlite://")
