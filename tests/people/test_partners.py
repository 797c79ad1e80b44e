"""合作系统: an administrator gives, sees and ends tokens; the secret is shown once."""

import re

from app.demo import people as demo
from core.audit import AuditEvent
from people.partners.models import Partner

NOBODY = "00000000-0000-4000-8000-000000000000"
NEW = {"name": "县医院信息系统", "organization": "YH-H1", "scopes": ["Patient"], "days": "90"}


async def issued(admin, **more):
    """The answer to the form, and the token in it."""
    answer = await admin.post("/partners", NEW | more)
    page = await answer.text()
    found = re.search(r'data-testid="partner-token">([^<]+)<', page)
    return answer.status, found[1] if found else "", page


async def asks(house, token):
    """What the interface says to this token."""
    visitor = await house.visitor()
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/fhir+json"}
    answer = await visitor.get(f"/fhir/R4/Patient?_id={NOBODY}", headers=headers)
    return answer.status


async def test_a_token_is_given_shown_once_used_and_ended(house):
    admin = await house.signed_in("admin1")
    status, token, _ = await issued(admin)
    assert (status, token[:4]) == (201, "dsp_")
    row = await Partner.get()
    assert token not in (row.token_hash, row.name)
    assert (row.scopes, row.created_by, (row.expires_at - row.created_at).days) == (
        "Patient",
        "谢斌",
        90,
    )
    listed = await (await admin.get("/partners")).text()
    assert token not in listed
    assert token not in await (await admin.get(f"/partners/{row.id}")).text()
    assert "没有用过" in listed
    assert await asks(house, token) == 200
    assert "没有用过" not in await (await admin.get("/partners")).text()
    empty = await admin.post(f"/partners/{row.id}/revocation", {"reason": ""})
    assert empty.status == 422
    ended = await admin.post(f"/partners/{row.id}/revocation", {"reason": "系统停用"})
    assert ended.headers["Location"] == "/partners"
    assert await asks(house, token) == 401
    assert "系统停用" in await (await admin.get(f"/partners/{row.id}")).text()
    acts = AuditEvent.filter(subject=f"Partner/{row.id}").values_list("action", flat=True)
    assert set(await acts) == {"partner.issue", "partner.revoke"}


async def test_the_same_form_again_makes_no_second_one(house):
    admin = await house.signed_in("admin1")
    assert (await issued(admin, once="a-form-of-its-own"))[0] == 201
    status, token, page = await issued(admin, once="a-form-of-its-own")
    assert (status, token) == (409, "")
    assert "已经发过一个令牌" in page
    assert "县医院信息系统" in page
    assert await Partner.all().count() == 1


async def test_what_is_wrong_is_named_and_what_was_typed_is_kept(house):
    admin = await house.signed_in("admin1")
    for more, sentence in (
        ({"scopes": []}, "可以读什么"),
        ({"days": "9999"}, "有效多少天"),
        ({"name": "x"}, "系统的名字"),
        ({"organization": "YH-B1"}, "这家机构不看病"),
        ({"organization": "nowhere"}, "没有这家机构"),
    ):
        status, _, page = await issued(admin, **more)
        assert status in (404, 409, 422), more
        assert sentence in page, more
    assert not await Partner.exists()


async def test_the_password_is_asked_again(house, clock):
    admin = await house.signed_in("admin1")
    clock.move(minutes=16)
    late = await admin.get("/partners/new")
    assert late.headers["Location"].startswith("/reauthentication")
    assert (await admin.post("/partners", NEW)).status in (303, 403)
    assert not await Partner.exists()
    again = {"password": demo.PASSWORD, "next": "/partners/new"}
    assert (await admin.post("/reauthentication", again)).status == 303
    assert (await admin.get("/partners/new")).status == 200


async def test_a_token_that_is_not_there(house):
    admin = await house.signed_in("admin1")
    nowhere = f"/partners/{NOBODY}"
    assert (await admin.get(nowhere)).status == 404
    assert (await admin.post(f"{nowhere}/revocation", {"reason": "没有"})).status == 404
