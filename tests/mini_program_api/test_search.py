"""From one's own words to a department, with danger said first."""

import pytest

from mini_program_api import symptoms
from people.specialties import SPECIALTIES
from tests.booking.conftest import at, new_schedule, new_slot


@pytest.mark.parametrize(
    "words",
    [
        "胸痛",
        "我爸 胸口疼,出汗",
        "突然嘴歪 说话不清",
        "喘不上气",
        "孩子抽搐",
        "喝了农药",
        "怀孕出血",
        "车祸",
    ],
)
def test_danger_is_seen_in_plain_words(words):
    found = symptoms.emergency(words)
    assert found is not None
    assert "120" in found.title + found.sentence


@pytest.mark.parametrize("words", ["头痛", "血压高", "咳嗽", "腰腿痛", "开药", "检查", "孩子积食"])
def test_everyday_complaints_are_no_emergency(words):
    assert symptoms.emergency(words) is None
    assert symptoms.hints(words)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("血糖高 口渴", "endocrinology"),
        ("心慌", "cardiology"),
        ("B超", "radiology"),
        ("腰疼", "orthopedics"),
        ("头晕", "neurology"),
        ("宝宝 黄疸", "pediatrics"),
        ("胸痛", "cardiology"),
        ("眼睛花", "general_practice"),
        ("牙疼", "general_practice"),
    ],
)
def test_words_lead_to_the_department_they_are_brought_to(words, code):
    assert symptoms.hints(words)[0].code == code


def test_the_file_knows_only_our_departments_and_never_diagnoses():
    book = symptoms.book()
    codes = {hint.code for hint in book.departments}
    codes |= {code for danger in book.emergencies for code in danger.departments}
    assert codes <= set(SPECIALTIES)
    assert "不是诊断" in book.note
    for danger in book.emergencies:
        assert danger.words
        assert "120" in danger.title + danger.sentence
    every = [word for one in (*book.departments,) for word in one.because]
    assert all(word == symptoms.tidy(word) for word in every)


def test_nothing_known_leads_nowhere():
    assert symptoms.hints("asdf") == []
    assert symptoms.emergency("") is None


async def find(phone, words):
    return (await phone.post("/search", {"words": words}, key="")).body


async def test_the_answer_says_danger_before_any_clinic(phone, clinic):
    li = await phone("li")
    found = await find(li, "胸痛")
    assert "先打 120" in found["emergency"]["title"]
    assert found["emergency"]["phone"] == "120"
    assert found["departments"][0]["code"] == "cardiology"
    assert "不是诊断" in found["note"]
    assert [one["department_name"] for one in found["practitioners"]] == ["心内科"]


async def test_a_department_without_places_leads_on_to_general_practice(phone, clinic):
    general = await new_schedule("township1", department="general_practice", name="陈志远")
    await new_slot(general, at(3, 9))
    found = await find(await phone("li"), "头晕")
    assert [(one["code"], one["bookable"]) for one in found["departments"]] == [
        ("general_practice", True),
        ("neurology", False),
    ]
    assert [one["name"] for one in found["practitioners"]] == ["陈志远"]


async def test_departments_with_places_stand_first_and_nobody_else_is_added(phone, clinic):
    general = await new_schedule("township1", department="general_practice", name="陈志远")
    await new_slot(general, at(3, 9))
    found = await find(await phone("li"), "咳嗽 心慌")
    assert [one["code"] for one in found["departments"]] == ["cardiology", "respiratory"]
    assert (await find(await phone("li"), "没有这个词"))["departments"] == []


async def test_doctors_departments_and_houses_are_found_by_name(phone, clinic):
    other = await new_schedule("county2", department="endocrinology", name="孙雅琴")
    await new_slot(other, at(3, 9))
    li = await phone("li")
    assert [p["name"] for p in (await find(li, "孙雅"))["practitioners"]] == ["孙雅琴"]
    by_department = await find(li, "内分泌科")
    assert by_department["emergency"] is None
    assert [p["name"] for p in by_department["practitioners"]] == ["孙雅琴"]
    assert [h["name"] for h in (await find(li, "青石"))["organizations"]] == ["青石镇中心卫生院"]
