"""Over HTTP: a resident signs on the phone, the team reviews and serves, it is paid and renewed."""

import re

import pytest

from app.demo import people as demo
from core import clock as time
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from people.models import Patient
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import heard, until
from tests.plumbing.families import ELSEWHERE, found_team

__all__ = ["phone"]


@pytest.fixture
async def county(clock, house, offer):
    """Two teams, a free basic package and one for hypertension of 120 yuan, 80 by the insurer."""
    team, other = await found_team(), await found_team("柳湾乡团队", ELSEWHERE, villages="柳湾村")
    return team, other, await offer(), await offer("HTN", "hypertension", price="120", insurer="80")


async def asked(li, team, *packages, **more):
    """The resident chooses and agrees."""
    texts = (await li.get("/consents")).body["items"]
    text = next(one for one in texts if one["needed_for"] == "contract")
    body = {
        "patient_id": li.patient_id,
        "team_id": str(team.id),
        "package_ids": [str(one.id) for one in packages],
        "consents": [{"kind": "contract", "version": text["version"]}],
    }
    return await li.post("/contracts", body | more)


async def signed_on_the_phone(li, path):
    """With the code of the message."""
    sent = await li.post(f"{path}/signature-code")
    assert (sent.status, sent.body) == (201, {"phone_masked": "138****1234"})
    inbox = await li.get("/sandbox/sms/messages", params={"phone": "13800001234"})
    code = re.search(r"验证码 (\d{6})", inbox.body["items"][0]["text"])[1]
    return await li.post(f"{path}/signature", {"code": code})


async def test_choose_sign_pay_be_served_confirm_and_renew(phone, county, house, clock):
    team, other, basic, plus = county
    li = await phone("li", add="李秀英")
    await Patient.filter(id=li.patient_id).update(
        village="大槐树村", managing_organization_id=demo.organization_id("YH-T2")
    )
    lead, nurse = await house.signed_in("team1"), await house.signed_in("nurse1")
    record = f"/patients/{li.patient_id}"
    assert (await nurse.get(record)).status == 404
    found = await li.get("/care-teams", params={"patient_id": li.patient_id})
    assert [(one["name"], one["near"]) for one in found.body["items"]] == [
        ("青石镇第一团队", True),
        ("柳湾乡团队", False),
    ]
    offered = (await li.get("/service-packages")).body
    assert [(one["basic"], one["own_fen"]) for one in offered["items"]] == [
        (True, 0),
        (False, 4000),
    ]
    wrong = await asked(li, team, basic, consents=[{"kind": "contract", "version": "0"}])
    assert (wrong.status, wrong.fields) == (422, {"consents"})
    first = await asked(li, team, basic, plus)
    assert (first.status, first.body["can"]) == (201, ["sign", "withdraw"])
    assert (await asked(li, other, basic)).code == "contract_on_its_way"
    path = f"/contracts/{first.body['id']}"
    assert (await (await phone("stranger")).get(path)).status == 404
    refused = await li.post(f"{path}/signature", {"code": "000000"})
    assert (refused.status, refused.code) == (422, "wrong_code")
    assert (await signed_on_the_phone(li, path)).body["resident_signed"]

    console = await (await lead.get(f"/family/{team.id}")).text()
    assert "李秀英" in console
    assert "等团队审核" in console
    assert (await (await house.signed_in("village2")).get(path)).status == 404
    assert (await nurse.post(f"{path}/signature")).status == 403
    assert (await lead.post(f"{path}/signature")).status == 303
    await heard(li, "签约等您付款")
    assert (await li.get(path)).body["can"] == ["pay", "withdraw", "paper"]
    prepaid = (await li.post(f"{path}/payment")).body
    await li.pay(prepaid)
    active = await until(lambda: li.get(path), lambda a: a.body["status"] == "active")
    assert (active.body["doctor_name"], active.body["rate_percent"]) == ("宋丽萍", None)
    await heard(li, "签约生效了")
    assert (await nurse.get(record)).status == 200
    access = await li.get(f"{record}/record-accesses")
    assert "您签约的家庭医生团队" in str(access.body)
    pdf = await nurse.get(f"{path}/paper")
    assert (pdf.status, (await pdf.read())[:5]) == (200, b"%PDF-")
    code = (await li.post(f"{path}/paper")).body["code"]
    verified = await (await lead.get(f"/verify/{code.replace(' ', '')}")).text()
    assert "签约中" in verified
    assert "李秀英" not in verified

    page = await (await nurse.get(path)).text()
    item = re.search(r'<option value="([0-9a-f-]{36})">面对面随访', page)[1]
    done = {"item_id": item, "day": f"{time.today()}", "mode": "home", "words": "上门量了血压"}
    assert (await nurse.post(f"{path}/services", done | {"words": ""})).status == 422
    assert (await nurse.post(f"{path}/services", done)).status == 303
    await heard(li, "请确认一次服务")
    (service,) = [one for item in (await li.get(path)).body["items"] for one in item["records"]]
    assert (service["words"], service["can"]) == ("上门量了血压", ["confirm", "dispute"])
    said = await li.post(f"/service-records/{service['id']}/confirmation")
    assert "您已确认" in str(said.body)
    assert (await asked(li, team, basic)).code == "signed_already"

    clock.move(days=340)
    await li.sign_in("li")
    await heard(li, "签约快到期了")
    again = await asked(li, team, basic)
    assert again.status == 201
    renewed = f"/contracts/{again.body['id']}"
    assert (await signed_on_the_phone(li, renewed)).status == 200
    lead = await house.signed_in("team1")
    assert (await lead.post(f"{renewed}/signature")).status == 303
    assert (await li.get(renewed)).body["status"] == "signed"
    clock.move(days=25)
    await until(lambda: li.get(renewed), lambda answer: answer.body["status"] == "active")
    assert (await li.get(path)).body["status"] == "renewed"
    ended = await li.post(f"{renewed}/termination", {"why": "moved"})
    assert ended.body["status"] == "terminated"
    assert (await (await house.signed_in("nurse1")).get(record)).status == 404


async def test_at_the_village_clinic_without_a_phone(county, house, resident):
    team, _, basic, plus = county
    patient = await resident()
    village, lead = await house.signed_in("village1"), await house.signed_in("team1")
    page = f"/patients/{patient.id}/contract"
    assert "家庭医生签约服务协议" in await (await village.get(page)).text()
    form = {
        "team_id": f"{team.id}",
        "package_ids": [f"{basic.id}", f"{plus.id}"],
        "years": "1",
        "signer": "self",
        "text_version": "1",
    }
    unseen = await village.post(page, form)
    assert unseen.status == 422
    assert "请当面核对证件" in await unseen.text()
    answer = await village.post(page, form | {"seen": "1"})
    assert answer.status == 303
    here = answer.headers["Location"]
    assert "在办的签约" in await (await village.get(page)).text()
    assert (await lead.post(f"{here}/review")).status == 303
    assert (await lead.post(f"{here}/signature")).status == 303
    row = await Contract.get(patient_id=patient.id)
    assert (row.status, row.price_fen, row.insurer_fen) == (Status.SIGNED, 12000, 8000)


async def test_the_administrator_keeps_teams_and_packages_and_the_bureau_reads(house, county):
    admin, bureau = await house.signed_in("admin1"), await house.signed_in("supervisor1")
    team, *_ = county
    for path in ("/teams", "/service-packages"):
        assert (await bureau.get(path)).status == 200
        assert (await bureau.post(path, {})).status == 403
        assert (await (await house.signed_in("nurse1")).get(path)).status == 403
    made = await admin.post(
        "/teams",
        {
            "name": "白马镇团队",
            "organization_id": f"{demo.organization_id('YH-T3')}",
            "villages": "白马村\n枣林村",
            "active": "1",
        },
    )
    here = made.headers["Location"]
    joined = {"practitioner_id": f"{demo.practitioner_id('township1')}", "role": "township_doctor"}
    assert (await admin.post(f"{here}/members", joined)).status == 303
    assert (await admin.post(f"{here}/members", joined)).status == 409
    page = await (await admin.get(here)).text()
    member = re.search(rf"{here}/members/([0-9a-f-]+)/responsibility", page)[0]
    assert (await admin.post(member)).status == 303
    assert "白马村" in await (await admin.get(here)).text()
    twice = await admin.post("/teams", {"name": "白马镇团队", "organization_id": f"{team.id}"})
    assert twice.status == 422
    package = {"code": "dm-a", "name": "糖尿病包", "group": "diabetes", "price": "60"}
    made = await admin.post("/service-packages", package | {"insurer": "90"})
    assert (made.status, "医保" in await made.text()) == (422, True)
    here = (await admin.post("/service-packages", package)).headers["Location"]
    item = {"code": "glu", "name": "测血糖", "times": "4", "mode": "clinic", "who": "nurse"}
    assert (await admin.post(f"{here}/items", item)).status == 303
    assert (await admin.post(f"{here}/items", item)).status == 422
    assert "测血糖" in await (await bureau.get("/service-packages")).text()
