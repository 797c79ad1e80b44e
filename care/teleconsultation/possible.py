"""What somebody can do with a consultation right now; pages show it, verbs decide again."""

from care.teleconsultation.access import Side, View
from care.teleconsultation.desk import TAKING
from care.teleconsultation.models import Format, Mode, Part
from care.teleconsultation.opinions import MAY_CORRECT, MAY_WRITE
from care.teleconsultation.states import CONSULTATION, ROOM_OPEN, ExpertStatus, Status
from care.teleconsultation.telephone.service import may_log
from core.states import allowed


def steps_for(view: View) -> frozenset[str]:
    """Names of the steps this person may take now."""
    by_side = {
        Side.INVITER: _inviter,
        Side.EXPERT: _expert,
        Side.ASKED: _asked,
        Side.OVERSIGHT: _oversight,
    }
    found = by_side[view.side](view)
    return frozenset(found | {"phone"} if may_log(view) else found)


def _room(view: View) -> set[str]:
    status = view.consultation.status
    if view.consultation.mode == Mode.ASYNC or status not in ROOM_OPEN:
        return set()
    booked = view.consultation.mode == Mode.SCHEDULED
    if booked and status in (Status.ACCEPTED, Status.MATERIAL_READY):
        return set()
    return {"room"}


def _inviter(view: View) -> set[str]:
    if not view.mine:
        return set()
    status = view.consultation.status
    found = set(allowed(CONSULTATION, status)) & {
        "cancel",
        "abort",
        "convert",
        "provide_material",
        "reschedule",
        "end",
        "decide",
    }
    if view.consultation.mode != Mode.SCHEDULED:
        found.discard("reschedule")
    if status in ROOM_OPEN | {Status.MATERIAL_REQUESTED}:
        found.add("invite")
    return found | _room(view)


def _expert(view: View) -> set[str]:
    consultation, status = view.consultation, view.consultation.status
    expert = view.require_expert()
    found = _room(view)
    if status in ROOM_OPEN:
        found.add("invite")
    if expert.part == Part.COLLEAGUE:
        return found
    if status in MAY_WRITE | MAY_CORRECT:
        found.add("opinion")
    found |= set(allowed(CONSULTATION, status)) & {"request_material"}
    if expert.part == Part.COORDINATOR:
        found |= _coordinator(view)
    elif consultation.format == Format.MDT and expert.status == ExpertStatus.SIGNED:
        found.add("co_sign")
    return found


def _coordinator(view: View) -> set[str]:
    consultation = view.consultation
    steps = set(allowed(CONSULTATION, consultation.status))
    found = steps & {"abort", "end", "redirect"}
    if consultation.mode == Mode.SCHEDULED:
        found |= steps & {"schedule", "reschedule"}
    if consultation.mode == Mode.ASYNC:
        found |= steps & {"read"}
    if consultation.format == Format.MDT:
        found.add("joint")
    return found


def _asked(view: View) -> set[str]:
    if view.invited_by_colleague:
        return {"decline"} | _room(view)
    if view.consultation.status not in TAKING:
        return set()
    if all(seat.taken_by_id is not None for seat in view.seats):
        return set()
    found = {"accept", "decline"}
    if view.consultation.status == Status.SUBMITTED:
        found.add("redirect")
    return found


def _oversight(view: View) -> set[str]:
    live = view.consultation.status in (Status.WAITING, Status.IN_SESSION)
    return _room(view) if live else set()
