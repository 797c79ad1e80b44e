"""The verbs: record a dose, find one wrong, compare with the book. Each opens the resident's door,
audits, and makes the child's next visits anew, at once."""

from datetime import date
from uuid import UUID

from core import clock, db
from core.audit import audit
from core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from family_doctor.access import ResidentView, open_resident, open_team
from family_doctor.immunization import planning, policy
from family_doctor.immunization.models import Immunization, ImmunizationBook, Origin, Status
from family_doctor.immunization.rules import GROWN_UP
from family_doctor.immunization.schemas import ImmunizationIn
from people.actor import Actor
from people.ages import years
from people.links import same_person


def require_child(view: ResidentView) -> None:
    """The programme is for those under 18. Raises NotFound."""
    if years(view.patient.birth_date, clock.today()) >= GROWN_UP:
        raise NotFound("no_child", "免疫规划的疫苗针对 18 岁以下的孩子。")


async def record_dose(actor: Actor, patient_id: UUID, entry: ImmunizationIn) -> Immunization:
    """Write a dose down. The same `id` twice is one dose. Raises NotFound, Invalid, Conflict when
    this dose is on record with another day."""
    view = await open_resident(actor, patient_id, purpose="immunization")
    require_child(view)
    vaccine, number = _dose(entry)
    async with db.atomic():
        await planning.hold(view.patient)
        there = await Immunization.get_or_none(id=entry.id, patient_id=view.patient.id)
        if there is not None:
            return there
        records = await same_person(view.patient.id)
        given = await planning.given_to(records)
        _refuse_day(entry, view.patient.birth_date, given, vaccine, number)
        row = await Immunization.create(
            id=entry.id,
            patient_id=view.patient.id,
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
        await _tell(actor, row, "record")
        await planning.plan(view.patient)
    return row


def _own_place(actor: Actor, entry: ImmunizationIn) -> str:
    return actor.organization_name if entry.origin is Origin.HERE else ""


def _dose(entry: ImmunizationIn) -> tuple[str, int]:
    code, _, number = entry.dose.partition(":")
    vaccine = policy.calendar().vaccine_of(code)
    if vaccine is None or int(number) not in vaccine.numbers:
        raise _wrong("dose", "请从列表里选是哪种疫苗、第几剂。")
    return code, int(number)


def _refuse_day(
    entry: ImmunizationIn, born: date, rows: list[Immunization], vaccine: str, number: int
) -> None:
    day, calendar = entry.given_on, policy.calendar()
    if not born <= day <= clock.today():
        raise _wrong("given_on", "日期要在出生以后,也不能在今天以后。")
    found = calendar.vaccine_of(vaccine)
    series = set(found.counts) if found else set()
    for row in rows:
        known = calendar.vaccine_of(row.vaccine)
        if known is None or not series & set(known.counts):
            continue
        if row.number == number:
            raise _twice()
        if (row.number < number and row.given_on >= day) or (
            row.number > number and row.given_on <= day
        ):
            raise _wrong(
                "given_on",
                f"第 {row.number} 剂是 {row.given_on} 打的,先后对不上,请再看一眼接种证。",
            )


def _twice() -> Conflict:
    return Conflict("dose_there", "这一剂已经有记录了。日期不对的,先把原来那条标为记错,再重新记。")


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid(field, sentence, errors=[FieldError(field, sentence)])


async def open_dose(actor: Actor, dose_id: UUID) -> Immunization:
    """A dose of one of the team's children. Raises NotFound alike for strangers."""
    row = await Immunization.get_or_none(id=dose_id)
    if row is None:
        raise NotFound("immunization_not_found", "没有找到这条接种记录。")
    await open_resident(actor, row.patient_id, purpose="immunization")
    return row


async def find_wrong(actor: Actor, dose_id: UUID, reason: str) -> Immunization:
    """It counts for nothing any more and stays readable with the reason; what it had settled waits
    again. By whoever wrote it or the lead; a repeat changes nothing. Raises NotFound, Forbidden."""
    row = await open_dose(actor, dose_id)
    view = await open_resident(actor, row.patient_id, purpose="immunization-wrong")
    team = await open_team(actor, view.contract.team_id)
    if row.by_id != actor.practitioner_id and not team.leads:
        raise Forbidden("not_yours", "由记的人或者团队长来标。")
    said = {
        "status": Status.ENTERED_IN_ERROR,
        "counts": None,
        "wrong_at": clock.now(),
        "wrong_by_name": actor.name,
        "wrong_reason": reason,
    }
    async with db.atomic():
        if await Immunization.filter(id=row.id, status=Status.COMPLETED).update(**said):
            await _tell(actor, row, "wrong", reason)
            await planning.plan(view.patient)
    return await Immunization.get(id=row.id)


async def compare(actor: Actor, patient_id: UUID) -> None:
    """All that the book says is on record: from now on what is missing counts as missing. A repeat
    brings the day up to date. Raises NotFound."""
    view = await open_resident(actor, patient_id, purpose="immunization-book")
    require_child(view)
    seen = {
        "checked_on": clock.today(),
        "by_id": actor.practitioner_id,
        "by_name": actor.name,
    }
    async with db.atomic():
        await ImmunizationBook.update_or_create(defaults=seen, patient_id=view.patient.id)
        subject = f"Patient/{view.patient.id}"
        await audit(actor, "immunization.book", subject, patient_id=view.patient.id)
        await planning.plan(view.patient)


async def _tell(actor: Actor, row: Immunization, action: str, reason: str = "") -> None:
    subject = f"Immunization/{row.id}"
    await audit(actor, f"immunization.{action}", subject, patient_id=row.patient_id, reason=reason)
