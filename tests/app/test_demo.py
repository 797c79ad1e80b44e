"""The demo county fills an empty house, once, with consultations in several states."""

import shutil

from aiohttp.test_utils import TestServer

import payments.reconcile
from app import money_check, reactions, team_talk
from app.demo import county
from app.settings import Settings
from care.teleconsultation.hours import Shift
from care.teleconsultation.models import (
    Agreement,
    Consultation,
)
from care.teleconsultation.states import Status
from chat.models import Message
from core import clock as time
from core.outbox import Dispatcher
from devices import queries as devices
from devices.models import RawMessage, Reason
from devices.states import MessageStatus
from family_doctor.care_plan.models import Task
from family_doctor.followup.models import FollowUp
from family_doctor.talks.access import subject
from family_doctor.talks.models import TeamTalk
from notifications.education.models import Article
from payments import clockwork as cashier
from payments.models import Difference, Fault, Payment, Refund
from payments.states import RefundStatus
from people.cards.models import HealthCard
from people.matching import suspects
from people.models import Organization
from people.residents.models import Bond, BondStatus, Relation
from tests.plumbing.actors import actor
from tests.plumbing.keys import FIELD_KEY, SECRET_KEY
from wechat import sandbox
from wechat.bindings import WeChat


async def test_the_county_is_filled_once(database, tmp_path):
    settings = Settings(demo=True, data_dir=tmp_path, secret_key=SECRET_KEY, field_key=FIELD_KEY)
    assert await county.create(settings)
    assert not await county.create(settings), "a filled county is left alone"
    assert await Agreement.all().count() == await Organization.exclude(tier="county").count()
    assert await Shift.filter(specialty="cardiology").count() > 14
    bonds = await Bond.all().values_list("relation", "status")
    assert sorted(bonds) == [
        (Relation.CHILD, BondStatus.ACTIVE),
        (Relation.PARENT, BondStatus.ACTIVE),
        (Relation.PARENT, BondStatus.PENDING),
        *[(Relation.SELF, BondStatus.ACTIVE)] * 3,
    ]
    assert await HealthCard.all().count() == 36
    assert any(pair.one.village == pair.other.village for pair in (await suspects.suspects()).pairs)
    assert await FollowUp.all().count() > 20
    late = await Task.filter(due__lt=time.today(), status="requested").count()
    assert 0 < late < await Task.filter(status="requested").count()
    assert await Article.filter(status="published").count() == 1
    talk = await TeamTalk.get()
    about = subject(talk.id)
    nurse = await actor("nurse1")
    heard = {one.talk_id: one for one in await team_talk.inbox(nurse)}
    assert heard[talk.id].waits_since is not None, "the last question waits for an answer"
    assert heard[talk.id].unread == 1
    assert await Bond.exists(patient_id=talk.patient_id, status=BondStatus.ACTIVE), (
        "try it by phone"
    )
    assert await Message.filter(conversation__subject=about).count() > 6
    held = await RawMessage.filter(status=MessageStatus.HELD)
    assert [message.reason for message in held] == [Reason.NO_PATIENT], "for a person to decide"
    assert await devices.waiting(await actor("village1")) == 1
    states = await Consultation.all().values_list("status", flat=True)
    assert sorted(states) == [
        Status.FEEDBACK,
        Status.MATERIAL_REQUESTED,
        Status.OPINION_SIGNED,
        Status.SCHEDULED,
        Status.SUBMITTED,
    ]


async def test_yesterdays_payments_stand_in_our_books_and_in_the_sandbox(
    database, clock, tmp_path, sandbox_folder
):
    folder = tmp_path / "wechat"
    shutil.copytree(sandbox_folder, folder)
    settings = Settings(
        demo=True,
        data_dir=tmp_path,
        wechat_sandbox_dir=folder,
        secret_key=SECRET_KEY,
        field_key=FIELD_KEY,
    )
    assert await county.create(settings)
    assert await Payment.all().count() == 5
    server = TestServer(sandbox.create(sandbox.Options(folder=folder)))
    await server.start_server()
    url = str(server.make_url("/")).rstrip("/")
    found = sandbox.credentials(folder, url, f"{url}/nowhere")
    wechat = WeChat(lambda: found)
    try:
        await Dispatcher(reactions.MONEY).drain()
        clock.move(hours=2)
        await cashier.tick(wechat)
    finally:
        await wechat.close()
        await server.close()
    assert (await payments.reconcile.check()).faults == []
    assert await money_check.check() == []
    assert await Refund.filter(status=RefundStatus.STUCK).count() == 1
    found = await Difference.all()
    assert [(row.fault, row.number) for row in found] == [(Fault.UNKNOWN, "CANTEEN-0007")]
