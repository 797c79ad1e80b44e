"""The administrator compares, joins and parts over HTTP; nothing personal is in clear."""

from datetime import date
from uuid import uuid4

from core.audit import AuditEvent
from people.matching.models import Distinction, PatientLink

NUMBER, PHONE = "11010519491231002X", "13812341234"


async def two(resident):
    return await resident(), await resident(number="", clinic="YH-T2-V1")


def merge_of(survivor, **more):
    return {"survivor": str(survivor.id), "basis": "on_site", "reason": "本人带身份证来过"} | more


async def test_compare_merge_and_part(house, resident):
    one, other = await two(resident)
    admin = await house.signed_in("admin1")
    listed = await (await admin.get("/patients/suspects")).text()
    assert "要看的 1 对" in listed
    assert "姓名、出生日期、电话、性别" in listed
    pages = {f"/patients/suspects/{a.id}/{b.id}" for a, b in ((one, other), (other, one))}
    (here,) = {page for page in pages if page in listed}
    text = await (await admin.get(here)).text()
    for hidden in (NUMBER, PHONE, "张桂英", "1949-12-31"):
        assert hidden not in listed + text
    assert "居民身份证" in text
    assert await AuditEvent.filter(action="patient.compare").count() == 2

    short = await admin.post(f"{here}/merge", merge_of(one, reason="无"))
    assert short.status == 422
    fields = merge_of(one, once="m1")
    for _ in range(2):
        assert (await admin.post(f"{here}/merge", fields)).status == 303
    link = await PatientLink.get()
    assert (link.survivor_id, link.merged_id) == (one.id, other.id)
    text = await (await admin.get(here)).text()
    assert "这两份已合并" in text
    against = await admin.post(f"{here}/merge", merge_of(other))
    assert against.status == 409
    assert "已经并入别的档案" in await against.text()

    doctor = await house.signed_in("village1")
    answer = await doctor.get(f"/patients/{other.id}")
    assert (answer.status, answer.headers["Location"]) == (303, f"/patients/{one.id}")
    assert (await doctor.get(f"/patients/{other.id}/contact")).status == 200

    undone = await admin.post(f"{here}/links/{link.id}/undoing", {"reason": "看错了人,已核实"})
    assert undone.status == 303
    assert (await doctor.get(f"/patients/{other.id}")).status == 404
    assert "要看的 1 对" in await (await admin.get("/patients/suspects")).text()


async def test_two_people_are_told_apart(house, resident):
    one, other = await two(resident)
    admin = await house.signed_in("admin1")
    here = f"/patients/suspects/{one.id}/{other.id}"
    assert (await admin.post(f"{here}/distinction", {"reason": ""})).status == 422
    assert (await admin.post(f"{here}/distinction", {"reason": "双胞胎姐妹"})).status == 303
    assert await Distinction.all().count() == 1
    assert "没有疑似重复的档案" in await (await admin.get("/patients/suspects")).text()
    assert "双胞胎姐妹" in await (await admin.get(here)).text()


async def test_two_records_no_rule_brings_together(house, resident):
    one = await resident()
    other = await resident(
        "李秀英", number="440524188001010014", born=date(1880, 1, 1), phone="13900000001"
    )
    admin = await house.signed_in("admin1")
    answer = await admin.post("/patients/suspects", {"one": NUMBER, "other": "13900000001"})
    here = f"/patients/suspects/{one.id}/{other.id}"
    assert (answer.status, answer.headers["Location"]) == (303, here)
    text = await (await admin.get(here)).text()
    assert "身份证号不同" in text
    refused = await admin.post(f"{here}/merge", merge_of(one))
    assert refused.status == 409
    assert (await admin.post(f"{here}/merge", merge_of(one, basis="registry"))).status == 303
    for fields in ({"one": NUMBER, "other": NUMBER}, {"one": NUMBER, "other": "13900000009"}, {}):
        assert (await admin.post("/patients/suspects", fields)).status == 422


async def test_nobody_else_gets_in(house, resident):
    one, other = await two(resident)
    here = f"/patients/suspects/{one.id}/{other.id}"
    for username in ("village1", "scheduler1", "supervisor1"):
        visitor = await house.signed_in(username)
        assert (await visitor.get(here)).status == 403
        assert (await visitor.post(f"{here}/merge", merge_of(one))).status == 403
    admin = await house.signed_in("admin1")
    stranger = await resident("李小龙", number="", born=date(2001, 1, 1), phone="13900000002")
    assert (await admin.get(f"/patients/suspects/{one.id}/{uuid4()}")).status == 404
    assert (await admin.post(f"{here}/merge", merge_of(stranger))).status == 404
