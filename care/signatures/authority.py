"""Keys and certificates: for each algorithm a county root, and below it one key per practitioner.

Self-made, for a county without a licensed CA at hand. 电子签名法 art. 16 asks for a licensed CA
where a third party certifies; an adapter to one takes this module's place behind `Signer`.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4, uuid5

from tortoise.exceptions import IntegrityError

from care.signatures.ecdsa import Ecdsa
from care.signatures.models import CertificateAuthority, Signature, SigningKey
from care.signatures.scheme import Made, Scheme
from core import clock, db
from people.actor import Actor

ROOT_YEARS: Final = 20
KEY_YEARS: Final = 3
RENEW_BEFORE: Final = timedelta(days=30)
ECDSA: Final = Ecdsa()


async def key_of(actor: Actor, scheme: Scheme = ECDSA) -> SigningKey:
    """The practitioner's key in force; made on first use, renewed before it expires."""
    place = _place(actor.practitioner_id, scheme)
    found = await SigningKey.get_or_none(active_for=place)
    if found is not None and found.expires_at - RENEW_BEFORE > clock.now():
        return found
    if found is not None:
        await SigningKey.filter(id=found.id).update(active_for=None)
    try:
        async with db.atomic():
            return await _issue(actor, scheme)
    except IntegrityError:
        return await SigningKey.get(active_for=place)


async def key_for_papers(signature: Signature) -> SigningKey:
    """The ECDSA key that the signer of this had when signing: its own, or the one beside it."""
    if signature.algorithm == ECDSA.algorithm:
        return await SigningKey.get(id=signature.key_id)
    beside = SigningKey.filter(
        practitioner_id=signature.practitioner_id,
        algorithm=ECDSA.algorithm,
        created_at__lte=signature.signed_at,
    )
    found = await beside.order_by("-created_at").first()
    if found is None:
        raise LookupError("a signer of another algorithm has an ECDSA key from the same moment")
    return found


async def revoke(practitioner_id: UUID) -> bool:
    """Take the keys in force out of use. What they signed before stays valid."""
    return bool(
        await SigningKey.filter(practitioner_id=practitioner_id, active_for__isnull=False).update(
            active_for=None, revoked_at=clock.now()
        )
    )


async def root(scheme: Scheme = ECDSA) -> CertificateAuthority:
    """The county's root for this algorithm; made on first use."""
    found = await CertificateAuthority.get_or_none(id=scheme.authority)
    if found is not None:
        return found
    moment = clock.now()
    made = await scheme.make_root(moment, moment + timedelta(days=365 * ROOT_YEARS))
    row, _ = await CertificateAuthority.get_or_create(
        id=scheme.authority,
        defaults={
            "certificate": made.certificate,
            "private_key": made.private_key,
            "created_at": moment,
        },
    )
    return row


async def _issue(actor: Actor, scheme: Scheme) -> SigningKey:
    authority, moment = await root(scheme), clock.now()
    expires = moment + timedelta(days=365 * KEY_YEARS)
    by = Made(authority.certificate, authority.private_key)
    made = await scheme.issue(by, actor, moment, expires)
    return await SigningKey.create(
        id=uuid4(),
        practitioner_id=actor.practitioner_id,
        active_for=_place(actor.practitioner_id, scheme),
        algorithm=scheme.algorithm,
        serial=f"{made.serial:x}",
        certificate=made.certificate,
        private_key=made.private_key,
        created_at=moment,
        expires_at=expires,
    )


def _place(practitioner_id: UUID, scheme: Scheme) -> UUID:
    """What only one key at a time can hold; of ECDSA, which came first, the person's own id."""
    if scheme.algorithm == ECDSA.algorithm:
        return practitioner_id
    return uuid5(practitioner_id, scheme.algorithm)
