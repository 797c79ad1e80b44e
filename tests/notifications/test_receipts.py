"""What residents do with a message: read in the inbox, tapped in WeChat; once, only their own."""

from notifications.models import Attempt, Channel, Communication, Receipt
from notifications.queries import trail
from notifications.sending.batch import page_of
from notifications.states import Delivery
from tests.mini_program_api.conftest import clinic, phone
from tests.mini_program_api.phones import until
from tests.mini_program_api.test_stories import paid

__all__ = ["clinic", "phone"]


async def kinds(id):
    rows = await Receipt.filter(communication_id=id).order_by("channel", "kind")
    return [(row.channel, row.kind) for row in rows]


async def test_read_in_the_inbox_and_tapped_in_wechat(phone, clinic):
    li, zhang = await phone("li", add="李秀英"), await phone("zhang")
    template = next(
        one["template_id"]
        for one in (await li.get("/subscriptions")).body["items"]
        if one["topic"] == "appointment_booked"
    )
    await li.post("/subscriptions", {"answers": [{"template_id": template, "answer": "accept"}]})
    await paid(li, clinic.nine)
    sent = Attempt.filter(channel=Channel.WECHAT, status=Delivery.SENT)
    await until(sent.count, bool)
    row = await Communication.get(id=(await sent.get()).communication_id)
    inbox = await li.get("/sandbox/wechat/messages", params={"openid": "li"})
    (message,) = inbox.body["items"]
    assert message["page"] == f"{row.page}&m={row.id}"

    for stranger in (zhang, zhang):
        assert (await stranger.post(f"/communications/{row.id}/tap")).status == 200
        await stranger.post("/communications/receipts", {"ids": [str(row.id)]}, key="")
    assert await kinds(row.id) == []
    for _ in range(2):
        assert (await li.post(f"/communications/{row.id}/tap", key="")).status == 200
        read = await li.post("/communications/receipts", {"ids": [str(row.id)]}, key="")
        assert read.status == 200
    assert await kinds(row.id) == [("inbox", "read"), ("wechat", "tapped")]
    said = [words for words, _ in await trail(row.id)]
    assert {"微信提醒:居民点开过", "小程序里的消息:居民看过了", "微信提醒:发出了"} <= set(said)


async def test_what_wechat_never_had_cannot_be_tapped(phone, clinic):
    li = await phone("li", add="李秀英")
    await paid(li, clinic.nine)
    inbox = await until(lambda: li.get("/communications"), lambda a: a.body["unread"])
    id = inbox.body["items"][0]["id"]
    assert (await li.post(f"/communications/{id}/tap", key="")).status == 200
    assert (await li.post("/communications/no-uuid/tap", key="")).status in (404, 422)
    assert not await Receipt.filter(kind="tapped").exists()


def test_a_message_that_leads_nowhere_has_no_address():
    class Row:
        page, id = "", "1"

    assert page_of(Row) == ""
    Row.page = "pages/articles/index"
    assert page_of(Row) == "pages/articles/index?m=1"
