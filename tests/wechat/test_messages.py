"""Messages by topic: whichever template an account was granted."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.plumbing.clocks import HeldClock
from tests.plumbing.wechat import RunningSandbox
from wechat import credits, messages
from wechat.bindings import WeChat
from wechat.credits import Answer
from wechat.sandbox.templates import TEMPLATES
from wechat.settings import Given, Incomplete, configuration
from wechat.templates import DEMO, Catalogue

WHOLE: dict[str, Any] = {"payment": {"id": "t1", "fields": {"amount": "amount1"}}}


def test_the_demos_catalogue_is_what_its_sandbox_granted() -> None:
    for topic, template in Catalogue.read(DEMO).topics.items():
        assert sorted(template.fields.values()) == sorted(TEMPLATES[template.id]), topic


@pytest.mark.usefixtures("database")
async def test_in_the_demo_an_agreement_reaches_the_sandbox(
    wechat: WeChat, sandbox: RunningSandbox, clock: HeldClock
) -> None:
    openid = await sandbox.openid("wang")
    values = {"thing1": "挂号费", "amount2": 1200, "time3": clock(), "character_string4": "DS1"}
    await messages.agreed(
        wechat, openid, {"tmpl-payment": Answer.ACCEPT, "tmpl-refund": Answer.REJECT}
    )
    assert await credits.send(wechat.api, openid, "tmpl-payment", values)
    (received,) = (await sandbox.get(f"/messages?openid={openid}"))["items"]
    assert received["data"]["amount2"] == "¥12.00"
    assert (await sandbox.get("/messages?openid=demo-wang"))["items"] == [received]


@pytest.mark.usefixtures("database")
async def test_a_long_term_agreement_lasts(
    wechat: WeChat, sandbox: RunningSandbox, clock: HeldClock
) -> None:
    openid, template = await sandbox.openid("wang"), "tmpl-follow-up"
    await messages.agreed(wechat, openid, {template: Answer.ACCEPT})
    values = {"name1": "张三", "thing2": "血压随访", "date3": clock().date(), "thing4": "空腹"}
    for _ in range(3):
        assert await credits.take_many([(openid, template)]) == [True]
        await credits.send(wechat.api, openid, template, values)
    assert len((await sandbox.get(f"/messages?openid={openid}"))["items"]) == 3


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "JSON"),
        ("[]", "dictionary"),
        (json.dumps({"payment": {"id": "t1"}}), "payment.fields"),
        (json.dumps({"payment": {"id": "t1", "fields": {"a": "diagnosis1"}}}), "diagnosis1"),
        (json.dumps({"payment": {"id": "t1", "fields": {"a": "thing1", "b": "thing1"}}}), "two"),
        (None, "cannot be read"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, content: str | None, why: str) -> None:
    file = tmp_path / "templates.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Incomplete, match=f"WECHAT_TEMPLATES.*{why}"):
        configuration(Given(templates=str(file)))


def test_a_right_file_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "templates.json"
    file.write_text(json.dumps(WHOLE))
    made = configuration(Given(templates=str(file))).templates
    assert made.topics["payment"].values({"amount": 5, "other": 6}) == {"amount1": 5}
    assert made.long_term == frozenset()
