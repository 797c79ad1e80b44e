"""SM2 with SM3 beside ECDSA: the standard's example, the house's own keys, OpenSSL missing."""

import base64
import subprocess
from datetime import timedelta
from uuid import uuid4

import pytest

from app.settings import SettingsError, load
from care.signatures import authority, openssl, sm2
from care.signatures import signer as signers
from care.signatures.models import CertificateAuthority, Signature, SigningKey
from care.signatures.service import sign, verify
from core import clock as time
from core.errors import Unavailable
from tests.plumbing.actors import actor

CONTENT = {"opinion": "氨氯地平 5 mg 每日一次"}


async def signed(username="county1", content=CONTENT, **more):
    person = await actor(username)
    given = {"kind": "Opinion", "document_id": uuid4(), "version": 1, "content": content}
    return person, await sign(person, **given | {"signer": signers.SM2} | more)


def test_the_example_of_gb_t_32918_5_verifies_and_nothing_else_does():
    right = (sm2.EXAMPLE_MESSAGE, sm2.EXAMPLE_SIGNATURE, sm2.EXAMPLE_KEY)
    assert sm2.verifies(*right)
    assert not sm2.verifies(b"message digesT", *right[1:])
    for place in (6, 20, len(right[1]) - 1):
        wrong = bytearray(right[1])
        wrong[place] ^= 1
        assert not sm2.verifies(right[0], bytes(wrong), right[2])
    for wrong in (b"", b"AAA", b"x" * 100_000):
        assert not sm2.verifies(right[0], wrong, right[2])
    sm2.self_test()


async def test_a_signature_stands_for_content_person_and_time(staff):
    person, made = await signed()
    assert made.algorithm == "SM2-SM3"
    assert (await verify(await Signature.get(id=made.id), CONTENT)).genuine
    assert not (await verify(made, CONTENT | {"opinion": "氨氯地平 50 mg"})).genuine
    turned = bytearray(base64.b64decode(made.value))
    turned[-1] ^= 1
    for column, value in (
        ("name", "别人"),
        ("signed_at", time.now() - timedelta(seconds=1)),
        ("algorithm", "ECDSA-P256-SHA256"),
        ("value", base64.b64encode(turned).decode()),
        ("value", "不是"),
    ):
        changed = await Signature.get(id=made.id)
        setattr(changed, column, value)
        assert not (await verify(changed, CONTENT)).genuine, column
    assert person.practitioner_id == made.practitioner_id


async def test_each_algorithm_has_its_own_key_root_and_seal(staff):
    person, _ = await signed()
    await signed()
    await signed(signer=signers.DEFAULT)
    keys = await SigningKey.filter(practitioner_id=person.practitioner_id)
    assert sorted(key.algorithm for key in keys) == ["ECDSA-P256-SHA256", "SM2-SM3"]
    assert {row.id for row in await CertificateAuthority.all()} == {"county", "county-sm2"}
    assert await authority.revoke(person.practitioner_id)
    assert not await SigningKey.exists(active_for__isnull=False)
    _, after = await signed()
    assert (await verify(after, CONTENT)).genuine
    assert (await authority.key_for_papers(after)).algorithm == "ECDSA-P256-SHA256"


async def test_openssl_itself_trusts_the_certificate_and_a_foreign_one_is_found(staff, tmp_path):
    _, made = await signed()
    key = await SigningKey.get(id=made.key_id)
    root = await CertificateAuthority.get(id="county-sm2")
    (tmp_path / "root.pem").write_text(root.certificate)
    (tmp_path / "own.pem").write_text(key.certificate)
    own, trusted = str(tmp_path / "own.pem"), str(tmp_path / "root.pem")
    strict = ("-x509_strict", "-vfyopt", f"distid:{sm2.DEFAULT_ID}", "-CAfile", trusted)
    assert openssl.output("verify", *strict, own).decode() == f"{own}: OK\n"
    assert "PRIVATE" not in key.certificate

    moment = time.now()
    stranger = await sm2.Sm2().make_root(moment, moment + timedelta(days=1))
    await SigningKey.filter(id=key.id).update(certificate=stranger.certificate)
    faults = (await verify(made, CONTENT)).faults
    assert "证书不是本县签发的" in faults
    await SigningKey.filter(id=key.id).update(certificate="")
    assert not (await verify(made, CONTENT)).genuine


async def test_without_openssl_nothing_is_signed_or_called_genuine_and_the_house_does_not_start(
    staff, monkeypatch, tmp_path
):
    _, made = await signed()
    monkeypatch.setenv("DEMO", "1")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SIGNATURE_ALGORITHM", "sm2-sm3")
    assert load().signer() is signers.SM2
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (await verify(made, CONTENT)).faults == ("国密签名现在无法核验,请联系管理员",)
    with pytest.raises(Unavailable):
        await signed("county2")
    with pytest.raises(SettingsError, match="SIGNATURE_ALGORITHM=sm2-sm3 needs OpenSSL 3"):
        load()
    monkeypatch.setenv("SIGNATURE_ALGORITHM", "ecdsa-sha256")
    assert load().signer() is signers.DEFAULT


def test_what_openssl_is_given_stands_in_no_list_of_processes(monkeypatch):
    seen = []
    real = subprocess.run

    def watched(command, **more):
        seen.append((command, more["env"]))
        return real(command, **more)

    monkeypatch.setattr(openssl.subprocess, "run", watched)
    key = openssl.output("genpkey", "-algorithm", "SM2")
    sm2._sign(key.decode(), b"patient 42")
    for command, environment in seen:
        assert all(len(word) < 40 and "patient" not in word for word in command)
        assert set(environment) == {"PATH", "LC_ALL"}
