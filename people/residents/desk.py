"""At the desk: a resident's phone shows six digits, the documents lie on the table.

This way is always open, whatever a provider of real names can or cannot check, and to people
without a number of their own. It asks for the document, the person's word and the texts, opens
no record, and leaves a trace.
"""

import secrets
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID, uuid4

from pydantic import StringConstraints
from tortoise.exceptions import IntegrityError

from core import clock, crypto, db
from core.audit import audit, refused
from core.errors import Conflict, FieldError, Invalid
from core.http import Schema
from people import access as records
from people import links, throttle
from people import rules as documents
from people.actor import Actor, Role
from people.masking import mask_name
from people.models import IdentifierKind, Patient, PatientIdentifier
from people.residents import agreements, proofs, rules
from people.residents.access import live
from people.residents.actor import Resident
from people.residents.holders import Holder, Number, holder, require_word
from people.residents.models import (
    AgreementChannel,
    Bond,
    BondStatus,
    DeskCode,
    Proof,
    Relation,
    ResidentAccount,
    Scope,
)
from people.residents.policy import params
from people.schemas import Name

CONFIRMERS: Final = (*sorted(records.CLINICAL), Role.SCHEDULER)
CODE_GUESSES: Final = throttle.Limit(
    "desk-code",
    10,
    throttle.ACCOUNT.first,
    throttle.ACCOUNT.longest,
    throttle.ADDRESS.window,
    advice="请居民重新打开“到窗口办理”,再看一遍六位数字。",
)

WRONG_CODE: Final = "没有找到这六位数字,或者已经过期。请居民重新打开“到窗口办理”看新的数字。"


class DeskEntry(Schema):
    """A phone's six digits and the documents on the table."""

    code: Annotated[str, StringConstraints(min_length=6, max_length=12)]
    relation: Relation = Relation.SELF
    name: Name
    document_kind: IdentifierKind = IdentifierKind.ID_CARD
    document_number: Number
    agreed: bool = False
    texts_read: bool = False


async def new_code(resident: Resident) -> tuple[str, datetime]:
    """Six digits to show at a desk and until when; the ones before count no more."""
    expires_at = clock.now() + params().desk_code
    while True:
        code = f"{secrets.randbelow(1_000_000):06d}"
        try:
            async with db.atomic():
                await DeskCode.filter(account_id=resident.account_id).delete()
                await DeskCode.create(
                    account_id=resident.account_id, mac=_mac(code), expires_at=expires_at
                )
        except IntegrityError:  # somebody else shows these digits just now
            continue
        return code, expires_at


async def join(actor: Actor, entry: DeskEntry) -> Holder:
    """Join the phone that shows these digits with the person of the document.

    Raises Invalid (`desk_code`, `document`, `relation`, `agreed`), Conflict or TooMany.
    """
    actor.require(*CONFIRMERS)
    account = await _account(actor, entry.code)
    patient = await _presented(actor, entry)
    applicant = await _own_patient(account.id)
    today = clock.today()
    who = rules.Applicant(applicant.birth_date) if applicant else None
    if sentence := rules.why_not(
        entry.relation, patient.birth_date, who, today=today, self_supporting=True
    ):
        raise Invalid("relation", sentence, errors=[FieldError("relation", sentence)])
    require_word(entry.agreed)
    if not entry.texts_read:
        sentence = "请先让居民看过(或念给居民听)这几份协议,居民同意后再勾选"
        raise Invalid("texts", sentence, errors=[FieldError("texts_read", sentence)])
    try:
        bond = await _join(actor, account, patient, entry.relation)
    except IntegrityError:
        raise Conflict("changed_meanwhile", "刚才已经办过了,请刷新再看。") from None
    return holder(bond, mask_name(applicant.name if applicant else patient.name))


async def _join(
    actor: Actor, account: ResidentAccount, patient: Patient, relation: Relation
) -> Bond:
    resident = Resident(account.id, account.openid or "", account.id)
    moment, today = clock.now(), clock.today()
    async with db.atomic():
        await ResidentAccount.filter(id=account.id).select_for_update().get()
        mine = Bond.filter(account_id=account.id).exclude(status=BondStatus.ENDED)
        bond = await mine.filter(patient_id=patient.id).first()
        if bond is None:
            await _check_room(account.id, relation)
            bond = await Bond.create(
                id=uuid4(),
                account=account,
                patient=patient,
                relation=relation,
                status=BondStatus.PENDING,
                scopes=",".join(Scope),
                asked_at=moment,
                until=rules.bond_until(
                    relation, patient.birth_date, None, now=moment, longest=params().proxy
                ),
            )
        if bond.relation is not relation:
            raise Conflict("already_added", "这个微信已经以另一种关系添加了这位居民,请先移除。")
        if bond.status is BondStatus.PENDING:
            await proofs.accept(bond, Proof.DESK, by=actor.practitioner_id)
        needed = rules.needed_agreements(relation, patient.birth_date, today)
        said = [agreements.Agreed(kind, agreements.current_version(kind)) for kind in needed]
        fresh = await agreements.require(resident, needed, said, patient.id)
        await agreements.write_down(
            resident,
            fresh,
            patient_id=patient.id,
            relation=relation,
            channel=AgreementChannel.DESK,
        )
        await DeskCode.filter(account_id=account.id).delete()
        await audit(
            actor,
            "bond.join",
            f"Bond/{bond.id}",
            patient_id=patient.id,
            reason=str(relation),
        )
    bond.account = account
    return bond


async def _check_room(account_id: UUID, relation: Relation) -> None:
    mine = Bond.filter(account_id=account_id).exclude(status=BondStatus.ENDED)
    if relation is Relation.SELF and await mine.filter(relation=Relation.SELF).exists():
        raise Conflict("own_taken", "这个微信已经绑定了另一个人作为本人。")
    others = mine.exclude(relation=Relation.SELF)
    if relation is not Relation.SELF and await others.count() >= params().family:
        raise Conflict("family_full", f"这个微信已经添加了 {params().family} 位家人。")


async def _account(actor: Actor, code: str) -> ResidentAccount:
    """The account that shows these digits; wrong ones are counted. Raises Invalid or TooMany."""
    await throttle.count(CODE_GUESSES, str(actor.account_id))
    digits = "".join(ch for ch in code if ch.isascii() and ch.isdigit())
    shown = (
        await DeskCode.filter(mac=_mac(digits), expires_at__gt=clock.now())
        .select_related("account")
        .first()
    )
    if shown is None:
        problem = Invalid("desk_code", WRONG_CODE, errors=[FieldError("code", WRONG_CODE)])
        raise refused(problem, actor, "bond.join", "DeskCode/unknown")
    await throttle.take_back(CODE_GUESSES, str(actor.account_id))
    account: ResidentAccount = shown.account
    return account


async def _presented(actor: Actor, entry: DeskEntry) -> Patient:
    """Whom the document on the table belongs to. Raises Invalid."""
    try:
        document = documents.read_document(
            entry.document_kind, entry.document_number, today=clock.today()
        )
    except documents.NotADocument as refusal:
        sentence = str(refusal)
        raise Invalid(
            "document", sentence, errors=[FieldError("document_number", sentence)]
        ) from None
    found = await PatientIdentifier.filter(
        kind=document.kind, value_index__in=crypto.keyring().indexes(document.number)
    ).select_related("patient")
    same = [
        row.patient
        for row in found
        if documents.tidy_name(row.patient.name) == documents.tidy_name(entry.name)
    ]
    if not same:
        sentence = "没有登记过姓名和证件都对得上的居民。请先核对;没有登记过的,请先登记。"
        problem = Invalid("document", sentence, errors=[FieldError("document_number", sentence)])
        raise refused(problem, actor, "bond.join", "Patient/unknown")
    return await Patient.get(id=await links.survivor(same[0].id))


async def _own_patient(account_id: UUID) -> Patient | None:
    own = (
        await Bond.filter(live(), account_id=account_id, relation=Relation.SELF)
        .select_related("patient")
        .first()
    )
    return own.patient if own else None


def _mac(code: str) -> str:
    return crypto.keyring().mac("desk-code", code.encode())
