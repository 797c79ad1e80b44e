"""SM2 signatures with SM3, by OpenSSL: GB/T 32918.2-2016, GB/T 32905-2016, GB/T 35276 / GM/T 0009.

The signer's id is the one that GM/T 0009-2012, 10, names where nothing else was agreed.
"""

import asyncio
from datetime import datetime
from typing import Any, Final

from asn1crypto import algos, core, keys, pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from care.signatures import openssl
from care.signatures.canonical import canonical
from care.signatures.scheme import SKEW, Made, Named, key_usage, root_name, subject

DEFAULT_ID: Final = "1234567812345678"
WITH_SM3: Final = "1.2.156.10197.1.501"
_WAY: Final = ("-rawin", "-digest", "sm3", "-pkeyopt", f"distid:{DEFAULT_ID}")
_LONGEST: Final = 72
_REFUSED: Final = b"Signature Verification Failure"

# GB/T 32918.5-2017, annex A.2: this curve, id and message, and the signature on it.
EXAMPLE_MESSAGE: Final = b"message digest"
EXAMPLE_KEY: Final = b"""-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAECfnfMR5UIaFQ3X0WHkvFxnIXn60Y
M/wHa7CP81bzUCDM6kkM4md1pS3G6nGMwapgCu0F+/NeCEpmMvYHLamtEw==
-----END PUBLIC KEY-----
"""
EXAMPLE_SIGNATURE: Final = bytes.fromhex(
    "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)


class Sm2:
    """The county's second root and the keys below it."""

    algorithm: Final = "SM2-SM3"
    authority: Final = "county-sm2"

    async def make_root(self, moment: datetime, until: datetime) -> Made:
        return await asyncio.to_thread(_make, None, root_name(), moment, until)

    async def issue(self, root: Made, person: Named, moment: datetime, until: datetime) -> Made:
        return await asyncio.to_thread(_make, root, subject(person), moment, until)

    async def sign(self, private_key: str, message: bytes) -> bytes:
        return await asyncio.to_thread(_sign, private_key, message)

    async def verify(self, certificate: str, message: bytes, raw: bytes) -> bool:
        return await asyncio.to_thread(verifies, message, raw, certificate.encode(), kind="-certin")

    async def issued_by(self, certificate: str, root: str) -> bool:
        try:
            child, parent = _certificate(certificate), _certificate(root)
            if child.issuer != parent.subject:
                return False
            body, raw = child["tbs_certificate"].dump(), child["signature_value"].native
        except (TypeError, ValueError):
            return False
        return await self.verify(root, body, raw)

    def bound(self, content: Any) -> dict[str, str]:
        """SM3 of the content, so that nothing about it hangs on SHA-256."""
        digest = hashes.Hash(hashes.SM3())
        digest.update(canonical(content))
        return {"content_sm3": digest.finalize().hex()}


def verifies(message: bytes, raw: bytes, key: bytes, *, kind: str = "-pubin") -> bool:
    """Whether `raw` (DER) signs `message`; `key` is a PEM key, or certificate (`-certin`).

    Raises Unusable when OpenSSL gives no verdict.
    """
    if len(raw) > _LONGEST:
        return False
    done = openssl.run(
        *("pkeyutl", "-verify", *_WAY, kind, "-inkey", "{key}", "-sigfile", "{raw}"),
        given=message,
        key=key,
        raw=raw,
    )
    if done.returncode and not done.stdout.startswith(_REFUSED):
        raise openssl.Unusable(f"openssl pkeyutl gave no verdict (status {done.returncode})")
    return done.returncode == 0


def self_test() -> None:
    """Check the example of the standard, and that another message is refused. Raises Unusable."""
    right = verifies(EXAMPLE_MESSAGE, EXAMPLE_SIGNATURE, EXAMPLE_KEY)
    if not right or verifies(EXAMPLE_MESSAGE + b".", EXAMPLE_SIGNATURE, EXAMPLE_KEY):
        raise openssl.Unusable("openssl does not verify SM2 as GB/T 32918.5 has it")


def _sign(private_key: str, message: bytes) -> bytes:
    key = private_key.encode()
    return openssl.output("pkeyutl", "-sign", *_WAY, "-inkey", "{key}", given=message, key=key)


def _make(root: Made | None, name: x509.Name, moment: datetime, until: datetime) -> Made:
    """A key pair and its certificate (GB/T 20518), by `root` or by itself."""
    private_key = openssl.output("genpkey", "-algorithm", "SM2").decode()
    der = openssl.output("pkey", "-pubout", "-outform", "DER", given=private_key.encode())
    public, serial = keys.PublicKeyInfo.load(der), x509.random_serial_number()
    issuer = _certificate(root.certificate) if root else None
    own_name = asn1.Name.load(name.public_bytes())
    algorithm = algos.SignedDigestAlgorithm({"algorithm": WITH_SM3})
    body = asn1.TbsCertificate(
        {
            "version": "v3",
            "serial_number": serial,
            "signature": algorithm,
            "issuer": issuer.subject if issuer else own_name,
            "validity": {"not_before": _time(moment - SKEW), "not_after": _time(until)},
            "subject": own_name,
            "subject_public_key_info": public,
            "extensions": _extensions(public, issuer),
        }
    )
    raw = _sign(root.private_key if root else private_key, body.dump())
    whole = {"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": raw}
    armoured = pem.armor("CERTIFICATE", asn1.Certificate(whole).dump()).decode()
    return Made(armoured, private_key, serial)


def _extensions(public: Any, issuer: Any) -> list[dict[str, Any]]:
    above = issuer.public_key.sha1 if issuer else public.sha1
    wanted: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=not issuer, path_length=None if issuer else 0), True),
        (key_usage(signs_certificates=not issuer), True),
        (x509.SubjectKeyIdentifier(public.sha1), False),
        (x509.AuthorityKeyIdentifier(above, None, None), False),
    ]
    return [
        {
            "extn_id": extension.oid.dotted_string,
            "critical": critical,
            "extn_value": core.ParsableOctetString(extension.public_bytes()),
        }
        for extension, critical in wanted
    ]


def _time(moment: datetime) -> Any:
    """RFC 5280, 4.1.2.5: two digits of the year until 2049, four after."""
    whole = moment.replace(microsecond=0)
    return asn1.Time({"utc_time": whole} if whole.year < 2050 else {"general_time": whole})


def _certificate(text: str) -> Any:
    _, _, der = pem.unarmor(text.encode())
    return asn1.Certificate.load(der)
