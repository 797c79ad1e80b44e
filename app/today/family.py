"""What the family-doctor team waits for: dangerous readings, residents who have written."""

from datetime import datetime

from app import team_talk
from app.today.items import Item, When, who_is
from core import clock
from family_doctor.alerts import queries as alerts
from family_doctor.alerts import words as alert_words
from family_doctor.talks import queries as family_talks
from family_doctor.talks.access import subject as talk_subject
from family_doctor.talks.seams import Heard
from people.actor import Actor
from people.models import Patient


async def dangers(actor: Actor) -> list[Item]:
    """Dangerous readings from home that nobody has answered, or that this one has taken on."""
    return [
        Item(
            when=When.NOW,
            at=row.raised_at,
            kind="危急值",
            who=who_is(row.patient),
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


async def written(actor: Actor) -> list[Item]:
    """Residents of my teams who have written and wait for somebody's answer."""
    heard = [one for one in await team_talk.inbox(actor) if one.waits_since]
    talks = await family_talks.loaded([one.talk_id for one in heard])
    due = await family_talks.due(heard, talks)
    return [
        _talk(one, talks[one.talk_id].patient, due[one.talk_id])
        for one in heard
        if one.talk_id in due
    ]


def _talk(one: Heard, patient: Patient, due: datetime) -> Item:
    since = one.waits_since or clock.now()
    late = due < clock.now()
    return Item(
        when=When.WAITING,
        at=since,
        kind="居民留言",
        who=who_is(patient),
        note=one.last_words[:40],
        badge="danger" if late else "waiting",
        word="过了答复时间" if late else "等团队回复",
        href=f"/talks/{one.talk_id}",
        act="回复",
        talk=talk_subject(one.talk_id),
    )
