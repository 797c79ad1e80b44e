"""New versions are asked again, and the desk is a way for everybody."""

from people.residents import desk
from people.residents.models import ResidentAgreement
from tests.mini_program_api.phones import id_number
from tests.people.residents.conftest import NUMBER
from tests.people.residents.test_desk import at_desk
from tests.plumbing.actors import actor


async def test_a_new_version_is_owed_until_it_is_agreed_to(phone):
    li = await phone("li", add="李秀英")
    assert (await li.get("/consents/owed")).body["items"] == []
    await ResidentAgreement.filter(kind="privacy").update(version="0")
    owed = (await li.get("/consents/owed")).body["items"]
    assert [text["kind"] for text in owed] == ["privacy"]
    wrong = await li.post("/consents", {"consents": [{"kind": "privacy", "version": "0"}]})
    assert (wrong.status, wrong.fields) == (422, {"consents"})
    said = [{"kind": text["kind"], "version": text["version"]} for text in owed]
    done = await li.post("/consents", {"consents": said})
    assert (done.status, done.body["items"]) == (200, [])


async def test_a_phone_may_say_yes_to_everything_it_was_shown(phone):
    li = await phone("li")
    shown = (await li.get("/consents")).body["items"]
    every = [{"kind": text["kind"], "version": text["version"]} for text in shown]
    assert {"online_visit", "referral", "contract"} <= {text["kind"] for text in shown}
    added = await li.add("李秀英", id_number("19680205", 2), consents=every)
    assert added.status == 201
    written = await ResidentAgreement.all().values_list("kind", flat=True)
    assert sorted(written) == ["health_data", "privacy", "service"]


async def test_the_digits_on_the_phone_work_at_the_desk(phone):
    li = await phone("li")
    known = (await li.add("张桂英", NUMBER)).body["id"]
    wang = await phone("wang")
    assert (await wang.post("/desk-code")).status == 201
    code = (await wang.post("/desk-code")).body["code"]
    assert len(code) == 6
    assert (await wang.get("/patients")).body["items"] == []
    await desk.join(await actor("scheduler1"), at_desk(code))
    assert [one["id"] for one in (await wang.get("/patients")).body["items"]] == [known]


async def test_strangers_get_neither(phone):
    nobody = await phone()
    assert (await nobody.get("/consents/owed")).status == 401
    assert (await nobody.post("/desk-code")).status == 401
    assert (await nobody.post("/consents", {"consents": []})).status == 401


async def test_nobody_else_acts_for_me(phone):
    li = await phone("li", add="李秀英")
    assert (await li.get("/proxies")).body["items"] == []
    assert (await li.delete(f"/proxies/{li.account_id}")).status == 404
    assert (await (await phone()).get("/proxies")).status == 401
