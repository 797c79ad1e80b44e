"""From an entry to a bond: what it says, who is asked about it, and what is written.

One person is one patient: who is registered already is bound, never doubled. What a provider of
real names says and what is on record are told apart from outside by nothing: a wrong name for a
number gets one and the same answer.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from core import clock, crypto, db
from core.audit import audit, refused
from core.errors import Conflict, FieldError, Invalid
from core.states import advance
from people import links, registration, throttle
from people import rules as documents
from people.models import Organization, Patient, Sex, Tier
from people.residents import access, agreements, identity, proofs, rules
from people.residents.actor import Resident
from people.residents.models import BOND, Bond, BondStatus, Proof, Relation, ResidentAccount
from people.residents.policy import params
from people.residents.schemas import NewPatient
from people.schemas import Relation as GuardianWord

NOT_THIS_PERSON: Final = (
    "姓名和证件对不上,请照着证件逐字核对;还是不行,请带证件到卫生室或医院窗口办理。"
)
AT_THE_DESK: Final = "这一步要当面核对:请带证件到村卫生室、卫生院或医院窗口,请工作人员为您开通。"
GUESSES: Final = throttle.Limit(
    "real-name",
    6,
    throttle.ADDRESS.first,
    throttle.ACCOUNT.longest,
    throttle.ACCOUNT.window,
    advice="也可以带证件到卫生室或医院窗口办理。",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """An entry with what was found out about it, before anything is written."""

    resident: Resident
    entry: NewPatient
    document: documents.Document
    applicant: Patient | None
    needed: tuple[str, ...]

    @property
    def minor(self) -> bool:
        return rules.acts_as_guardian(self.entry.relation, self.entry.born, clock.today())


async def ask(resident: Resident, entry: NewPatient) -> Asked:
    """Check what the entry says by itself. Raises Invalid."""
    own = (
        await Bond.filter(access.live(), account_id=resident.account_id, relation=Relation.SELF)
        .select_related("patient")
        .first()
    )
    applicant: Patient | None = own.patient if own else None
    today = clock.today()
    sentence = rules.why_not(
        entry.relation,
        entry.born,
        rules.Applicant(applicant.birth_date) if applicant else None,
        today=today,
        self_supporting=entry.self_supporting,
    )
    if sentence:
        raise Invalid("relation", sentence, errors=[FieldError("relation", sentence)])
    needed = rules.needed_agreements(entry.relation, entry.born, today)
    return Asked(resident, entry, entry.document, applicant, needed)


async def owner(asked: Asked) -> Patient | None:
    """Whoever is registered under this document, whatever their name."""
    return await registration.owner_of(
        asked.document, name=asked.entry.name, birth_date=asked.entry.born
    )


async def open_bond(resident: Resident, patient_id: UUID) -> Bond | None:
    records = await links.same_person(patient_id)
    bonds = Bond.filter(account_id=resident.account_id, patient_id__in=records)
    return await bonds.exclude(status=BondStatus.ENDED).select_related("patient").first()


def same_person(patient: Patient, entry: NewPatient) -> bool:
    return (
        documents.tidy_name(patient.name) == documents.tidy_name(entry.name)
        and patient.birth_date == entry.born
    )


async def check_room(asked: Asked) -> None:
    open_ones = Bond.filter(account_id=asked.resident.account_id).exclude(status=BondStatus.ENDED)
    if asked.entry.relation is Relation.SELF:
        if await open_ones.filter(relation=Relation.SELF).exists():
            raise Conflict("own_taken", "这个微信已经绑定了本人,不能再绑定另一个人。")
    elif await open_ones.exclude(relation=Relation.SELF).count() >= params().family:
        raise Conflict("family_full", f"一个微信最多添加 {params().family} 位家人,请先移除不用的。")


async def real_name(asked: Asked) -> identity.Finding:
    """Ask the provider, outside of any transaction; wrong guesses slow the next one down."""
    entry, document = asked.entry, asked.document
    name = str(asked.resident.account_id)
    await throttle.count(GUESSES, name)
    question = identity.Question(entry.name, document.kind, document.number, entry.phone)
    finding = await identity.real_name().check(question)
    if finding.outcome is identity.Outcome.MISMATCH:
        raise not_this_person(asked, None, trace=finding.trace)
    if finding.outcome is identity.Outcome.UNKNOWN:
        await throttle.take_back(GUESSES, name)
        raise Conflict("needs_desk", AT_THE_DESK)
    return finding


def not_this_person(asked: Asked, known: Patient | None, *, trace: str = "") -> Invalid:
    problem = Invalid(
        "identity_mismatch", NOT_THIS_PERSON, errors=[FieldError("id_number", NOT_THIS_PERSON)]
    )
    return refused(
        problem,
        asked.resident,
        "resident.document_of_another" if known else "resident.identity_mismatch",
        f"Patient/{known.id}" if known else "Patient/unknown",
        patient_id=known.id if known else None,
        reason=trace,
    )


async def bind(asked: Asked, finding: identity.Finding) -> Bond:
    """Find or make the record and join it, in one transaction; accounts queue up on their row."""
    resident, entry = asked.resident, asked.entry
    async with db.atomic():
        account = await ResidentAccount.filter(id=resident.account_id).select_for_update().get()
        known = await owner(asked)
        if known is not None and not same_person(known, entry):
            raise not_this_person(asked, known)
        if known is not None and (bond := await open_bond(resident, known.id)):
            return bond
        await check_room(asked)
        fresh = await agreements.require(
            resident, asked.needed, agreed(entry), known.id if known else None
        )
        bond = await _open(asked, finding, account, known)
        await agreements.write_down(
            resident, fresh, patient_id=bond.patient_id, relation=entry.relation
        )
        await audit(
            resident,
            "resident.add_patient",
            f"Bond/{bond.id}",
            patient_id=bond.patient_id,
            reason=f"{entry.relation} {bond.status} {bond.proof} {finding.trace}".strip(),
        )
    await throttle.take_back(GUESSES, str(resident.account_id))
    return bond


async def _open(
    asked: Asked, finding: identity.Finding, account: ResidentAccount, known: Patient | None
) -> Bond:
    entry, moment, today = asked.entry, clock.now(), clock.today()
    if known is not None and await _too_many(known.id):
        raise Conflict("needs_desk", AT_THE_DESK)
    holder = _is_holder(finding, entry, account)
    proof = rules.proof_at_entry(
        entry.relation,
        minor=asked.minor,
        holder=holder,
        is_new=known is None,
        guardian_on_record=known is not None and _guardian_on_record(known, asked, account),
    )
    theirs = proof is Proof.NONE and _phone_is_theirs(asked, finding, account, known)
    patient = (
        await _survivor(known)
        if known
        else await _create(asked, reachable=theirs or proof is not Proof.NONE)
    )
    proven = proof is not Proof.NONE
    bond = await Bond.create(
        id=uuid4(),
        account_id=account.id,
        patient=patient,
        relation=entry.relation,
        status=BondStatus.ACTIVE if proven else BondStatus.PENDING,
        proof=proof,
        scopes=",".join(rules.scopes_for(entry.relation, entry.born, entry.scopes, today)),
        claimed_phone=None if proven else entry.phone,
        phone_is_theirs=theirs,
        asked_at=moment,
        proven_at=moment if proven else None,
        until=rules.bond_until(
            entry.relation, entry.born, entry.until, now=moment, longest=params().proxy
        ),
    )
    if proven:
        await proofs.opened(bond)
    return bond


async def check_again(asked: Asked, bond: Bond) -> None:
    """A request that still waits, entered again: perhaps with a number that can be trusted."""
    finding = await real_name(asked)
    entry, known = asked.entry, bond.patient
    async with db.atomic():
        account = await ResidentAccount.get(id=asked.resident.account_id)
        holder = _is_holder(finding, entry, account)
        if entry.relation is Relation.SELF and holder:
            await advance(bond, BOND, "prove", proof=Proof.REAL_NAME, proven_at=clock.now())
            await proofs.opened(bond)
            await audit(
                asked.resident, "resident.prove", f"Bond/{bond.id}", patient_id=bond.patient_id
            )
        else:
            changes = {
                "claimed_phone": entry.phone,
                "phone_is_theirs": _phone_is_theirs(asked, finding, account, known),
            }
            await Bond.filter(id=bond.id, status=BondStatus.PENDING).update(**changes)
            bond.update_from_dict(changes)
    await throttle.take_back(GUESSES, str(asked.resident.account_id))


def _is_holder(finding: identity.Finding, entry: NewPatient, account: ResidentAccount) -> bool:
    """Whether the person at the phone is the one of the document."""
    verified = entry.phone is not None and entry.phone == account.phone
    return finding.holder or (finding.phone_is_theirs and verified)


async def _survivor(known: Patient) -> Patient:
    """The record that new rows of this person belong to."""
    survivor = await links.survivor(known.id)
    return known if survivor == known.id else await Patient.get(id=survivor)


async def _too_many(patient_id: UUID) -> bool:
    held = await Bond.filter(access.live(), patient_id=patient_id).count()
    return held >= params().accounts_per_patient


def _guardian_on_record(known: Patient, asked: Asked, account: ResidentAccount) -> bool:
    """Whether the child's record names this guardian, or the number WeChat knows to be theirs."""
    applicant = asked.applicant
    named = documents.tidy_name(known.guardian_name)
    if applicant is not None and named == documents.tidy_name(applicant.name):
        return True
    return bool(account.phone) and known.phone == account.phone


def _phone_is_theirs(
    asked: Asked, finding: identity.Finding, account: ResidentAccount, known: Patient | None
) -> bool:
    """Whether a code sent to the number of the entry reaches the patient and not the one who asks.

    The clinic wrote the number down before, or the provider says it is registered for the person.
    """
    phone = asked.entry.phone
    if phone is None:
        return False
    on_record = known is not None and known.phone == phone
    if not on_record and not finding.phone_is_theirs:
        return False
    of_the_applicant = {account.phone, asked.applicant.phone if asked.applicant else None}
    return asked.entry.relation is Relation.SELF or phone not in of_the_applicant


async def _create(asked: Asked, *, reachable: bool) -> Patient:
    entry = asked.entry
    phone = entry.phone if reachable else None
    patient = await Patient.create(
        id=uuid4(),
        name=documents.tidy_name(entry.name),
        sex=entry.gender,
        birth_date=entry.born,
        phone=phone,
        phone_index=crypto.keyring().index(phone) if phone else None,
        managing_organization_id=await _organization(asked),
        created_at=clock.now(),
        created_by=asked.resident.account_id,
        **_guardian_columns(asked),
    )
    await registration.add_identifier(patient, asked.document)
    return patient


def _guardian_columns(asked: Asked) -> dict[str, Any]:
    applicant = asked.applicant
    if not asked.minor or applicant is None:
        return {}
    word = GuardianWord.OTHER
    if asked.entry.relation is Relation.CHILD:
        word = GuardianWord.MOTHER if applicant.sex is Sex.FEMALE else GuardianWord.FATHER
    return {"guardian_name": applicant.name, "guardian_relation": word.value}


async def _organization(asked: Asked) -> UUID:
    """Who keeps the record: the clinic that was chosen, the family's, or the county hospital."""
    chosen = asked.entry.organization_id
    if chosen is not None:
        if await Organization.filter(id=chosen, tier__in=(Tier.VILLAGE, Tier.TOWNSHIP)).exists():
            return chosen
        if chosen != await _hospital():
            sentence = "请从列表里选一家卫生室或卫生院"
            raise Invalid(
                "organization", sentence, errors=[FieldError("organization_id", sentence)]
            )
        return chosen
    if asked.applicant is not None:
        family: UUID = asked.applicant.managing_organization_id
        return family
    return await _hospital()


async def _hospital() -> UUID:
    """The organization of the setting, else the one at the top with others below it."""
    if code := params().organization:
        return (await Organization.get(code=code)).id
    top = Organization.filter(tier=Tier.COUNTY, parent_id=None, children__id__not_isnull=True)
    found = await top.order_by("code").first()
    if found is None:
        raise Conflict("needs_desk", AT_THE_DESK)
    organization_id: UUID = found.id
    return organization_id


def agreed(entry: NewPatient) -> list[agreements.Agreed]:
    return [agreements.Agreed(one.kind, one.version) for one in entry.consents]
