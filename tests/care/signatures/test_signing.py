"""A signature stands for exactly what was signed, by whom and when."""

import dataclasses
from datetime import timedelta
from uuid import uuid4

import pytest

from care.signatures import authority
from care.signatures.models import Signature, SigningKey
from care.signatures.service import of_document, sign, verify
from core import clock as time
from core import db
from core.audit import AuditEvent
from core.errors import Conflict, Forbidden
from tests.plumbing.actors import actor

CONTENT = {"opinion": "氨氯地平 5 mg 每日一次", "diagnoses": ["原发性高血压 2 级"], "version": 1}


async def signed(staff, username="county1", **more):
    person = await actor(username)
    given = {"kind": "Opinion", "document_id": uuid4(), "version": 1, "content": CONTENT} | more
    return person, await sign(person, **given)


async def test_what_was_signed_verifies_and_is_audited(staff):
    person, signature = await signed(staff)
    assert (await verify(signature, CONTENT)).genuine
    again = await Signature.get(id=signature.id)
    reordered = dict(reversed(CONTENT.items()))
    assert (await verify(again, reordered)).genuine
    assert again.name == person.name
    assert await AuditEvent.exists(action="sign", subject=f"Opinion/{signature.document_id}")


@pytest.mark.parametrize(
    "changed",
    [
        CONTENT | {"opinion": "氨氯地平 50 mg 每日一次"},
        CONTENT | {"diagnoses": []},
        CONTENT | {"version": 2},
        CONTENT | {"more": None},
        {"opinion": CONTENT["opinion"]},
    ],
)
async def test_any_change_of_the_content_is_found(staff, changed):
    _, signature = await signed(staff)
    assert not (await verify(signature, changed)).genuine


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "别人"),
        ("title", "院长"),
        ("kind", "Decision"),
        ("version", 2),
        ("document_id", uuid4()),
        ("organization_name", "别的医院"),
        ("signed_at", time.now() - timedelta(days=1)),
        ("practitioner_id", uuid4()),
        ("certificate_serial", "1"),
        ("algorithm", "none"),
        ("value", "AAAA"),
        ("value", "不是"),
    ],
)
async def test_any_change_of_the_signature_is_found(staff, column, value):
    _, signature = await signed(staff)
    await Signature.filter(id=signature.id).update(**{column: value})
    assert not (await verify(await Signature.get(id=signature.id), CONTENT)).genuine


async def test_a_foreign_certificate_is_found(staff):
    """Somebody who can write rows but has no county root makes a key of their own."""
    _, signature = await signed(staff)
    mine = await SigningKey.get(id=signature.key_id)
    made = await authority.ECDSA.make_root(time.now(), time.now() + timedelta(days=1))
    await SigningKey.filter(id=mine.id).update(
        certificate=made.certificate, private_key=made.private_key
    )
    assert "证书不是本县签发的" in (await verify(signature, CONTENT)).faults


async def test_nobody_signs_without_a_recent_proof(staff):
    person = await actor("county1")
    stale = dataclasses.replace(person, reauthenticated_at=time.now() - timedelta(hours=1))
    for who in (stale, dataclasses.replace(person, reauthenticated_at=None)):
        with pytest.raises(Forbidden) as refusal:
            await sign(who, kind="Opinion", document_id=uuid4(), version=1, content=CONTENT)
        assert refusal.value.code == "reauthenticate"
    assert not await Signature.exists()


async def test_one_person_signs_a_version_once_and_others_beside(staff):
    document_id = uuid4()
    person, _ = await signed(staff, document_id=document_id)
    with pytest.raises(Conflict):
        await sign(person, kind="Opinion", document_id=document_id, version=1, content=CONTENT)
    await signed(staff, "county2", document_id=document_id)
    await signed(staff, document_id=document_id, version=2)
    assert len(await of_document("Opinion", document_id, 1)) == 2
    assert await SigningKey.all().count() == 2


async def test_a_revoked_key_signs_no_more_but_what_it_signed_stays(staff):
    person, before = await signed(staff)
    assert await authority.revoke(person.practitioner_id)
    _, after = await signed(staff)
    assert before.certificate_serial != after.certificate_serial
    assert (await verify(before, CONTENT)).genuine
    assert (await verify(after, CONTENT)).genuine


async def test_private_keys_are_sealed_in_the_database(staff):
    await signed(staff)
    for table in ("care_signing_key", "care_certificate_authority"):
        rows = await db.connection().execute_query_dict(f"SELECT private_key FROM {table}")
        assert all(row["private_key"].startswith("sealed1.") for row in rows)
