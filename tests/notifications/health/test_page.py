"""消息健康 over HTTP: what it says, whom it lets in, and its handles."""

import re
from pathlib import Path

import pytest
import yaml

from core.audit import AuditEvent
from notifications.health import metrics, words
from notifications.health.models import Hold
from notifications.models import Channel, Communication
from notifications.sending.mending import MENDABLE
from notifications.states import Delivery, Stage
from notifications.topics import topics
from people.models import Patient
from tests.booking.conftest import new_patients
from tests.care.teleconsultation.conftest import words_of
from tests.notifications.health import kept
from tests.plumbing.house import House, Visitor

PAGE = "/message-health"
ALERTS = Path(__file__).parents[3] / "deploy/alerts.yml"


@pytest.fixture
async def patient(house: House) -> Patient:
    """Somebody of the demo county."""
    return (await new_patients(1))[0]


async def done(visitor: Visitor, path: str, reason: str) -> str:
    """What the page says after it."""
    answer = await visitor.post(path, {"reason": reason})
    assert answer.status == 303
    return words_of(await (await visitor.get(answer.headers["Location"])).text())


async def test_what_went_wrong_is_said_without_a_name_and_sent_again(
    house: House, patient: Patient
) -> None:
    await kept.some(patient, 3)
    other = await kept.message(patient.id, 9, status=Stage.INBOX)
    await kept.tried(other, Delivery.NO_CONSENT, "wechat_no_credit", Channel.WECHAT)
    admin = await house.signed_in("admin1")
    text = await (await admin.get(PAGE)).text()
    said = words_of(text)
    for part in ("短信:短信通道没有回应", "候补到号 3 条", "检查 SMS_URL", "居民没有同意接收 1"):
        assert part in said, part
    for private in (patient.name, "张桂英", "心内科"):
        assert private not in said
    path = f"{PAGE}/channels/sms/kept/sms_silent/replay"
    answer = await admin.post(path, {"reason": " "})
    assert answer.status == 422
    assert "field--wrong" in await answer.text()
    assert await Communication.filter(status=Stage.PARKED).count() == 3
    assert "已重新发送" in await done(admin, path, "换了网关的密钥")
    assert not await Communication.filter(status=Stage.PARKED).exists()
    assert "没有可以重新发的" in await done(admin, path, "再点一次")
    reasons = await AuditEvent.filter(action="messages.replay").values_list("reason", flat=True)
    assert sorted(reasons) == [
        "再点一次 (again 0, late 0, known 0)",
        "换了网关的密钥 (again 3, late 0, known 0)",
    ]


async def test_a_channel_is_held_with_a_reason_and_let_go(house: House, patient: Patient) -> None:
    admin = await house.signed_in("admin1")
    said = await done(admin, f"{PAGE}/channels/sms/hold", "服务商检修")
    assert "短信 已暂停" in said
    assert "服务商检修" in said
    assert "已经有人暂停了" in await done(admin, f"{PAGE}/channels/sms/hold", "我也来")
    await metrics.tick()
    shown = await (await admin.get("/metrics")).text()
    assert 'doorstep_messages_held{channel="sms"} 1.0' in shown
    await kept.message(patient.id, status=Stage.WAITING)
    await metrics.tick()
    shown = await (await admin.get("/metrics")).text()
    assert 'doorstep_messages_open{channel="sms",state="due"} 1.0' in shown
    assert "已恢复" in await done(admin, f"{PAGE}/channels/sms/release", "")
    assert not await Hold.all().exists()
    assert (await admin.post(f"{PAGE}/channels/pigeon/hold", {"reason": "不飞了"})).status == 404


@pytest.mark.parametrize("username", ["nurse1", "county1", "supervisor1", "scheduler1"])
async def test_others_have_no_door(house: House, username: str) -> None:
    visitor = await house.signed_in(username)
    assert (await visitor.get(PAGE)).status == 403
    for path in ("hold", "release", "kept/sms_silent/replay", "kept/sms_silent/rest"):
        answer = await visitor.post(f"{PAGE}/channels/sms/{path}", {"reason": "不该我做"})
        assert answer.status == 403
    assert not await Hold.all().exists()


def test_every_channel_and_mistake_has_words() -> None:
    assert {channel.value for channel in Channel} <= set(words.CHANNELS)
    assert set(words.TOPICS) <= set(topics()), "words for a topic that is gone"
    assert set(words.CODES) >= MENDABLE


def test_the_examples_of_alerts_ask_for_figures_that_there_are() -> None:
    rules = yaml.safe_load(ALERTS.read_text())
    asked = " ".join(rule["expr"] for group in rules["groups"] for rule in group["rules"])
    names = set(re.findall(r"doorstep_[a-z_]+", asked))
    known = {one._name for one in (metrics.OPEN, metrics.OLDEST, metrics.HELD, metrics.LATE_CALL)}
    assert names <= known | {"doorstep_messages_total"}
    assert len(names) >= 4
