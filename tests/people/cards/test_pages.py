"""The health card over HTTP: issue, print, replace, read at a search page; alerts."""

import re
from urllib.parse import quote

import pytest

from core.audit import AuditEvent
from people.cards import service
from people.cards.models import CardAlert, HealthCard
from people.models import RecordGrant
from tests.people.conftest import actor

NUMBER, PHONE = "11010519491231002X", "13812341234"


async def text_of(visitor, path):
    answer = await visitor.get(path)
    assert answer.status == 200, path
    return await answer.text()


async def test_a_clinic_issues_prints_and_replaces_a_card(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    here = f"/patients/{patient.id}/health-card"
    assert here in await text_of(doctor, f"/patients/{patient.id}")
    assert "还没有健康卡" in await text_of(doctor, here)
    assert (await doctor.get(f"{here}/print")).status == 404
    for _ in range(2):
        assert (await doctor.post(here, {"once": "c1"})).status == 303
    card = await HealthCard.get()
    assert service.rules.grouped(card.card_no) in await text_of(doctor, here)
    paper = await text_of(doctor, f"{here}/print")
    assert "<svg" in paper
    assert "张桂英" in paper
    for private in (NUMBER, PHONE, "1949", "110***"):
        assert private not in paper
    lost = {"card_no": card.card_no, "reason": "钱包丢了", "once": "l1"}
    assert (await doctor.post(f"{here}/loss", lost | {"reason": "丢"})).status == 422
    for _ in range(2):
        assert (await doctor.post(f"{here}/loss", lost)).status == 303
    assert (await doctor.post(f"{here}/loss", lost | {"once": "l2"})).status == 409
    assert await HealthCard.all().count() == 2
    assert await AuditEvent.filter(action="health_card.print").count() == 1


@pytest.mark.parametrize("username", ["village2", "pharmacist1", "scheduler1", "admin1"])
async def test_a_stranger_makes_and_prints_no_card(house, resident, username):
    patient = await resident()
    visitor = await house.signed_in(username)
    here = f"/patients/{patient.id}/health-card"
    for path in (here, f"{here}/print"):
        assert (await visitor.get(path)).status in (403, 404)
    for path in (here, f"{here}/loss"):
        fields = {"card_no": "E0", "reason": "钱包丢了"}
        assert (await visitor.post(path, fields)).status in (403, 404)
    assert not await HealthCard.exists()


async def test_a_code_on_the_search_page_opens_the_record(house, resident):
    patient = await resident()
    clinic, doctor = await actor("village1"), await house.signed_in("county1")
    await service.issue(clinic, patient.id)
    code = (await service.dynamic_code(clinic, patient.id)).qr_text
    assert (await doctor.get(f"/patients/{patient.id}")).status == 404
    answer = await doctor.post("/patients/search", {"q": code.replace(".", "。")})
    assert (answer.status, answer.headers["Location"]) == (303, f"/patients/{patient.id}")
    assert (await doctor.get(f"/patients/{patient.id}")).status == 200
    again = await doctor.post("/patients/search", {"q": code})
    text = await again.text()
    assert again.status == 409
    assert "已经用过一次" in text
    assert code not in text


async def test_a_printed_card_on_the_search_page_asks_for_the_document(house, resident):
    patient = await resident()
    card = await service.issue(await actor("village1"), patient.id)
    doctor = await house.signed_in("county1")
    asked = await doctor.post("/patients/search", {"q": card.grouped})
    text = await asked.text()
    assert asked.status == 422
    assert "证件号最后 4 位" in text
    assert f'value="{card.card_no}"' in text
    assert "张" not in re.sub(r"<nav.*?</nav>|<header.*?</header>", "", text, flags=re.DOTALL)
    wrong = await doctor.post("/patients/search", {"q": card.card_no, "document": "1111"})
    assert "对不上" in await wrong.text()
    assert not await RecordGrant.exists()
    right = await doctor.post("/patients/search", {"q": card.card_no, "document": "002x"})
    assert right.headers["Location"] == f"/patients/{patient.id}"


async def test_a_forged_code_reaches_the_administrator(house, resident):
    patient = await resident()
    clinic, doctor = await actor("village1"), await house.signed_in("county1")
    await service.issue(clinic, patient.id)
    code = (await service.dynamic_code(clinic, patient.id)).qr_text
    forged = code[:-1] + ("0" if code[-1] != "0" else "1")
    answer = await doctor.post("/patients/search", {"q": forged})
    assert answer.status == 403
    assert "不是健康卡发出的" in await answer.text()
    admin = await house.signed_in("admin1")
    page = await text_of(admin, "/card-alerts")
    assert 'data-nav-count="/card-alerts">1<' in page
    assert "云河县人民医院" in page
    alert = await CardAlert.get()
    assert (await admin.post(f"/card-alerts/{alert.id}/seen")).status == 303
    assert "看过了" in await text_of(admin, "/card-alerts")
    assert (await doctor.post(f"/card-alerts/{alert.id}/seen")).status == 403


async def test_names_and_numbers_still_find_people(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    for words in ("张桂英", NUMBER, PHONE, quote("E1234"), "E123456789012345"):
        answer = await doctor.post("/patients/search", {"q": words})
        found = f"/patients/{patient.id}" in await answer.text()
        assert (answer.status, found) == (200, not words.startswith("E"))


async def test_the_registration_form_reads_cards_and_identity_cards(house, resident):
    patient = await resident()
    clinic, doctor = await actor("village1"), await house.signed_in("village1")
    await service.issue(clinic, patient.id)
    code = (await service.dynamic_code(clinic, patient.id)).qr_text
    known = await doctor.post("/patients/new/scan", {"q": code})
    assert (known.status, known.headers["Location"]) == (303, f"/patients/{patient.id}")
    again = await doctor.post("/patients/new/scan", {"q": code})
    assert (again.status, "已经用过一次" in await again.text()) == (409, True)
    read = await doctor.post("/patients/new/scan", {"q": "11010519491231002x"})
    text = await read.text()
    assert read.status == 200
    assert 'value="11010519491231002X"' in text
    assert "身份证号已填好" in text
    for typed in ("", "不是号码", "110105194912310021"):
        wrong = await doctor.post("/patients/new/scan", {"q": typed})
        assert (wrong.status, "没有读到健康卡" in await wrong.text()) == (422, True)


async def test_the_office_goes_on_where_it_was_after_a_card_at_the_registration(house, resident):
    patient = await resident()
    clinic, office = await actor("village1"), await house.signed_in("scheduler1")
    await service.issue(clinic, patient.id)
    code = (await service.dynamic_code(clinic, patient.id)).qr_text
    known = await office.post("/patients/new/scan?next=/outpatient/walk-in", {"q": code})
    assert (known.status, known.headers["Location"]) == (303, "/outpatient/walk-in")


async def test_the_rows_alone_are_fetched_after_a_hint(house):
    admin = await house.signed_in("admin1")
    rows = await (await admin.get("/card-alerts", headers={"HX-Request": "true"})).text()
    assert "<nav" not in rows
    assert "没有提醒" in rows
    assert 'data-live-topic="card-alerts"' in await text_of(admin, "/card-alerts")
