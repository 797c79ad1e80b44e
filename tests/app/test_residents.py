"""What the composition root gives residents' accounts."""

import pytest

from app import residents
from app.settings import Settings, SettingsError
from people import sms
from people.residents import identity


class Mine:
    """An adapter of the operator's."""

    async def check(self, question: identity.Question) -> identity.Finding:
        return identity.Finding(identity.Outcome.MATCH)


@pytest.fixture(autouse=True)
def _as_before():
    yield
    identity.configure(identity.Desk())
    sms.configure(sms.Off())


def test_outside_the_demo_nobody_is_believed(tmp_path):
    residents.configure(Settings(demo=False, data_dir=tmp_path))
    assert isinstance(identity.real_name(), identity.Desk)
    assert isinstance(sms.sender(), sms.Off)


def test_an_operator_brings_adapters(tmp_path):
    residents.configure(
        Settings(demo=False, data_dir=tmp_path, real_name_adapter=f"{__name__}:Mine")
    )
    assert isinstance(identity.real_name(), Mine)


@pytest.mark.parametrize("name", ["nowhere:Mine", f"{__name__}:Nobody", "x"])
def test_an_adapter_that_is_not_there_is_named(tmp_path, name):
    with pytest.raises(SettingsError, match="SMS_ADAPTER"):
        residents.configure(Settings(demo=False, data_dir=tmp_path, sms_adapter=name))


async def test_the_demos_telephone(house, tmp_path):
    values = {
        "who": "王**",
        "hospital": "云河县人民医院",
        "what": "预约",
        "code": "123456",
        "minutes": "10",
    }
    await sms.sender().send("13800001111", sms.Template.PROXY_CODE, values)
    visitor = await house.visitor()
    answer = await visitor.client.get(f"{residents.SMS_INBOX}?phone=13800001111")
    assert "123456" in (await answer.json())["items"][0]["text"]
    answer = await visitor.client.get(f"{residents.SMS_INBOX}?phone=13800002222")
    assert (await answer.json())["items"] == []
