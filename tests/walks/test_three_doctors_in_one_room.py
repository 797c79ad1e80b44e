"""Village, township and county hold a consultation, from the patient's name to the report.

Three browser profiles, the whole house, real pictures both ways: the walk of the first issue.
"""

import asyncio
import io
import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import expect
from pypdf import PdfReader

from tests.plumbing.browsers import Profile
from tests.walks.conftest import Served
from tests.walks.people import Person, draws

pytestmark = [pytest.mark.browser, pytest.mark.database]

ID_NUMBER = "110105195805124525"


@pytest.fixture
def ecg(tmp_path: Path) -> Path:
    """A photo of an ECG strip."""
    picture = Image.new("RGB", (900, 300), (255, 240, 240))
    pen = ImageDraw.Draw(picture)
    points = [(x, 150 - (90 if x % 150 == 75 else 8 * ((x // 15) % 2))) for x in range(0, 900, 15)]
    pen.line(points, fill=(20, 20, 20), width=3)
    place = tmp_path / "心电图.jpg"
    picture.save(place, "JPEG")
    return place


async def test_from_request_to_archived_report(
    served: Served, profile: Profile, ecg: Path, tmp_path: Path
) -> None:
    village, township, county = [
        await Person.signs_in(await profile(), served.address, name)
        for name in ("village1", "township1", "county1")
    ]
    patient = await registers_a_patient(village)
    await writes_the_record(village, patient, ecg)
    consultation = await asks_the_county(village)
    await accepts(county, consultation)
    await invites(village, consultation, township.name)
    await finds_the_invitation(township, consultation)

    everybody = [village, township, county]
    for person in everybody:
        await person.enters_the_room(consultation)
    await asyncio.gather(*(a.sees(b) for a in everybody for b in everybody if a is not b))

    await village.writes_in_the_chat("李主任好,病人在旁边。")
    await county.reads_in_the_chat("李主任好,病人在旁边。")
    await county.sends_a_picture(ecg)
    await expect(village.by("chat-message").locator("img").first).to_be_visible()

    await all_agree_to_record(county, [village, township])
    await stops_recording(village, everybody)

    await ends(village)
    await writes_and_signs_the_opinion(county, consultation)
    await decides(village, consultation)
    await reads_the_report(village, consultation, tmp_path)
    await reads_the_report(county, consultation, tmp_path)
    await plays_the_recording(county, consultation)


async def registers_a_patient(village: Person) -> str:
    """A resident nobody knows yet; a wrong number is refused in words first."""
    await village.opens("/patients/new")
    await village.fills(name="王秀兰", document_number=ID_NUMBER[:-1] + "4")
    await village.page.locator("[name=document_kind]").select_option("id_card")
    await village.clicks("登记")
    await expect(village.page.locator("[data-error-summary]")).to_be_visible()
    await expect(village.page.locator("[name=name]")).to_have_value("王秀兰")
    await village.fills(document_number=ID_NUMBER)
    await village.clicks("登记")
    await expect(village.page).to_have_url(re.compile(r"/patients/[0-9a-f-]{36}"))
    found = re.search(r"/patients/[0-9a-f-]{36}", village.page.url)
    assert found
    return found.group()


async def writes_the_record(village: Person, patient: str, ecg: Path) -> None:
    """Vitals, "no known allergies", and the strip."""
    await village.opens(f"{patient}/observations/new")
    await village.fills(systolic="168", diastolic="102", pulse="92", spo2="97")
    await village.clicks("保存")
    await village.opens(f"{patient}/allergies/new")
    await village.page.get_by_label("无已知过敏").check()
    await village.clicks("保存")
    await village.opens(f"{patient}/attachments/new")
    await village.chooses("kind", "ecg")
    await village.page.locator("[name=files]").set_input_files(ecg)
    await village.clicks("保存")
    await expect(village.page).to_have_url(re.compile(f"{patient}$|{patient}[?#]"))


async def asks_the_county(village: Person) -> str:
    """The form, the gate that first says what is missing, the consent, the sending."""
    await village.opens("/consultations/new")
    await village.page.get_by_role("button", name="为王秀兰请求会诊").first.click()
    await expect(village.page).to_have_url(re.compile("/request$"))
    await village.chooses("urgency", "urgent")
    await village.chooses("mode", "instant")
    await village.chooses("format", "single")
    await village.page.locator("[name=specialty]").select_option("cardiology")
    await expect(village.by("quality-gate")).to_contain_text("还缺")
    await village.fills(
        aim="明确胸闷原因,要不要转院",
        chief_complaint="胸闷 3 天,加重半天",
        history="3 天前劳累后胸闷,休息后缓解,今晨加重,伴出汗,无晕厥。",
        exam="血压 168/102,心律齐,双肺未闻及啰音,下肢不肿。",
        working_diagnosis="冠心病待查",
        questions="是否急性冠脉综合征?\n用药怎么调?",
    )
    for box in await village.page.locator("[name=attachments]").all():
        await box.check()
    await village.page.locator("[name=no_medicines]").check()
    await expect(village.by("quality-gate")).to_contain_text("资料齐全")
    await village.by("to-consent").click()
    await signs_the_consent(village)
    await village.by("submit-consultation").click()
    await expect(village.by("standing")).to_have_attribute("data-status", "submitted")
    found = re.search(r"/consultations/[0-9a-f-]{36}", village.page.url)
    assert found
    return found.group()


async def signs_the_consent(village: Person) -> None:
    """The patient reads, sees the fee and signs on the screen."""
    await expect(village.page.locator(".fee__amount")).to_contain_text("元")
    await village.page.locator("[name=explained]").check()
    await village.chooses("signer", "self")
    await village.fills(signer_name="王秀兰")
    await draws(village.page, village.page.locator("canvas"))
    await village.clicks("同意并签字")
    await expect(village.by("submit-consultation")).to_be_visible()


async def accepts(county: Person, consultation: str) -> None:
    """The request appears on the desk by itself; the specialist takes it."""
    await county.opens("/desk")
    await county.by("desk-queue").locator(f"a[href='{consultation}']").first.click()
    await county.clicks("接诊")
    await expect(county.by("standing")).to_have_attribute(
        "data-status", re.compile("accepted|waiting")
    )
    await expect(county.page.locator("body")).to_contain_text("王秀兰")


async def invites(village: Person, consultation: str, colleague: str) -> None:
    """One more doctor."""
    await village.opens(consultation)
    await village.clicks("邀请同事")
    dialog = village.page.locator("dialog[open]")
    option = dialog.locator("[name=doctor] option").filter(has_text=colleague)
    await dialog.locator("[name=doctor]").select_option(await option.get_attribute("value"))
    await dialog.get_by_role("button", name="邀请").click()


async def finds_the_invitation(township: Person, consultation: str) -> None:
    """The colleague sees it on the home page and may come in."""
    await township.opens("/")
    await township.page.locator(f"a[href='{consultation}']").first.click()
    await expect(township.by("enter-room")).to_be_visible()


async def all_agree_to_record(asker: Person, others: list[Person]) -> None:
    """Nothing is recorded before everybody has agreed."""
    await asker.by("toggle-recording").click()
    for number, person in enumerate(others):
        await expect(asker.by("recording-indicator")).not_to_contain_text("正在录制")
        await person.page.get_by_role("button", name="同意", exact=True).click()
        assert number < len(others)
    for person in (asker, *others):
        await expect(person.by("recording-indicator")).to_contain_text("正在录制")
    await asyncio.sleep(3)


async def stops_recording(person: Person, everybody: list[Person]) -> None:
    """Anybody can stop it."""
    await person.by("toggle-recording").click()
    for other in everybody:
        await expect(other.by("recording-indicator")).not_to_be_visible()


async def ends(village: Person) -> None:
    """The inviter closes the room for all."""
    await village.by("end-consultation").first.click()
    await village.says_yes("结束")
    await expect(village.by("standing")).to_have_attribute("data-status", "opinion_draft")


async def gives_the_password(person: Person) -> None:
    """Before a signature the password is asked again when it was long ago."""
    box = person.page.locator("input[type=password]")
    if await box.count():
        await box.fill("doorstep-demo")
        await person.page.locator("button[type=submit]").last.click()


async def writes_and_signs_the_opinion(county: Person, consultation: str) -> None:
    """Opinion, signature."""
    await county.opens(f"{consultation}/opinion")
    await county.fills(
        findings="心电图 ST 段未见抬高,窦性心律。",
        diagnosis="高血压 2 级,稳定型心绞痛可能",
        advice="加用氨氯地平 5 mg 每日一次,复查心电图和肌钙蛋白。",
        answers="目前不支持急性冠脉综合征。",
    )
    await county.by("sign-opinion").click()
    await county.says_yes("签名")
    await expect(county.page.locator("body")).to_contain_text("已签名")


async def decides(village: Person, consultation: str) -> None:
    """The inviter decides, and signs that too."""
    await village.opens(consultation)
    await village.chooses("adoption", "full")
    await village.fills(diagnosis="高血压 2 级", plan="按会诊意见用药,三天后复查。")
    await village.clicks("签名并归档")
    await village.says_yes("签名")
    await expect(village.by("standing")).to_have_attribute(
        "data-status", re.compile("feedback|archived")
    )


async def reads_the_report(person: Person, consultation: str, folder: Path) -> None:
    """The PDF in one's own archive, in proper Chinese."""
    await person.opens(consultation)
    await expect(person.by("standing")).to_have_attribute("data-status", "archived")
    link = person.by("report").first
    await expect(link).to_be_visible()
    address = await link.get_attribute("href")
    answer = await person.context.request.get(f"{person.at}{address}")
    assert answer.ok
    raw = await answer.body()
    (folder / "report.pdf").write_bytes(raw)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)
    for word in ("会诊", "高血压 2 级", "氨氯地平"):
        assert word in text, f"{word} is not in the report"
    assert ID_NUMBER not in text


async def plays_the_recording(county: Person, consultation: str) -> None:
    """What was recorded plays in the browser."""
    await county.opens(consultation)
    recordings = county.page.locator("#recordings + div, [hx-get$='/recordings']")
    await expect(recordings.get_by_role("link").first).to_be_visible()
    await recordings.get_by_role("link").first.click()
    await county.waits_for("[...document.querySelectorAll('video')].some(v => v.readyState >= 2)")
