"""The one door to a patient: whose record may be opened, by whom, and on what basis.

A record opens for clinical staff of the managing organization and for those who hold a live
`RecordGrant`. Everybody else, administrators and supervisors included, gets the same answer as
for a record that does not exist. Every opening and every refusal is written down.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from core import clock, db
from core.audit import audit, refused
from core.errors import FieldError, Forbidden, Invalid, NotFound
from core.outbox import record
from people import memberships
from people.actor import Actor, Role
from people.events import EmergencyAccessOpened
from people.links import is_survivor, or_merged, same_person, survivor
from people.models import GrantBasis, Patient, Practitioner, RecordGrant
from people.policy import policy

CLINICAL: Final = frozenset(
    {
        Role.VILLAGE_DOCTOR,
        Role.TOWNSHIP_DOCTOR,
        Role.SPECIALIST,
        Role.TEAM_LEAD,
        Role.NURSE,
    }
)
BY_GRANT: Final = CLINICAL | {Role.PHARMACIST}
REASON_SHORTEST: Final = 4
OWN: Final = "own"
_BASIS: Final = re.compile(rf" \(({'|'.join((OWN, *GrantBasis))})\)$")


async def open_patient(actor: Actor, patient_id: UUID, *, purpose: str) -> Patient:
    """The patient, for this person and purpose; the managing organization is loaded.

    Of a merged record the survivor is given: write under the id of what is returned. Raises
    Forbidden for roles that open no records, else NotFound, which does not tell whether there is
    such a record.
    """
    if not actor.has(*BY_GRANT):
        closed = Forbidden("no_records", "您的岗位不查看居民档案。")
        raise refused(closed, actor, "open_patient", f"Patient/{patient_id}", reason=purpose)
    ids = await same_person(patient_id)
    patient = await Patient.get_or_none(id=ids[0]).select_related("managing_organization")
    basis = await _basis(actor, patient, ids) if patient else None
    if patient is None or basis is None:
        missing = NotFound(
            "patient_not_found",
            "没有找到这位居民,或者您还不能查看。居民在场时,可以凭证件登记后打开。",
        )
        raise refused(
            missing,
            actor,
            "open_patient",
            f"Patient/{patient_id}",
            patient_id=patient.id if patient else None,
            reason=purpose,
        )
    await audit(
        actor,
        "open_patient",
        f"Patient/{patient.id}",
        patient_id=patient.id,
        reason=f"{purpose} ({basis})",
    )
    return patient


def basis_in(reason: str) -> str:
    """The basis that `open_patient` wrote into the trail; empty for other acts."""
    found = _BASIS.search(reason)
    return found[1] if found else ""


async def may_open(actor: Actor, patient_id: UUID) -> bool:
    """Whether `open_patient` would open, without a trace: for links and lists."""
    return await Patient.filter(reachable(actor), id=await survivor(patient_id)).exists()


def reachable(actor: Actor) -> Q:
    """The filter for patients this person may open; of merged records only the survivor."""
    if not actor.has(*BY_GRANT):
        return Q(id__in=[])
    mine = Q(id__in=Subquery(_live(actor).values("patient_id")))
    if actor.has(*CLINICAL):
        mine |= Q(managing_organization_id=actor.organization_id)
    return or_merged(mine) & is_survivor()


async def grant(
    patient_id: UUID,
    *,
    basis: GrantBasis,
    subject: str,
    granted_by: UUID,
    practitioner_id: UUID | None = None,
    organization_id: UUID | None = None,
    department: str = "",
    team_id: UUID | None = None,
    until: datetime | None = None,
    reason: str = "",
) -> RecordGrant:
    """Let one practitioner, one organization or one team open this record; a repeat renews it.

    With a `department` only those of the organization who have that specialty while they look;
    of a team those who belong to it while they look (`people.memberships`).
    `subject` is what it comes from, and what `revoke` takes it back by. The caller has checked
    that the one who grants may do so, and audits it.
    """
    if [practitioner_id, organization_id, team_id].count(None) != 2:
        raise ValueError("a grant is for one practitioner, one organization or one team")
    found, created = await RecordGrant.get_or_create(
        patient_id=patient_id,
        practitioner_id=practitioner_id,
        organization_id=organization_id,
        department=department,
        team_id=team_id,
        basis=basis,
        subject=subject,
        defaults={
            "granted_by": granted_by,
            "granted_at": clock.now(),
            "until": until,
            "reason": reason,
        },
    )
    if not created:
        changes = {"until": until, "revoked_at": None}
        await RecordGrant.filter(id=found.id).update(**changes)
        found.update_from_dict(changes)
    return found


async def presented(actor: Actor, patient_id: UUID) -> None:
    """The person's document or card lies on the table: this institution may open the record for
    a while. The caller has seen it, and audits it.
    """
    if await may_open(actor, patient_id):
        return
    await grant(
        patient_id,
        basis=GrantBasis.PRESENTED,
        subject=f"Presented/{actor.organization_id}",
        granted_by=actor.practitioner_id,
        organization_id=actor.organization_id,
        until=clock.now() + policy().presented_access,
    )


async def revoke(
    subject: str, *, practitioner_id: UUID | None = None, organization_id: UUID | None = None
) -> int:
    """Take back what was granted for `subject`, from everybody or from one; return how many."""
    given = RecordGrant.filter(subject=subject, revoked_at=None)
    if practitioner_id is not None:
        given = given.filter(practitioner_id=practitioner_id)
    if organization_id is not None:
        given = given.filter(organization_id=organization_id)
    return await given.update(revoked_at=clock.now())


async def close_after(subject: str, writing: timedelta) -> int:
    """What it was granted for is over: the record stays open for the writing, and no longer.

    Return how many grants that bounds.
    """
    given = RecordGrant.filter(subject=subject, revoked_at=None)
    return await given.update(until=clock.now() + writing)


async def break_glass(actor: Actor, patient_id: UUID, *, reason: str) -> RecordGrant:
    """Open a record in an emergency, for a few hours and with a reason others will read.

    Raises Forbidden, Invalid (no reason) or NotFound.
    """
    actor.require(*CLINICAL)
    if len(reason.strip()) < REASON_SHORTEST:
        sentence = f"请写明紧急情况,至少 {REASON_SHORTEST} 个字"
        raise Invalid("reason", sentence, errors=[FieldError("reason", sentence)])
    patient = await Patient.get_or_none(id=patient_id)
    if patient is None:
        raise NotFound("patient_not_found", "没有找到这位居民。")
    moment = clock.now()
    async with db.atomic():
        given = await RecordGrant.create(
            patient=patient,
            practitioner_id=actor.practitioner_id,
            basis=GrantBasis.EMERGENCY,
            subject=f"Emergency/{actor.practitioner_id}/{moment:%Y%m%dT%H%M%S.%f}",
            reason=reason.strip()[:300],
            granted_by=actor.practitioner_id,
            granted_at=moment,
            until=moment + policy().emergency_access,
        )
        await audit(
            actor,
            "emergency_access",
            f"RecordGrant/{given.id}",
            patient_id=patient_id,
            reason=reason.strip(),
        )
        await record(
            EmergencyAccessOpened(
                grant_id=str(given.id),
                patient_id=str(patient_id),
                practitioner_id=str(actor.practitioner_id),
                managing_organization_id=str(patient.managing_organization_id),
            )
        )
    return given


async def _basis(actor: Actor, patient: Patient, ids: Sequence[UUID]) -> str | None:
    if actor.has(*CLINICAL):
        ours = Patient.filter(id__in=ids, managing_organization_id=actor.organization_id)
        if patient.managing_organization_id == actor.organization_id or (
            len(ids) > 1 and await ours.exists()
        ):
            return OWN
    found = await _live(actor).filter(patient_id__in=ids).order_by("granted_at").first()
    return found.basis.value if found else None


def _live(actor: Actor) -> QuerySet[RecordGrant]:
    me = Practitioner.filter(id=actor.practitioner_id, active=True)
    everybody = Q(department="") | Q(department__in=Subquery(me.values("specialty")))
    ours = Q(everybody, organization_id=actor.organization_id)
    for_me = Q(practitioner_id=actor.practitioner_id) | ours
    if teams := memberships.teams_of(actor.practitioner_id):
        for_me |= Q(team_id__in=Subquery(teams))
    in_time = Q(until=None) | Q(until__gt=clock.now())
    return RecordGrant.filter(for_me, in_time, revoked_at=None)
