"""A prescription as a paper on the phone, and the word to one that lasts long."""

from aiohttp import web

from care.documents.codes import grouped
from care.encounter.routes.guests import ADDRESS
from core.audit import audit
from core.blobs import STORE
from core.doors import residents
from core.http import answers, endpoint, path_id
from core.idempotency import once
from mini_program_api import medications, papers
from mini_program_api.border import BASE
from mini_program_api.schemas.encounters import PaperOut
from mini_program_api.schemas.medications import AgreementIn, MedicationRequestOut
from people.residents.actor import resident_of
from people.residents.models import Scope
from pharmacy.dispensing.hands import hands_of
from pharmacy.prescribing import agreement, sheet
from pharmacy.prescribing.steps import subject

routes = web.RouteTableDef()

ONE = BASE + "/medication-requests/{id}"


@routes.post(f"{ONE}/agreement", name="mp_agree_medication")
@residents
@once
@answers(403, 409)
@endpoint
async def agree(request: web.Request, *, body: AgreementIn) -> MedicationRequestOut:
    """The resident has read `agreement.text` and agrees to more than four weeks. Safe to repeat.

    Needs the leave to speak with the doctor for the patient. 409 `prescription_over` when it has
    ended.
    """
    who = resident_of(request)
    row = await medications.open_request(who, path_id(request), Scope.CHAT)
    await agreement.agree(who, row)
    return await medications.shown(row)


@routes.post(f"{ONE}/paper", name="mp_prescription_paper")
@residents
@answers(409)
@endpoint(status=201)
async def paper(request: web.Request) -> PaperOut:
    """处方笺 as a PDF, printed and sealed when it is asked for the first time.

    409 `not_approved` while no pharmacist has let it pass, `not_agreed` while the resident has to
    confirm more than four weeks.
    """
    who = resident_of(request)
    row = await medications.open_request(who, path_id(request), Scope.VIEW)
    house = request.app[ADDRESS]()
    hands = await hands_of(row.id)
    kept = await sheet.issue(who, row, hands=hands, store=request.app[STORE], base_url=house)
    await audit(who, "prescription.print", subject(row), patient_id=row.patient_id, reason="own")
    link = papers.link_to(kept, who)
    return PaperOut(
        url=f"{house}/h5/papers/{link.sealed()}",
        expires_at=link.expires_at,
        name=f"{kept.title}.pdf",
        version=kept.version,
        code=grouped(kept.code),
    )
