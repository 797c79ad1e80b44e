"""A few hundred residents of 云河县: the same people in every demo, none of them real.

The area code of their numbers (371398) was never given to a county, and the phone numbers lie
in blocks of zeros.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from app.demo.places import VILLAGES, demo_id, organization_id
from app.demo.staff import practitioner_id
from core import clock, crypto
from people import rules
from people.models import IdentifierKind, Patient, PatientIdentifier, Sex

SEED: Final = 20260301
PER_VILLAGE: Final = 28
AREA: Final = "371398"
SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"


def _names(text: str) -> list[str]:
    return text.split()


OLD_WOMEN: Final = _names("桂英 秀英 玉兰 桂兰 秀兰 凤英 玉珍 淑珍 素梅 翠花 春梅 爱莲 月娥 金凤")
OLD_MEN: Final = _names("建国 德福 志强 国栋 永贵 长根 保田 守义 振华 有才 大山 玉柱 广田 学文")
WOMEN: Final = _names("丽娟 海燕 晓红 艳丽 春霞 红梅 小芳 雪梅 慧敏 文静 莉莉 金花 志芳 秋菊")
MEN: Final = _names("伟 军 强 磊 建军 海波 志刚 晓东 文斌 永强 国庆 小龙 宏伟 长江")
GIRLS: Final = _names("梓涵 欣怡 诗涵 雨桐 可馨 一诺 佳琪 思彤")
BOYS: Final = _names("浩宇 子轩 宇航 博文 俊杰 天佑 明轩 家乐")
PREFIXES: Final = ("1380000", "1390000", "1500000", "1590000", "1860000", "1870000")


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody as they come out of the dice."""

    name: str
    sex: Sex
    born: date
    number: str
    phone: str
    guardian: str


def patient_id(clinic: str, number: int) -> UUID:
    """The id of a demo resident: `patient_id("YH-T1-V1", 0)` is the first of 大槐树村."""
    return demo_id("patient", f"{clinic}/{number}")


async def move_in_residents() -> None:
    """Register everybody with the clinic of their village."""
    dice, keys, moment = random.Random(SEED), crypto.keyring(), clock.now()  # noqa: S311
    patients, identifiers, taken = [], [], set[str]()
    clinics = [
        (f"{centre}-V{number}", village)
        for centre, villages in VILLAGES.items()
        for number, village in enumerate(villages, 1)
    ]
    for clinic, village in clinics:
        for number in range(PER_VILLAGE):
            who = _resident(dice, number, taken)
            patient = Patient(
                id=patient_id(clinic, number),
                name=who.name,
                sex=who.sex,
                birth_date=who.born,
                phone=who.phone,
                phone_index=keys.index(who.phone),
                village=village,
                address=f"{village}{dice.randint(1, 9)}组{dice.randint(1, 120)}号",
                guardian_name=who.guardian,
                guardian_relation="母亲" if who.guardian else "",
                managing_organization_id=organization_id(clinic),
                created_at=moment - timedelta(days=dice.randint(1, 700), minutes=number),
                created_by=practitioner_id("village1"),
            )
            patients.append(patient)
            if who.number:
                identifiers.append(
                    PatientIdentifier(
                        id=demo_id("identifier", f"{clinic}/{number}"),
                        patient_id=patient.id,
                        kind=IdentifierKind.ID_CARD,
                        value=who.number,
                        value_index=keys.index(who.number),
                    )
                )
    await Patient.bulk_create(patients)
    await PatientIdentifier.bulk_create(identifiers)


def _resident(dice: random.Random, number: int, taken: set[str]) -> Resident:
    """Villages are old: most are over fifty, a few are children, one has no number yet."""
    newborn = number == PER_VILLAGE - 1
    age = 0 if newborn else dice.choices([7, 30, 45, 62, 74], [2, 3, 5, 9, 7])[0]
    born = clock.today().replace(month=1, day=1) - timedelta(
        days=age * 365 + dice.randint(-1200, 1200)
    )
    if newborn:
        born = clock.today() - timedelta(days=dice.randint(3, 25))
    sex = dice.choice([Sex.FEMALE, Sex.MALE])
    surname = dice.choice(SURNAMES)
    name = surname + dice.choice(_given_names(sex, age))
    guardian = dice.choice(SURNAMES) + dice.choice(WOMEN) if age < 14 else ""
    phone = dice.choice(PREFIXES) + f"{dice.randint(0, 9999):04d}"
    id_number = "" if newborn else _id_number(dice, born, sex, taken)
    return Resident(name, sex, born, id_number, phone, guardian)


def _given_names(sex: Sex, age: int) -> list[str]:
    women, men = (GIRLS, BOYS) if age < 14 else (WOMEN, MEN) if age < 55 else (OLD_WOMEN, OLD_MEN)
    return women if sex is Sex.FEMALE else men


def _id_number(dice: random.Random, born: date, sex: Sex, taken: set[str]) -> str:
    while True:
        sequence = dice.randint(1, 498) * 2 + (1 if sex is Sex.MALE else 0)
        first = f"{AREA}{born:%Y%m%d}{sequence:03d}"
        number = first + rules.check_character(first)
        if number not in taken:
            taken.add(number)
            return number
