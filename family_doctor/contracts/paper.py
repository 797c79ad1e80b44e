"""The agreement as a paper, for the phone and for printing, and what has become of it."""

from uuid import UUID

from care.documents.family_contract import KIND, ContractPaper, PromisedItem, issue_contract
from care.documents.fates import Fate, of_kind
from care.documents.models import ArchivedDocument
from care.signatures.models import Signature
from core import clock
from core.audit import Who
from core.blobs import Store
from core.errors import Conflict
from core.money import yuan
from family_doctor import words
from family_doctor.contracts.models import Contract, SignedBy
from family_doctor.contracts.states import Status
from family_doctor.contracts.wording import agreement_of
from family_doctor.fulfilment.models import ContractItem
from people.ages import age_in_words
from people.queries import SEX_WORDS
from people.residents.rules import RELATION_WORDS

SIGNERS = {"self": "本人", "guardian": "监护人"}
HOW = {SignedBy.CODE: "手机验证码签署", SignedBy.DESK: "现场核对证件后签署"}


async def paper_of(who: Who, row: Contract, *, store: Store, base_url: str) -> ArchivedDocument:
    """The archived paper; everybody in the contract is loaded. Raises Conflict while one of the
    two has not signed."""
    if row.doctor_signed_at is None or row.resident_signed_at is None:
        raise Conflict("not_signed", "双方都签字以后才有正式的协议。")
    sheet = await _sheet(row)
    return await issue_contract(who, sheet, store=store, base_url=base_url)


async def _sheet(row: Contract) -> ContractPaper:
    names = {one["code"]: one["name"] for one in row.content["packages"]}
    items = await ContractItem.filter(contract_id=row.id).order_by("position")
    text, patient = agreement_of(row.text_version), row.patient
    return ContractPaper(
        contract_id=row.id,
        number=row.number,
        patient_id=row.patient_id,
        name=row.content["patient"]["name"],
        sex=SEX_WORDS[patient.sex],
        age=age_in_words(patient.birth_date, clock.today()),
        village=patient.village,
        team=f"{row.content['team']['name']}({row.content['team']['organization']})",
        organization_id=row.team.organization_id,
        phone=row.content["team"]["phone"],
        term=_term(row),
        price=_price(row),
        promised=[
            PromisedItem(
                package=names[item.package_code],
                name=item.name,
                times=item.times,
                mode=words.MODES[item.mode],
                who=words.ROLES[item.who],
            )
            for item in items
        ],
        text_version=text.version,
        text=text.html(),
        signer=f"{patient.name}({_signer(row)})",
        how=HOW[row.signed_how or SignedBy.DESK],
        resident_signed_at=row.resident_signed_at or row.asked_at,
        doctor=await Signature.get(kind=KIND, document_id=row.id),
    )


def _signer(row: Contract) -> str:
    if row.signed_relation in SIGNERS:
        return SIGNERS[row.signed_relation]
    relations = {key.value: word for key, word in RELATION_WORDS.items()}
    mine = relations.get(row.signed_relation, "")
    return "监护人" if mine == "子女" else f"手机账号的{mine},验证码发到本人手机"


def _term(row: Contract) -> str:
    if row.starts_on is None:
        return f"{row.years} 年,从生效那天算"
    return f"{row.years} 年,{row.starts_on:%Y-%m-%d} 到 {row.ends_on:%Y-%m-%d}"


def _price(row: Contract) -> str:
    if not row.price_fen:
        return "免费"
    own = row.price_fen - row.insurer_fen
    return f"共 {yuan(row.price_fen)},医保 {yuan(row.insurer_fen)},个人 {yuan(own)}"


@of_kind(KIND)
async def _fate(contract_id: UUID) -> Fate | None:
    row = await Contract.get_or_none(id=contract_id)
    if row is None:
        return None
    running = row.status is Status.ACTIVE
    return Fate(running, f"这份协议现在:{words.STATUS[row.status][1]}。")
