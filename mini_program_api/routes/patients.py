"""The people an account looks after, and their health cards."""

from aiohttp import web

from core.doors import residents
from core.http import answers, endpoint, path_id
from core.idempotency import once
from mini_program_api.border import BASE
from mini_program_api.schemas.patients import (
    HealthCardOut,
    HealthCodeOut,
    LossIn,
    PatientIn,
    PatientOut,
    Patients,
    ProofIn,
)
from people.cards import service as cards
from people.residents import access, at_once, family, proofs
from people.residents.actor import resident_of
from people.residents.cards import PatientCard
from people.residents.models import Scope

routes = web.RouteTableDef()


@routes.get(f"{BASE}/patients", name="mp_patients")
@residents
@endpoint
async def patients(request: web.Request) -> Patients:
    """Everybody this account may act for or has asked to, oneself first."""
    found = await family.patients(resident_of(request))
    return Patients(items=[shown(card) for card in found])


@routes.post(f"{BASE}/patients", name="mp_add_patient")
@residents
@once
@answers(409, 503)
@endpoint(status=201)
async def add_patient(request: web.Request, *, body: PatientIn) -> PatientOut:
    """Add oneself or one of the family, by real name.

    For another adult the answer says `needs_proof`: a code goes to that person's own phone, or
    staff open it at a desk.
    """
    return shown(await family.add_patient(resident_of(request), body))


@routes.delete(BASE + "/patients/{id}", name="mp_remove_patient")
@residents
@answers(409)
@endpoint
async def remove_patient(request: web.Request) -> None:
    """Let somebody go. Their records stay, this account no longer opens them."""
    await family.remove_patient(resident_of(request), path_id(request))


@routes.post(BASE + "/patients/{id}/proof", name="mp_prove_patient")
@residents
@endpoint
async def prove(request: web.Request, *, body: ProofIn) -> PatientOut:
    """Bring the code that reached the patient's own phone."""
    return shown(await proofs.prove(resident_of(request), path_id(request), body.code))


@routes.post(BASE + "/patients/{id}/proof-code", name="mp_send_proof_code")
@residents
@answers(503)
@endpoint
async def send_code(request: web.Request) -> None:
    """Send another code to the patient's own phone."""
    await proofs.send_code(resident_of(request), path_id(request))


@routes.post(BASE + "/patients/{id}/health-card", name="mp_issue_card")
@residents
@once
@answers(403)
@endpoint(status=201)
async def issue_card(request: web.Request) -> HealthCardOut:
    """Get the e-health card; a repeat gives the same one."""
    who, patient_id = resident_of(request), path_id(request)
    await access.open_own(who, patient_id, Scope.VIEW, purpose="health card")
    card = await cards.issue(who, patient_id)
    return HealthCardOut(card_no=card.card_no, issued_at=card.issued_at)


@routes.get(BASE + "/patients/{id}/health-card/code", name="mp_card_code")
@residents
@answers(403)
@endpoint
async def card_code(request: web.Request) -> HealthCodeOut:
    """A fresh code to hold out at a desk: one minute, one use, nothing about the person inside."""
    who, patient_id = resident_of(request), path_id(request)
    await at_once.enter(who, patient_id, Scope.VIEW, purpose="health card code")
    code = await cards.dynamic_code(who, patient_id)
    return HealthCodeOut(
        qr_text=code.qr_text, expires_at=code.expires_at, refresh_at=code.refresh_at
    )


@routes.post(BASE + "/patients/{id}/health-card/loss", name="mp_lose_card")
@residents
@once
@answers(403)
@endpoint(status=201)
async def lose_card(request: web.Request, *, body: LossIn) -> HealthCardOut:
    """The card is lost: its number and codes die, and the same person gets a new one."""
    who, patient_id = resident_of(request), path_id(request)
    await access.open_own(who, patient_id, Scope.VIEW, purpose="health card loss")
    card = await cards.rotate(who, patient_id, body.reason)
    return HealthCardOut(card_no=card.card_no, issued_at=card.issued_at)


def shown(card: PatientCard) -> PatientOut:
    """A patient as the contract names it."""
    return PatientOut(
        id=card.id,
        name=card.name,
        sex=card.sex,
        birth_date=card.birth_date,
        id_number_masked=card.id_number_masked,
        phone_masked=card.phone_masked,
        relation=card.relation,
        relation_name=card.relation_words,
        scopes=list(card.scopes),
        needs_proof=card.needs_proof,
        until=card.until,
        deceased_on=card.deceased_on,
    )
