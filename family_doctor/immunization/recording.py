"""Writing doses down: one that was given, or all that a book says."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID, uuid4

from core import clock, db
from core.audit import audit
from core.errors import Conflict, FieldError, Invalid
from family_doctor.access import ResidentView, open_resident
from family_doctor.immunization import planning, policy
from family_doctor.immunization.models import Immunization, Origin
from family_doctor.immunization.schemas import ImmunizationIn
from family_doctor.immunization.service import require_child
from people.actor import Actor
from people.links import same_person

THERE: Final = "这一剂已经有记录了。日期不对的,先把原来那条标为记错,再重新记。"


async def record_dose(actor: Actor, patient_id: UUID, entry: ImmunizationIn) -> Immunization:
    """Write a dose down. The same `id` twice is one dose. Raises NotFound, Invalid, Conflict when
    this dose is on record already."""
    view = await open_resident(actor, patient_id, purpose="immunization")
    require_child(view)
    async with db.atomic():
        await planning.hold(view.patient)
        there = await Immunization.get_or_none(id=entry.id, patient_id=view.patient.id)
        if there is not None:
            return there
        row = await _write(view, entry)
        await planning.plan(view.patient)
    return row


async def copy_book(
    actor: Actor, patient_id: UUID, doses: Mapping[str, date]
) -> list[Immunization]:
    """Write down what a book says, by `vaccine:number`: all of it or nothing. What is on record
    with this day is passed over. Raises NotFound, Invalid with the dose as its field."""
    view = await open_resident(actor, patient_id, purpose="immunization")
    require_child(view)
    written = []
    async with db.atomic():
        await planning.hold(view.patient)
        for dose, on in sorted(doses.items(), key=lambda one: one[1]):
            entry = ImmunizationIn(id=uuid4(), dose=dose, given_on=on, origin=Origin.BOOK)
            if not await _known(view, entry):
                written.append(await _write(view, entry, field=dose))
        await planning.plan(view.patient)
    return written


async def _known(view: ResidentView, entry: ImmunizationIn) -> bool:
    given = await planning.given_to(await same_person(view.patient.id))
    said = (entry.dose, entry.given_on)
    return any((f"{one.vaccine}:{one.number}", one.given_on) == said for one in given)


async def _write(view: ResidentView, entry: ImmunizationIn, *, field: str = "") -> Immunization:
    """`field`: where on the page a refusal stands, if not beside its own."""
    actor, patient = view.actor, view.patient
    vaccine, number = _dose(entry, field)
    records = await same_person(patient.id)
    _refuse_day(entry, patient.birth_date, field)
    _refuse_order(entry, await planning.given_to(records), (vaccine, number), field)
    row = await Immunization.create(
        id=entry.id,
        patient_id=patient.id,
        vaccine=vaccine,
        number=number,
        counts=f"{records[0]}:{vaccine}:{number}",
        given_on=entry.given_on,
        lot=entry.lot,
        place=entry.place or _own_place(actor, entry),
        origin=entry.origin,
        by_id=actor.practitioner_id,
        by_name=actor.name,
        recorded_at=clock.now(),
    )
    subject = f"Immunization/{row.id}"
    await audit(actor, "immunization.record", subject, patient_id=patient.id)
    return row


def _own_place(actor: Actor, entry: ImmunizationIn) -> str:
    return actor.organization_name if entry.origin is Origin.HERE else ""


def _dose(entry: ImmunizationIn, field: str) -> tuple[str, int]:
    code, _, number = entry.dose.partition(":")
    vaccine = policy.calendar().vaccine_of(code)
    if vaccine is None or int(number) not in vaccine.numbers:
        raise _wrong(field or "dose", "请从列表里选是哪种疫苗、第几剂。")
    return code, int(number)


def _refuse_day(entry: ImmunizationIn, born: date, field: str) -> None:
    if not born <= entry.given_on <= clock.today():
        raise _wrong(field or "given_on", "日期要在出生以后,也不能在今天以后。")


def _refuse_order(
    entry: ImmunizationIn, rows: list[Immunization], dose: tuple[str, int], field: str
) -> None:
    """A dose is given once, after those before it and before those after it."""
    code, number = dose
    calendar, day = policy.calendar(), entry.given_on
    found = calendar.vaccine_of(code)
    series = set(found.counts) if found else set()
    for row in rows:
        known = calendar.vaccine_of(row.vaccine)
        if known is None or not series & set(known.counts):
            continue
        if row.number == number:
            raise _wrong(field, THERE) if field else Conflict("dose_there", THERE)
        if (row.number < number) is not (row.given_on < day) or row.given_on == day:
            raise _wrong(
                field or "given_on",
                f"第 {row.number} 剂是 {row.given_on} 打的,先后对不上,请再看一眼接种证。",
            )


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("immunization", sentence, errors=[FieldError(field, sentence)])
