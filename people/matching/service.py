"""Joining two records of one person, and parting them again.

Nothing of a record is changed: one `PatientLink` row says that they are one person. Links are one
step deep: a record that others are merged into is not merged itself, and the other way round, so
there is neither a chain nor a ring (`_lock` lets one hand at a time at a record).
"""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from core import clock, db
from core.audit import audit
from core.errors import Conflict, FieldError, Invalid, NotFound
from core.states import advance
from people.actor import Actor, Role
from people.links import same_person
from people.matching.models import Distinction, PatientLink
from people.matching.states import LINK, LinkStatus
from people.models import IdentifierKind, Patient, PatientIdentifier
from people.proof import require_recent_proof

MERGERS: Final = (Role.ADMIN,)
"""One small circle decides; what they go by was seen by somebody with the person before them."""

SHORTEST: Final = 4

Follower = Callable[[Sequence[UUID]], Awaitable[None]]
_followers: list[Follower] = []


def in_step(follower: Follower) -> Follower:
    """Register what is done in the very transaction that joins or parts these records.

    For what counts per person: it must not be decided on two records and written for one.
    """
    _followers.append(follower)
    return follower


class Basis(StrEnum):
    """Where somebody saw that the two are one. Likeness alone is no basis."""

    ON_SITE = "on_site"
    CLINIC = "clinic"
    REGISTRY = "registry"


BASIS_WORDS: Final = {
    Basis.ON_SITE: "本人到场,带证件核对过",
    Basis.CLINIC: "建档机构上门或到场核对后书面确认",
    Basis.REGISTRY: "公安或户籍部门的证明",
}


async def merge(
    actor: Actor,
    survivor_id: UUID,
    merged_id: UUID,
    reason: str,
    *,
    basis: Basis = Basis.ON_SITE,
) -> PatientLink:
    """Read two records as one person from now on; a repeat gives the same link.

    Raises Forbidden, Invalid, NotFound, or Conflict: `survivor_is_merged`, `already_merged`,
    `has_merged`, `two_numbers`.
    """
    actor.require(*MERGERS)
    require_recent_proof(actor)
    words = _reason(reason)
    async with db.atomic():
        await _lock(survivor_id, merged_id)
        links = await _links(survivor_id, merged_id)
        if known := next((link for link in links if _joins(link, survivor_id, merged_id)), None):
            return known
        _refuse_chain(links, survivor_id, merged_id)
        if basis is not Basis.REGISTRY:
            await _refuse_two_numbers(survivor_id, merged_id)
        link = await PatientLink.create(
            id=uuid4(),
            survivor_id=survivor_id,
            merged_id=merged_id,
            reason=f"{BASIS_WORDS[basis]}:{words}"[:300],
            made_by=actor.practitioner_id,
            made_by_name=actor.name,
            made_at=clock.now(),
        )
        await _follow(link)
        await _audit_both(actor, "patient.merge", link, link.reason)
    return link


async def unmerge(actor: Actor, link_id: UUID, reason: str) -> PatientLink:
    """They are two people after all: both records are again what they were.

    Raises Forbidden, Invalid, NotFound, Conflict when it was undone already.
    """
    actor.require(*MERGERS)
    require_recent_proof(actor)
    words = _reason(reason)
    link = await PatientLink.get_or_none(id=link_id)
    if link is None:
        raise NotFound("not_found", "没有找到这次合并。")
    async with db.atomic():
        await _lock(link.survivor_id, link.merged_id)
        await advance(
            link,
            LINK,
            "unmerge",
            undone_reason=words,
            undone_by_name=actor.name,
            undone_at=clock.now(),
        )
        await _follow(link)
        await _audit_both(actor, "patient.unmerge", link, words)
    return link


async def distinguish(actor: Actor, one_id: UUID, other_id: UUID, reason: str) -> Distinction:
    """They look alike and are two people: nobody is asked again. A repeat changes nothing."""
    actor.require(*MERGERS)
    words = _reason(reason)
    one, other = sorted((one_id, other_id))
    async with db.atomic():
        await _lock(one, other)
        if other in await same_person(one):
            raise Conflict("already_merged", "这两份档案已经合并;弄错了的话,请先撤销合并。")
        found, is_new = await Distinction.get_or_create(
            one_id=one,
            other_id=other,
            defaults={
                "reason": words,
                "made_by": actor.practitioner_id,
                "made_by_name": actor.name,
                "made_at": clock.now(),
            },
        )
        if is_new:
            for patient_id in (one, other):
                await audit(
                    actor,
                    "patient.distinguish",
                    f"Distinction/{found.id}",
                    patient_id=patient_id,
                    reason=words,
                )
    return found


def _reason(text: str) -> str:
    words = text.strip()[:250]
    if len(words) < SHORTEST:
        sentence = f"请写明理由,至少 {SHORTEST} 个字"
        raise Invalid("reason", sentence, errors=[FieldError("reason", sentence)])
    return words


async def _lock(one_id: UUID, other_id: UUID) -> None:
    """Both records, always in the same order, so that opposite merges queue up.

    Rows that name a patient (foreign keys) are written meanwhile without waiting.
    """
    if one_id == other_id:
        raise Invalid("same_record", "请选两份不同的档案。")
    rows = Patient.filter(id__in=[one_id, other_id]).order_by("id").only("id")
    if len(await rows.select_for_update(no_key=True)) != 2:
        raise NotFound("patient_not_found", "没有找到这两份档案。")


async def _follow(link: PatientLink) -> None:
    for follower in _followers:
        await follower(sorted((link.survivor_id, link.merged_id)))


async def _links(*patient_ids: UUID) -> list[PatientLink]:
    live = PatientLink.filter(status=LinkStatus.ACTIVE)
    return [
        *await live.filter(survivor_id__in=patient_ids),
        *await live.filter(merged_id__in=patient_ids).exclude(survivor_id__in=patient_ids),
    ]


def _joins(link: PatientLink, survivor_id: UUID, merged_id: UUID) -> bool:
    return (link.survivor_id, link.merged_id) == (survivor_id, merged_id)


def _refuse_chain(links: list[PatientLink], survivor_id: UUID, merged_id: UUID) -> None:
    if any(link.merged_id == survivor_id for link in links):
        raise Conflict(
            "survivor_is_merged",
            "要保留的这份已经并入别的档案。请刷新页面,用那一份继续。",
        )
    if any(link.merged_id == merged_id for link in links):
        raise Conflict("already_merged", "要并入的这份已经并入别的档案,请先撤销那次合并。")
    if any(link.survivor_id == merged_id for link in links):
        raise Conflict(
            "has_merged",
            "要并入的这份下面已有并入的档案。请把它选为保留的一份,或先撤销那次合并。",
        )


async def _refuse_two_numbers(survivor_id: UUID, merged_id: UUID) -> None:
    """Two identity numbers are two people, unless the registry says otherwise (GB 11643)."""
    numbers = PatientIdentifier.filter(kind=IdentifierKind.ID_CARD)
    theirs = await numbers.filter(patient_id__in=await same_person(survivor_id)).exists()
    if theirs and await numbers.filter(patient_id=merged_id).exists():
        raise Conflict(
            "two_numbers",
            "两份档案有两个不同的身份证号,一般是两个人。确是一人的,要有公安或户籍部门的证明。",
        )


async def _audit_both(actor: Actor, action: str, link: PatientLink, reason: str) -> None:
    for patient_id in (link.survivor_id, link.merged_id):
        await audit(actor, action, f"PatientLink/{link.id}", patient_id=patient_id, reason=reason)
