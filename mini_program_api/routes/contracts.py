"""The family doctor on the phone: choose a team, sign, see what was done, say so, end it."""

from functools import partial

from aiohttp import web

from care.documents.codes import grouped
from care.encounter.routes.guests import ADDRESS
from core.audit import audit
from core.blobs import STORE
from core.doors import residents
from core.errors import FieldError, Invalid
from core.etags import revalidated, when_shown
from core.http import answers, endpoint, path_id
from core.idempotency import once
from family_doctor.access import LOADED, open_own
from family_doctor.contracts import asking, paper, paying, queries, signing, wording
from family_doctor.contracts.models import Contract
from family_doctor.contracts.schemas import AskIn, EndIn
from family_doctor.contracts.terms import subject
from family_doctor.fulfilment import service
from family_doctor.fulfilment.schemas import DisputeIn
from family_doctor.packages.service import offered
from family_doctor.policy import params
from family_doctor.teams.queries import open_for
from mini_program_api import contracts, own, papers
from mini_program_api.border import BASE
from mini_program_api.schemas.booking import PaymentOut
from mini_program_api.schemas.contracts import (
    CareTeams,
    CareTeamsQuery,
    CodeSentOut,
    ContractIn,
    ContractOut,
    Contracts,
    ContractsQuery,
    ServiceDisputeIn,
    ServicePackages,
    SignatureIn,
    TerminationIn,
)
from mini_program_api.schemas.encounters import PaperOut
from payments import service as payments
from people.residents.access import open_own as open_patient
from people.residents.actor import Resident, resident_of
from people.residents.models import Scope
from people.residents.relations import relation_to
from wechat.bindings import WECHAT

routes = web.RouteTableDef()

ONE = BASE + "/contracts/{id}"
SERVICE = BASE + "/service-records/{id}"


@routes.get(f"{BASE}/care-teams", name="mp_care_teams")
@residents
@answers(403, 404)
@endpoint
async def care_teams(request: web.Request, *, query: CareTeamsQuery) -> CareTeams:
    """Teams that take residents, those of the patient's village first."""
    who = resident_of(request)
    patient = await open_patient(who, query.patient_id, Scope.CHAT, purpose="care-teams")
    found = await open_for(patient.village)
    return CareTeams(items=[await contracts.team(row, near=near) for row, near in found])


@routes.get(f"{BASE}/service-packages", name="mp_service_packages")
@residents
@endpoint
async def service_packages(request: web.Request) -> ServicePackages:
    """What may be signed today, with prices."""
    items = [contracts.package(row) for row in await offered()]
    return ServicePackages(items=items, years=params().years)


@routes.get(f"{BASE}/contracts", name="mp_contracts")
@residents
@revalidated
@endpoint
async def all_contracts(request: web.Request, *, query: ContractsQuery) -> Contracts:
    """Those of the account's patients."""
    ids = await own.patient_ids(resident_of(request), Scope.CHAT, query.patient_id)
    rows = await queries.of_patients(ids)
    return Contracts(items=[await contracts.contract(row) for row in rows])


@routes.get(ONE, name="mp_contract")
@residents
@revalidated
@endpoint
async def one(request: web.Request) -> ContractOut:
    """One contract. Ask again with the ETag."""
    who = resident_of(request)
    row = await open_own(who, path_id(request))
    when_shown(request, partial(_looked_at, who, row))
    return await contracts.contract(row)


async def _looked_at(who: Resident, row: Contract) -> None:
    await audit(who, "contract.open", subject(row.id), patient_id=row.patient_id, reason="own")


@routes.post(f"{BASE}/contracts", name="mp_ask_for_contract")
@residents
@once(required=True)
@answers(403, 404, 409)
@endpoint(status=201)
async def ask(request: web.Request, *, body: ContractIn) -> ContractOut:
    """Ask a team. A contract in force is renewed by asking the same team, and replaced by asking
    another.

    409 `contract_on_its_way`, `signed_already` (too early to renew), `team_full`.
    """
    who = resident_of(request)
    said = {one.kind: one.version for one in body.consents}
    if wording.KIND not in said:
        sentence = f"请先看过并同意《{wording.agreement().title}》。"
        raise Invalid("consents", sentence, errors=[FieldError("consents", sentence)])
    await open_patient(who, body.patient_id, Scope.CHAT, purpose="contract")
    relation = await relation_to(who, body.patient_id, Scope.CHAT)
    wanted = AskIn(
        team_id=body.team_id,
        package_ids=body.package_ids,
        years=body.years,
        text_version=said[wording.KIND],
    )
    return await _shown(await asking.ask(who, body.patient_id, relation, wanted))


async def _shown(row: Contract) -> ContractOut:
    row = await Contract.get(id=row.id).prefetch_related(*LOADED)
    return await contracts.contract(row)


@routes.post(f"{ONE}/signature-code", name="mp_contract_code")
@residents
@answers(409, 429, 503)
@endpoint(status=201)
async def send_code(request: web.Request) -> CodeSentOut:
    """A code to the patient's own number (a child's: the guardian's).

    409 `no_phone` when the record has none: sign at the clinic.
    """
    return CodeSentOut(phone_masked=await signing.send_code(resident_of(request), path_id(request)))


@routes.post(f"{ONE}/signature", name="mp_sign_contract")
@residents
@once
@answers(409)
@endpoint
async def sign(request: web.Request, *, body: SignatureIn) -> ContractOut:
    """Sign with the code. 422 `wrong_code`."""
    who = resident_of(request)
    row = await open_own(who, path_id(request))
    relation = await relation_to(who, row.patient_id, Scope.CHAT)
    return await _shown(await signing.sign_own(who, row.id, relation, body.code))


@routes.post(f"{ONE}/payment", name="mp_pay_contract")
@residents
@once(required=True)
@answers(403, 409, 503)
@endpoint
async def pay(request: web.Request) -> PaymentOut:
    """What `wx.requestPayment` takes. 409 `nothing_to_pay`."""
    who = resident_of(request)
    row = await open_own(who, path_id(request), Scope.PAY)
    return PaymentOut.model_validate(await paying.request_payment(who, row, request.app[WECHAT]))


@routes.post(f"{ONE}/payment-check", name="mp_check_contract_payment")
@residents
@answers(403, 503)
@endpoint
async def check_payment(request: web.Request) -> ContractOut:
    """The resident says that it is paid: WeChat is asked now."""
    row = await open_own(resident_of(request), path_id(request), Scope.PAY)
    if paying.payable(row):
        await payments.refresh(subject(row.id), wechat=request.app[WECHAT])
    return await _shown(row)


@routes.post(f"{ONE}/withdrawal", name="mp_withdraw_contract")
@residents
@once
@answers(409)
@endpoint
async def withdraw(request: web.Request) -> ContractOut:
    """Not any more, before it is in force; what was paid goes back."""
    return await _shown(await signing.withdraw(resident_of(request), path_id(request)))


@routes.post(f"{ONE}/termination", name="mp_end_contract")
@residents
@once
@answers(409)
@endpoint
async def end(request: web.Request, *, body: TerminationIn) -> ContractOut:
    """End it early: the team's access to the record ends at once."""
    entry = EndIn(why=body.why, words=body.words)
    return await _shown(await signing.end_own(resident_of(request), path_id(request), entry))


@routes.post(f"{ONE}/paper", name="mp_contract_paper")
@residents
@answers(409)
@endpoint(status=201)
async def printed(request: web.Request) -> PaperOut:
    """The agreement as a sealed PDF. 409 `not_signed` while one of the two has not signed."""
    who = resident_of(request)
    row = await open_own(who, path_id(request))
    house = request.app[ADDRESS]()
    kept = await paper.paper_of(who, row, store=request.app[STORE], base_url=house)
    await audit(who, "contract.print", subject(row.id), patient_id=row.patient_id, reason="own")
    link = papers.link_to(kept, who)
    return PaperOut(
        url=f"{house}/h5/papers/{link.sealed()}",
        expires_at=link.expires_at,
        name=f"{kept.title}.pdf",
        version=kept.version,
        code=grouped(kept.code),
    )


@routes.post(f"{SERVICE}/confirmation", name="mp_confirm_service")
@residents
@once
@answers(409)
@endpoint
async def confirm(request: web.Request) -> ContractOut:
    """Yes, it was done."""
    record = await service.confirm(resident_of(request), path_id(request))
    return await _shown(await Contract.get(id=record.contract_id))


@routes.post(f"{SERVICE}/dispute", name="mp_dispute_service")
@residents
@once
@answers(409)
@endpoint
async def dispute(request: web.Request, *, body: ServiceDisputeIn) -> ContractOut:
    """No, it was not: it counts no more, and the team reads why."""
    entry = DisputeIn(words=body.words)
    record = await service.dispute(resident_of(request), path_id(request), entry)
    return await _shown(await Contract.get(id=record.contract_id))
