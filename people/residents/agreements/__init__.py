"""What residents agree to, by version, and who agreed.

A new version of a text is a new question: the old answer is kept and counts no more
(互联网诊疗监管细则; 个人信息保护法 art. 14: a changed purpose is asked again).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from core import clock, texts
from core.errors import Conflict, FieldError, Invalid, NotFound
from people.residents import rules
from people.residents.actor import Resident
from people.residents.models import (
    AgreementChannel,
    Bond,
    BondStatus,
    Relation,
    ResidentAgreement,
)

HERE: Final = Path(__file__).parent
OF_ACCOUNT: Final = frozenset({rules.SERVICE, rules.PRIVACY})
NEEDED_FOR: Final[Mapping[str, str]] = {
    rules.SERVICE: "account",
    rules.PRIVACY: "account",
    rules.HEALTH_DATA: "patient",
    rules.GUARDIAN: "minor",
    rules.CHILD: "child",
    rules.PROXY: "proxy",
}
"""account: everybody; patient: each person added; minor: under 18; child: under 14; proxy:
another adult."""


@dataclass(frozen=True, slots=True)
class AgreementText:
    """One text as residents read it. `needed_for` is a key of `NEEDED_FOR`'s values."""

    kind: str
    version: str
    title: str
    text: str
    needed_for: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """One text somebody says yes to."""

    kind: str
    version: str


def agreements() -> list[AgreementText]:
    """The texts of today."""
    current = {kind: texts.current(HERE, kind) for kind in NEEDED_FOR}
    return [
        AgreementText(kind, text.version, text.title, text.body.strip(), NEEDED_FOR[kind])
        for kind, text in current.items()
    ]


def current_version(kind: str) -> str:
    """The version to agree to today. Raises KeyError."""
    return texts.current(HERE, kind).version


def text_of(kind: str) -> texts.Text:
    """The text of today, for pages. Raises NotFound."""
    if kind not in NEEDED_FOR:
        raise NotFound("not_found", "没有这份协议。")
    return texts.current(HERE, kind)


async def require(
    resident: Resident, needed: Sequence[str], given: Iterable[Agreed], patient_id: UUID | None
) -> list[str]:
    """The needed kinds that are new with `given`. Raises Invalid when one is still missing.

    What the account has agreed to before, for itself or for this patient, need not be said again.
    What nobody asks for here (a text that is for each visit, say) is not agreed to by naming it.
    """
    said = {one.kind: one.version for one in given}
    held = await _held(resident.account_id, patient_id)
    missing = [kind for kind in needed if kind not in held and kind not in said]
    if missing:
        titles = "、".join(f"《{texts.current(HERE, kind).title}》" for kind in missing)
        raise _invalid(f"请先看过并同意{titles}")
    fresh = [kind for kind in needed if kind not in held]
    if any(said[kind] != current_version(kind) for kind in fresh):
        raise _invalid("协议换了新版本,请重新看过再同意。")
    return fresh


async def write_down(
    resident: Resident,
    kinds: Iterable[str],
    *,
    patient_id: UUID,
    relation: Relation,
    channel: AgreementChannel = AgreementChannel.PHONE,
) -> None:
    """Keep who agreed to which words, in the caller's transaction."""
    moment = clock.now()
    for kind in kinds:
        text = texts.current(HERE, kind)
        await ResidentAgreement.create(
            account_id=resident.account_id,
            patient_id=None if kind in OF_ACCOUNT else patient_id,
            kind=kind,
            version=text.version,
            text_sha256=text.sha256,
            relation=Relation.SELF if kind in OF_ACCOUNT else relation,
            channel=channel,
            agreed_at=moment,
        )


async def withdraw(account_id: UUID, patient_id: UUID) -> None:
    """What was agreed to for a patient counts no more (个人信息保护法 art. 15)."""
    await ResidentAgreement.filter(
        account_id=account_id, patient_id=patient_id, withdrawn_at=None
    ).update(withdrawn_at=clock.now())


async def owed(resident: Resident, patient_id: UUID | None = None) -> list[AgreementText]:
    """Texts that came in a new version since this account agreed, for all of its patients."""
    bonds = Bond.filter(account_id=resident.account_id).exclude(status=BondStatus.ENDED)
    if patient_id is not None:
        bonds = bonds.filter(patient_id=patient_id)
    wanted: set[str] = set()
    today = clock.today()
    for bond in await bonds.select_related("patient"):
        needed = rules.needed_agreements(bond.relation, bond.patient.birth_date, today)
        wanted |= set(needed) - await _held(resident.account_id, bond.patient_id)
    return [text for text in agreements() if text.kind in wanted]


async def agree(resident: Resident, given: Sequence[Agreed]) -> None:
    """Say yes to new versions, for each patient of the account that needs them."""
    today = clock.today()
    bonds = Bond.filter(account_id=resident.account_id).exclude(status=BondStatus.ENDED)
    for bond in await bonds.select_related("patient"):
        needed = rules.needed_agreements(bond.relation, bond.patient.birth_date, today)
        asked = [kind for kind in needed if kind in {one.kind for one in given}]
        fresh = await require(resident, asked, given, bond.patient_id)
        await write_down(resident, fresh, patient_id=bond.patient_id, relation=bond.relation)


async def require_current(resident: Resident, patient_id: UUID) -> None:
    """Raise Conflict `agreements_outdated` before something new begins on old words."""
    if missing := await owed(resident, patient_id):
        titles = "、".join(f"《{text.title}》" for text in missing)
        raise Conflict("agreements_outdated", f"{titles}换了新版本,请看过并同意后再办。")


async def _held(account_id: UUID, patient_id: UUID | None) -> set[str]:
    rows = await ResidentAgreement.filter(account_id=account_id, withdrawn_at=None).values(
        "kind", "version", "patient_id"
    )
    return {
        row["kind"]
        for row in rows
        if row["kind"] in NEEDED_FOR
        and row["version"] == current_version(row["kind"])
        and row["patient_id"] in (None, patient_id)
    }


def _invalid(sentence: str) -> Invalid:
    return Invalid("consents", sentence, errors=[FieldError("consents", sentence)])
