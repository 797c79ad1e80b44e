"""Referrals: where to and why, yes or no, what the other house says."""

from aiohttp import web

from booking import offering
from care.referral import queries, service, words
from care.referral.access import open_own, subject
from care.referral.models import ServiceRequest, Urgency
from care.referral.states import LIVE, REFERRAL, Status
from core.audit import audit
from core.doors import residents
from core.errors import FieldError, Invalid
from core.etags import revalidated, when_shown
from core.http import answers, endpoint, path_id
from core.idempotency import once
from core.states import allowed
from mini_program_api import offers, own
from mini_program_api.border import BASE
from mini_program_api.catalogue import department_id
from mini_program_api.schemas.referrals import ReferralConsentIn, ReferralOut, Referrals
from people.residents.actor import resident_of
from people.residents.models import Scope
from people.residents.relations import relation_to

routes = web.RouteTableDef()

ONE = BASE + "/referrals/{id}"
MINE = ("agree", "cancel")


@routes.get(f"{BASE}/referrals", name="mp_referrals")
@residents
@revalidated
@endpoint
async def referrals(request: web.Request) -> Referrals:
    """Those of all patients of the account, the latest first, at most thirty."""
    ids = await own.patient_ids(resident_of(request), Scope.CHAT)
    return Referrals(items=[await shown(row) for row in await queries.of_patients(ids)])


@routes.get(ONE, name="mp_referral_request")
@residents
@revalidated
@endpoint
async def referral(request: web.Request) -> ReferralOut:
    """One referral. Ask again with the ETag."""
    who = resident_of(request)
    row = await open_own(who, path_id(request))

    async def looked_at() -> None:
        await audit(who, "referral.open", subject(row.id), patient_id=row.patient_id, reason="own")

    when_shown(request, looked_at)
    return await shown(row)


@routes.post(f"{ONE}/consent", name="mp_agree_to_referral")
@residents
@once
@answers(409)
@endpoint
async def agree(request: web.Request, *, body: ReferralConsentIn) -> ReferralOut:
    """Yes: it is sent, and the department may open the record until its end.

    422 when other words than today's were agreed to.
    """
    who = resident_of(request)
    row = await open_own(who, path_id(request))
    said = {one.kind: one.version for one in body.consents}
    if service.CONSENT not in said:
        sentence = f"请先看过并同意《{service.consent_text().title}》。"
        raise Invalid("consents", sentence, errors=[FieldError("consents", sentence)])
    relation = await relation_to(who, row.patient_id, Scope.CHAT)
    version = said[service.CONSENT] or ""
    return await shown(await service.agree(who, row.id, relation, version=version))


@routes.post(f"{ONE}/cancellation", name="mp_cancel_referral")
@residents
@once
@answers(409)
@endpoint
async def cancel(request: web.Request) -> ReferralOut:
    """No, or not any more: the department's access ends at once."""
    return await shown(await service.cancel_own(resident_of(request), path_id(request)))


async def shown(row: ServiceRequest) -> ReferralOut:
    """One referral, whose people and houses are loaded."""
    kept = await offering.kept_for(subject(row.id)) if row.keep_place else None
    running = row.status in LIVE
    return ReferralOut(
        id=row.id,
        status=row.status.value,
        status_name=words.ON_PHONE[row.status],
        next_step=words.NEXT[row.status],
        encounter_id=row.encounter_id,
        patient_id=row.patient_id,
        patient_name=row.patient.name,
        from_organization_name=row.from_organization.name,
        practitioner_name=row.requester.name,
        organization_name=row.to_organization.name,
        department_name=words.department(row),
        department_id=department_id(row.to_organization_id, row.department),
        direction_name=words.DIRECTION[row.direction],
        urgent=row.urgency is Urgency.URGENT,
        reason=row.reason,
        answer=row.answer,
        answered_by=row.answered_by.name if row.answered_by else "",
        outcome=row.outcome,
        proposed_at=row.proposed_at,
        sent_at=row.sent_at,
        answer_by=row.answer_by if row.status is Status.SUBMITTED else None,
        expires_at=row.expires_at if running else None,
        ended_at=row.ended_at,
        offered=offers.shown(kept) if kept else None,
        can=[action for action in allowed(REFERRAL, row.status) if action in MINE],
    )
