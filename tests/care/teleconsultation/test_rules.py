"""Who may consult whom; each rule with the article it rests on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from care.teleconsultation import rules
from care.teleconsultation.models import Mode, ServiceKind, Urgency
from core.errors import Invalid
from people.models import Licence, Tier
from tests.booking.conftest import at

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("licence", "tier", "may"),
    [
        (Licence.PHYSICIAN, Tier.VILLAGE, True),
        (Licence.PHYSICIAN, Tier.COUNTY, True),
        (Licence.VILLAGE_DOCTOR, Tier.VILLAGE, True),
        (Licence.VILLAGE_DOCTOR, Tier.TOWNSHIP, True),
        (Licence.ASSISTANT_PHYSICIAN, Tier.VILLAGE, True),
        (Licence.ASSISTANT_PHYSICIAN, Tier.TOWNSHIP, True),
        (Licence.ASSISTANT_PHYSICIAN, Tier.COUNTY, False),
        (Licence.VILLAGE_DOCTOR, Tier.COUNTY, False),
        (Licence.NURSE, Tier.VILLAGE, False),
        (Licence.PHARMACIST, Tier.COUNTY, False),
        (Licence.NONE, Tier.VILLAGE, False),
    ],
)
def test_inviter_is_a_physician_or_represents_one_at_the_grassroots(licence, tier, may):
    """远程医疗服务管理规范(试行) 国卫医发〔2018〕25号, 人员基本条件: 邀请方."""
    refused = rules.inviter_may(licence, tier)
    assert (refused is None) == may
    if refused:
        assert "远程医疗服务管理规范" in refused.source


@pytest.mark.parametrize(
    ("licence", "since", "may"),
    [
        (Licence.PHYSICIAN, date(2023, 11, 21), True),
        (Licence.PHYSICIAN, date(2023, 11, 22), False),
        (Licence.PHYSICIAN, date(2010, 1, 1), True),
        (Licence.PHYSICIAN, None, False),
        (Licence.ASSISTANT_PHYSICIAN, date(2010, 1, 1), False),
        (Licence.VILLAGE_DOCTOR, date(2010, 1, 1), False),
    ],
)
def test_invitee_has_three_years_of_independent_work(licence, since, may):
    """远程医疗服务管理规范(试行) 国卫医发〔2018〕25号, 人员基本条件: 受邀方, ≥ 3 years."""
    refused = rules.invitee_may(licence, since, TODAY)
    assert (refused is None) == may
    if refused:
        assert "受邀方" in refused.source


def test_full_years_of_a_leap_day():
    assert rules.full_years(date(2024, 2, 29), date(2027, 2, 28)) == 2
    assert rules.full_years(date(2024, 2, 29), date(2027, 3, 1)) == 3


@pytest.mark.parametrize(
    ("licence", "here", "kind"),
    [
        (Licence.PHYSICIAN, True, ServiceKind.CONSULT_RX),
        (Licence.ASSISTANT_PHYSICIAN, True, ServiceKind.CONSULT_RX),
        (Licence.PHYSICIAN, False, ServiceKind.TELECONSULT),
        (Licence.VILLAGE_DOCTOR, True, ServiceKind.TELECONSULT),
    ],
)
def test_prescribing_needs_the_patient_here_and_an_attending_doctor(licence, here, kind):
    """互联网医院管理办法(试行) 第十九条; 乡村医生 alone is not an attending doctor by default."""
    assert rules.service_kind(licence, patient_here=here) == kind


def test_urgent_consultations_are_answered_within_ten_minutes():
    """医疗质量安全核心制度要点 国卫医发〔2018〕8号: urgent consultation within 10 min."""
    ten, times = timedelta(minutes=10), rules.AnswerTimes()
    assert times.within(Mode.INSTANT, Urgency.ORDINARY) == ten
    assert times.within(Mode.ASYNC, Urgency.EMERGENCY) == ten
    assert times.within(Mode.SCHEDULED, Urgency.URGENT) == timedelta(minutes=30)
    assert times.within(Mode.SCHEDULED, Urgency.ORDINARY) == timedelta(hours=2)
    short = rules.AnswerTimes(instant=timedelta(minutes=3))
    assert short.within(Mode.INSTANT, Urgency.URGENT) == timedelta(minutes=3)


@pytest.mark.parametrize(
    ("mode", "urgency", "asked_at", "until"),
    [
        (Mode.ASYNC, Urgency.ORDINARY, at(4, 9), at(4, 11)),
        (Mode.ASYNC, Urgency.ORDINARY, at(4, 20), at(5, 9)),
        (Mode.SCHEDULED, Urgency.ORDINARY, at(4, 23), at(5, 10)),
        (Mode.ASYNC, Urgency.URGENT, at(4, 23), at(4, 23, 30)),
        (Mode.ASYNC, Urgency.EMERGENCY, at(4, 23), at(4, 23, 10)),
        (Mode.INSTANT, Urgency.ORDINARY, at(4, 23), at(4, 23, 10)),
    ],
)
def test_nobody_is_passed_over_asleep_for_what_can_wait(mode, urgency, asked_at, until):
    assert rules.AnswerTimes().until(mode, urgency, asked_at) == until


@pytest.mark.parametrize(
    ("minutes", "there", "is_open"),
    [
        (-11, False, False),
        (-10, False, True),
        (0, False, True),
        (15, False, True),
        (16, False, False),
        (16, True, True),
        (90, True, True),
    ],
)
def test_a_booked_room_opens_ten_minutes_before_and_waits_fifteen(minutes, there, is_open):
    """Join window −10/+15 min (parameter); once somebody is in, colleagues come and go."""
    at = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
    door = rules.join_door(at, at + timedelta(minutes=minutes), somebody_there=there)
    assert door.open == is_open
    assert bool(door.sentence) != is_open


def test_an_instant_room_is_open_at_once():
    assert rules.join_door(None, datetime.now(UTC), somebody_there=False).open


@pytest.mark.parametrize(
    ("specialties", "several", "fits"),
    [
        (["cardiology"], False, True),
        (["cardiology", "endocrinology"], True, True),
        (["cardiology"], True, False),
        (["cardiology", "cardiology"], True, False),
    ],
)
def test_an_mdt_brings_two_specialties(specialties, several, fits):
    """MDT: coordinator and at least two specialties (domain-facts §3)."""
    if fits:
        rules.check_specialties(specialties, several=several)
    else:
        with pytest.raises(Invalid) as caught:
            rules.check_specialties(specialties, several=several)
        assert caught.value.errors[0].field == "others"
