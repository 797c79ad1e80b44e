"""PDF signatures (PAdES, ETSI EN 319 142) with the doctors' own keys, by pyHanko."""

import asyncio
import base64
import io
from typing import Any, Final

from asn1crypto import algos, pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from care.signatures import authority
from care.signatures.models import Signature, SigningKey
from care.signatures.signer import DEFAULT, Signer

_ECDSA_BYTES: Final = 72


class _PdfSigner(signers.Signer):
    """Lets pyHanko sign through our own `Signer`."""

    def __init__(self, key: SigningKey, signer: Signer, root: str) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register(_certificate(root))
        super().__init__(
            signing_cert=_certificate(key.certificate),
            cert_registry=store,
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        )
        self._key, self._signer = key, signer

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if dry_run:
            return bytes(_ECDSA_BYTES)
        return base64.b64decode((await self._signer.sign(self._key, data)).value)


def _certificate(text: str) -> Any:
    _, _, der = pem.unarmor(text.encode())
    return x509.Certificate.load(der)


async def seal_pdf(pdf: bytes, *signatures: Signature) -> bytes:
    """Add one PDF signature for each of these signatures, in their order.

    The doctor's will is the `Signature` on the content, given with a recent proof; the PDF shows
    that content, and its signature names the content's hash, so the paper can be checked without
    this house. The seal is always ECDSA, which readers of PDF know, beside content signed with SM2.
    """
    root = (await authority.root()).certificate
    for number, signature in enumerate(signatures, start=1):
        maker = _PdfSigner(await authority.key_for_papers(signature), DEFAULT, root)
        pdf = await asyncio.to_thread(_seal, pdf, maker, signature, f"Signature{number}")
    return pdf


def _seal(pdf: bytes, maker: _PdfSigner, signature: Signature, field: str) -> bytes:
    meta = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=signature.name,
        location=signature.organization_name,
        reason=f"{signature.kind} v{signature.version} sha256:{signature.content_sha256}",
    )
    out = io.BytesIO()
    signers.PdfSigner(meta, signer=maker).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out
    )
    return out.getvalue()
