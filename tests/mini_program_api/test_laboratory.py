"""Residents read their laboratory results in plain words; nobody else does."""

from datetime import timedelta

from core import clock as time
from people.access import presented
from tests.care.laboratory.test_walk import panel
from tests.plumbing.actors import actor


async def test_results_in_plain_words_and_who_wrote_them(house, phone):
    li, zhang = await phone("li", add="李秀英"), await phone("zhang", add="张建国")
    path = f"/patients/{li.patient_id}/laboratory-reports"
    assert (await li.get(path)).body["items"] == []
    await presented(await actor("village1"), li.patient_id)
    doctor = await house.signed_in("village1")
    for days, results in (
        (400, {"ldl": "3.0"}),
        (3, {"ldl": "4.1", "hdl": "1.2", "urine_protein": "1+", "potassium": "4"}),
    ):
        day = (time.today() - timedelta(days=days)).isoformat()
        answer = await doctor.post(path, panel(**results) | {"taken_on": day})
        assert answer.status == 303, await answer.text()
    page = (await li.get(f"{path}?limit=1")).body
    newest = page["items"][0]
    flags = {one["name"]: (one["flag"], one["flag_name"]) for one in newest["results"]}
    assert flags["低密度脂蛋白胆固醇(LDL-C)"] == ("high", "比参考高")
    assert flags["血钾(K)"] == ("normal", "")
    assert flags["尿蛋白(PRO)"] == ("abnormal", "和参考不同")
    assert newest["note"].startswith("有 2 项不在参考范围里")
    assert "不一定是病" in page["asking"]
    older = (await li.get(f"{path}?limit=1&cursor={page['next_cursor']}")).body
    assert older["items"][0]["note"] == "都在参考范围里。"
    assert older["next_cursor"] is None
    assert (await zhang.get(path)).status == 404
    seen = (await li.get(f"/patients/{li.patient_id}/record-accesses")).body["items"]
    assert "记了或改了化验结果" in seen[0]["what"]
