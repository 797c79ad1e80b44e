"""`/today`: everything a doctor does today in one list, whatever kind it is and whichever house.

Online visits, appointments at the hospital, consultations and opinions owed know nothing of one
another; here they are put in one order. Each line leads to where the work is done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Final

from aiohttp import web

from app import team_talk
from booking.models import Appointment, ServiceType
from booking.queries import lines as appointment_lines
from booking.states import Status as Booked
from booking.words import SERVICE
from care.encounter import queries as visits
from care.encounter import words
from care.encounter.access import DOCTORS
from care.encounter.models import Encounter
from care.encounter.states import Status as Visit
from care.encounter.steps import subject
from care.referral import queries as referrals
from care.referral import words as referral_words
from care.referral.states import Status as Sent
from care.teleconsultation import queries as consultations
from care.teleconsultation.models import Urgency
from care.teleconsultation.states import Status as Asked
from core import clock, pages
from core.audit import audit
from core.clock import SHANGHAI
from core.doors import allow
from family_doctor import policy as family_policy
from family_doctor.alerts import queries as alerts
from family_doctor.alerts import words as alert_words
from family_doctor.talks import queries as family_talks
from family_doctor.talks.access import subject as talk_subject
from family_doctor.talks.rules import answer_by
from family_doctor.talks.seams import Heard
from people.actor import Actor, actor_of
from people.ages import age_in_words
from people.models import Patient
from people.queries import SEX_WORDS
from pharmacy.review import queries as reviews
from pharmacy.review.appraisal import queries as appraisals
from pharmacy.review.models import Appraisal
from pharmacy.review.words import OUTCOMES

routes = web.RouteTableDef()


class When(IntEnum):
    """How soon it wants the doctor; the order of the page."""

    NOW = 0
    WAITING = 1
    LATER = 2
    OWED = 3


WORDS: Final = {
    When.NOW: "正在进行",
    When.WAITING: "等着您",
    When.LATER: "今天约好的",
    When.OWED: "还没签的",
}
VISITS: Final = {Visit.IN_PROGRESS: When.NOW, Visit.CALLED: When.NOW}
BOOKED: Final = {
    Booked.IN_SERVICE: When.NOW,
    Booked.CALLED: When.NOW,
    Booked.CHECKED_IN: When.WAITING,
    Booked.BOOKED: When.LATER,
}
ASKED: Final = {Asked.IN_SESSION: When.NOW, Asked.WAITING: When.NOW, Asked.SCHEDULED: When.LATER}
OPINIONS: Final = {"会诊意见": "/opinion", "联合意见": "/joint-opinion"}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do. `at` is the agreed time, or since when somebody waits; `act` the button;
    `talk` what its conversation is about, where there is one."""

    when: When
    at: datetime | None
    kind: str
    who: str
    note: str
    badge: str
    word: str
    href: str
    act: str
    urgent: bool = False
    talk: str = ""

    @property
    def order(self) -> tuple[int, bool, datetime]:
        """What comes first: what runs, emergencies, then who has waited longest."""
        return self.when, not self.urgent, self.at or clock.now()

    @property
    def waits(self) -> bool:
        """Whether somebody is there and waits for the doctor."""
        return self.when is When.WAITING


async def today(actor: Actor) -> list[Item]:
    """All of it, the next thing first."""
    found = [
        *await _visits(actor),
        *await _appointments(actor),
        *await _consultations(actor),
        *await _dangers(actor),
        *await _written(actor),
        *await _owed(actor),
        *await _referred(actor),
        *await _prescribed(actor),
    ]
    return sorted(found, key=lambda item: item.order)


async def _visits(actor: Actor) -> list[Item]:
    here = [_visit(line) for line in await visits.desk(actor.practitioner_id)]
    coming = await visits.expected(actor.practitioner_id)
    return here + [_visit(line) for line in coming if _is_today(line.encounter.booked_for)]


def _visit(line: visits.Line) -> Item:
    row = line.encounter
    badge, word = words.AT_DESK[row.status]
    planned = row.status is Visit.PLANNED
    usual = When.LATER if planned or row.status is Visit.AWAY else When.WAITING
    when = VISITS.get(row.status, usual)
    return Item(
        when=when,
        at=row.booked_for if planned else row.place or row.arrived_at,
        kind=f"在线复诊·{words.KINDS[row.kind]}",
        who=_who(line.name, SEX_WORDS[line.sex], age_in_words(line.birth_date, clock.today())),
        note=line.condition,
        badge=badge,
        word=word,
        href="/visits" if planned else f"/visits/{row.id}",
        act="看候诊" if planned else "回到复诊" if when is When.NOW else "打开",
        talk=subject(row.id),
    )


async def _appointments(actor: Actor) -> list[Item]:
    """At the hospital; one for an online visit only until its visit has been asked for."""
    rows = await Appointment.filter(
        schedule__practitioner_id=actor.practitioner_id,
        day=clock.today(),
        status__in=list(BOOKED),
    ).select_related("slot", "schedule")
    subjects = [f"Appointment/{row.id}" for row in rows]
    asked = {visit.subject for visit in await Encounter.filter(subject__in=subjects)}
    mine = [row for row in rows if f"Appointment/{row.id}" not in asked]
    return [_appointment(line) for line in await appointment_lines(mine)]


def _appointment(line: Any) -> Item:
    row, patient = line.row, line.patient
    online = row.schedule.service_type is ServiceType.ONLINE
    queue = f"/outpatient/queues/{row.schedule_id}?day={row.day}"
    number = f" · {row.queue_number} 号" if row.queue_number else ""
    return Item(
        when=BOOKED[row.status],
        at=row.queue_at if row.status is Booked.CHECKED_IN else row.starts_at,
        kind=SERVICE[row.schedule.service_type],
        who=_who(patient.name, patient.sex, patient.age),
        note=f"{row.schedule.name}{number}",
        badge=line.kind,
        word="还没填复诊资料" if online else line.word,
        href="/visits" if online else queue,
        act="看候诊" if online else "到门诊",
    )


async def _consultations(actor: Actor) -> list[Item]:
    """Asked of me, given by me, and my own where it is my turn; each once, drafts left out."""
    asked = [row for row in await consultations.queue(actor) if row.asked_me]
    asked += await consultations.invited_to(actor)
    given = await consultations.given_by(actor)
    mine = [row for row in await consultations.asked_by(actor) if row.mine_to_do]
    rows = {row.id: row for row in [*mine, *given, *asked] if row.status != Asked.DRAFT}
    wanted = {row.id for row in asked}
    found = [_consultation(row, new=row.id in wanted) for row in rows.values()]
    return [item for item in found if item is not None]


def _consultation(row: consultations.Row, *, new: bool) -> Item | None:
    when = When.WAITING if new else ASKED.get(row.status, When.WAITING)
    if row.status is Asked.OPINION_DRAFT or (
        when is When.LATER and not _is_today(row.scheduled_at)
    ):
        return None  # an opinion owed is listed as such
    return Item(
        when=when,
        at=row.scheduled_at or row.since,
        kind="会诊",
        who=_who(row.patient, row.sex, row.age),
        note=f"{row.from_text} · {row.waits_for}",
        badge=row.kind,
        word=row.word,
        href=row.href,
        act="应答" if new else "打开",
        urgent=row.urgency is Urgency.EMERGENCY,
    )


async def _prescribed(actor: Actor) -> list[Item]:
    """What pharmacists want of the doctor: answers, and prescriptions to mend or stand by."""
    asked = [(row, "有问题要问", "progress", "药师在问") for row in await reviews.asked_of(actor)]
    back = [
        (one.request, one.review.reason if one.review else "", "returned", "已退回")
        for one in await reviews.returned_to(actor.practitioner_id)
    ]
    return [
        Item(
            when=When.WAITING,
            at=row.reviewed_at or row.signed_at,
            kind="处方审核",
            who=_who(
                row.patient.name,
                SEX_WORDS[row.patient.sex],
                age_in_words(row.patient.birth_date, clock.today()),
            ),
            note=f"药师:{note}" if note else "药师退回",
            badge=badge,
            word=word,
            href=f"/pharmacy/prescriptions/{row.id}/review",
            act="去看",
        )
        for row, note, badge, word in [*asked, *back]
    ] + [_appraised(one) for one in await appraisals.to_hear(actor.practitioner_id)]


def _appraised(one: Appraisal) -> Item:
    """What was found in a look back; the doctor may answer."""
    badge, word = OUTCOMES[one.outcome] if one.outcome else ("neutral", "")
    return Item(
        when=When.OWED,
        at=one.judged_at,
        kind="处方点评",
        who=f"处方 {one.request.number or ''}",
        note=one.words or "可以写一句说明",
        badge=badge,
        word=word,
        href=f"/pharmacy/appraisals/{one.id}",
        act="去看",
    )


async def _dangers(actor: Actor) -> list[Item]:
    """Dangerous readings from home that nobody has answered, or that this one has taken on."""
    return [
        Item(
            when=When.NOW,
            at=row.raised_at,
            kind="危急值",
            who=_who(
                row.patient.name,
                SEX_WORDS[row.patient.sex],
                age_in_words(row.patient.birth_date, clock.today()),
            ),
            note=row.words,
            badge="urgent",
            word=alert_words.STATUS[row.status][1],
            href=f"/alerts/{row.id}",
            act="去接" if row.acknowledged_by is None else "去处理",
            urgent=True,
        )
        for row in await alerts.listed(actor)
        if row.acknowledged_by in (None, actor.practitioner_id)
    ]


async def _written(actor: Actor) -> list[Item]:
    """Residents of my teams who have written and wait for somebody's answer."""
    heard = [one for one in await team_talk.inbox(actor) if one.waits_since]
    talks = await family_talks.loaded([one.talk_id for one in heard])
    return [_talk(one, talks[one.talk_id].patient) for one in heard if one.talk_id in talks]


def _talk(one: Heard, patient: Patient) -> Item:
    since = one.waits_since or clock.now()
    late = answer_by(since, family_policy.params().talk_days) < clock.now()
    return Item(
        when=When.WAITING,
        at=since,
        kind="居民留言",
        who=_who(
            patient.name,
            SEX_WORDS[patient.sex],
            age_in_words(patient.birth_date, clock.today()),
        ),
        note=one.last_words[:40],
        badge="danger" if late else "waiting",
        word="过了答复时间" if late else "等团队回复",
        href=f"/talks/{one.talk_id}",
        act="回复",
        talk=talk_subject(one.talk_id),
    )


async def _owed(actor: Actor) -> list[Item]:
    return [
        Item(
            when=When.OWED,
            at=debt.due_at,
            kind=debt.what,
            who=_who(debt.row.patient, debt.row.sex, debt.row.age),
            note=f"应在 {clock.in_words(debt.due_at)} 前签",
            badge="danger" if debt.late else "waiting",
            word="已超过 24 小时" if debt.late else "待签",
            href=f"{debt.row.href}{OPINIONS.get(debt.what, '')}",
            act="去签",
        )
        for debt in await consultations.owed(actor)
    ]


async def _referred(actor: Actor) -> list[Item]:
    """Sent to my department and not answered yet; sent by me, and nobody took it."""
    waiting = [one for one in await referrals.received(actor) if one.row.status is Sent.SUBMITTED]
    mine = await referrals.failed(actor)
    return [*(_referral(one) for one in waiting), *(_failed(one) for one in mine)]


def _failed(found: referrals.Line) -> Item:
    row, patient = found.row, found.row.patient
    badge, word = referral_words.STATUS[row.status]
    return Item(
        when=When.WAITING,
        at=row.ended_at,
        kind="转诊",
        who=_who(
            patient.name,
            SEX_WORDS[patient.sex],
            age_in_words(patient.birth_date, clock.today()),
        ),
        note=f"{referral_words.target(row)} · {row.answer[:40]}",
        badge=badge,
        word=word,
        href=f"/visits/{row.encounter_id}/referral" if row.encounter_id else f"/referrals/{row.id}",
        act="再安排",
    )


def _referral(found: referrals.Line) -> Item:
    row, patient = found.row, found.row.patient
    _, word = referral_words.STATUS[row.status]
    return Item(
        when=When.WAITING,
        at=row.sent_at,
        kind="转诊",
        who=_who(
            patient.name,
            SEX_WORDS[patient.sex],
            age_in_words(patient.birth_date, clock.today()),
        ),
        note=f"{row.from_organization.short_name} {row.requester.name} · {row.reason[:40]}",
        badge="danger" if found.overdue else "waiting",
        word=f"超时 · {word}" if found.overdue else word,
        href=f"/referrals/{row.id}",
        act="答复",
    )


def _who(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _is_today(moment: datetime | None) -> bool:
    return moment is None or moment.astimezone(SHANGHAI).date() <= clock.today()


def _groups(items: Iterable[Item]) -> Sequence[tuple[str, list[Item]]]:
    by_when: dict[When, list[Item]] = {when: [] for when in When}
    for item in items:
        by_when[item.when].append(item)
    return [(WORDS[when], found) for when, found in by_when.items() if found]


@routes.get("/today", name="today")
@allow(*DOCTORS)
async def show(request: web.Request) -> web.Response:
    """The page."""
    actor = actor_of(request)
    await audit(actor, "today.open", f"Practitioner/{actor.practitioner_id}")
    return await _render(request, actor, "app/today.html")


@routes.get("/today/work", name="today_work")
@allow(*DOCTORS)
async def work(request: web.Request) -> web.Response:
    """The changing part."""
    return await _render(request, actor_of(request), "app/_today.html")


async def _render(request: web.Request, actor: Actor, template: str) -> web.Response:
    items = await today(actor)
    return await pages.render(
        request, template, title="今天", first=items[0] if items else None, groups=_groups(items)
    )
