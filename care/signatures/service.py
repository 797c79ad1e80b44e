"""Sign a document, and prove later that neither content nor signature has changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from care.signatures import signer as signers
from care.signatures.canonical import canonical, digest
from care.signatures.models import Signature, SigningKey
from care.signatures.signer import SIGNERS, Signer
from core import clock, db
from core.audit import audit
from core.errors import Conflict, Unavailable
from people.actor import Actor
from people.proof import require_recent_proof


async def sign(
    actor: Actor,
    *,
    kind: str,
    document_id: UUID,
    version: int,
    content: Mapping[str, Any],
    signer: Signer | None = None,
) -> Signature:
    """Sign this version of a document with the actor's own key.

    Bound together are the hash of the canonical content, the kind, id and version, the person,
    the certificate's serial and the time. Without `signer` the setting decides. Call inside the
    verb's transaction; what is signed must be stored there in the same words, because `verify`
    wants it back.
    Raises Forbidden `reauthenticate`, or Conflict `signed_already`.
    """
    require_recent_proof(actor)
    signer = signer or signers.current()
    async with db.atomic():
        if await Signature.exists(
            kind=kind,
            document_id=document_id,
            version=version,
            practitioner_id=actor.practitioner_id,
        ):
            raise _signed_already()
        key = await signer.key_for(actor)
        row = Signature(
            id=uuid4(),
            kind=kind,
            document_id=document_id,
            version=version,
            content_sha256=digest(content),
            algorithm=signer.algorithm,
            value="",
            key_id=key.id,
            certificate_serial=key.serial,
            practitioner_id=actor.practitioner_id,
            name=actor.name,
            title=actor.title,
            organization_id=actor.organization_id,
            organization_name=actor.organization_name,
            signed_at=clock.now(),
        )
        row.value = (await signer.sign(key, _message(row, signer.bound(content)))).value
        try:
            await row.save(force_create=True)
        except IntegrityError:
            raise _signed_already() from None
        await audit(actor, "sign", f"{kind}/{document_id}", reason=f"version {version}")
    return row


def _signed_already() -> Conflict:
    return Conflict("signed_already", "这一版您已经签过名了,请刷新页面。")


def _message(row: Signature, bound: Mapping[str, str]) -> bytes:
    return canonical(
        {
            "kind": row.kind,
            "document_id": row.document_id,
            "version": row.version,
            "content_sha256": row.content_sha256,
            "algorithm": row.algorithm,
            "certificate_serial": row.certificate_serial,
            "practitioner_id": row.practitioner_id,
            "name": row.name,
            "title": row.title,
            "organization_id": row.organization_id,
            "organization_name": row.organization_name,
            "signed_at": row.signed_at,
            **bound,
        }
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: genuine when there are no faults."""

    faults: tuple[str, ...] = ()

    @property
    def genuine(self) -> bool:
        """Whether content and signature are as they were when the person signed."""
        return not self.faults


async def verify(signature: Signature, content: Mapping[str, Any]) -> Verdict:
    """Check content, signature, certificate and its issuer. Never raises for a bad signature."""
    faults = []
    if digest(content) != signature.content_sha256:
        faults.append("内容与签名时不一致")
    key = await SigningKey.get(id=signature.key_id)
    made_by = SIGNERS.get(signature.algorithm)
    if made_by is None:
        faults.append("签名算法不认识")
    else:
        message = _message(signature, made_by.bound(content))
        faults += await _faults_of(made_by, key.certificate, message, signature.value)
    if key.practitioner_id != signature.practitioner_id:
        faults.append("证书不是签名人的")
    if not key.created_at <= signature.signed_at <= (key.revoked_at or key.expires_at):
        faults.append("签名时证书不在有效期内")
    return Verdict(tuple(faults))


async def _faults_of(signer: Signer, certificate: str, message: bytes, value: str) -> list[str]:
    faults = []
    try:
        if not await signer.verify(certificate, message, value):
            faults.append("签名无效或已被改动")
        if not await signer.vouches(certificate):
            faults.append("证书不是本县签发的")
    except Unavailable:
        faults.append("国密签名现在无法核验,请联系管理员")
    return faults


async def of_document(kind: str, document_id: UUID, version: int) -> list[Signature]:
    """Everybody's signatures on one version, in the order they were made."""
    rows = Signature.filter(kind=kind, document_id=document_id, version=version)
    return await rows.order_by("signed_at")
