"""The calendar, row by row of its source: 国家免疫规划疫苗儿童免疫程序及说明(2021年版) (2021), the
百白破 change of 2025-01-01 (DTP25), HPV from 2025-11-10 (HPV25)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from family_doctor.immunization import rules
from family_doctor.immunization.calendar import Span, Wrong, national, read
from family_doctor.immunization.rules import Child, Doubt, Given, Params, State

BORN = date(2025, 3, 31)
GIRL = Child(BORN, "female")
FIRST_WAY = [
    ("hepatitis-b", 1, "2025-03-31", "2025-04-01"),  # 2021, 乙肝: 出生 24 小时内
    ("hepatitis-b", 2, "2025-04-30", None),  # 1 月龄
    ("hepatitis-b", 3, "2025-09-30", "2026-03-30"),  # 6 月龄, <12 月龄
    ("tuberculosis", 1, "2025-03-31", "2025-06-29"),  # 卡介苗: 出生, <3 月龄
    ("polio", 1, "2025-05-31", None),  # 脊灰: 2 月龄
    ("polio", 2, "2025-06-30", None),
    ("polio", 3, "2025-07-31", "2026-03-30"),  # 4 月龄, <12 月龄
    ("polio", 4, "2029-03-31", "2030-03-30"),  # 4 岁, <5 岁
    ("dtp", 1, "2025-05-31", None),  # DTP25: 2 月龄
    ("dtp", 2, "2025-07-31", None),  # 4 月龄
    ("dtp", 3, "2025-09-30", "2026-03-30"),  # 6 月龄
    ("dtp", 4, "2026-09-30", "2027-03-30"),  # 18 月龄, <24 月龄
    ("dtp", 5, "2031-03-31", "2032-03-30"),  # 6 岁, <7 岁
    ("mmr", 1, "2025-11-30", "2026-03-30"),  # 2021, 麻腮风: 8 月龄, <12 月龄
    ("mmr", 2, "2026-09-30", "2027-03-30"),  # 18 月龄, <24 月龄
    ("japanese-encephalitis", 1, "2025-11-30", "2026-03-30"),  # 乙脑减毒: 8 月龄
    ("japanese-encephalitis", 2, "2027-03-31", "2028-03-30"),  # 2 岁, <3 岁
    ("meningococcal-a", 1, "2025-09-30", None),  # A 群流脑: 6 月龄
    ("meningococcal-a", 2, "2025-12-31", "2026-09-29"),  # 9 月龄, <18 月龄
    ("meningococcal-ac", 1, "2028-03-31", "2029-03-30"),  # A 群 C 群: 3 岁, <4 岁
    ("meningococcal-ac", 2, "2031-03-31", "2032-03-30"),  # 6 岁, <7 岁
    ("hepatitis-a", 1, "2026-09-30", "2027-03-30"),  # 甲肝减毒: 18 月龄, <24 月龄
    ("hpv", 1, "2038-03-31", "2039-03-30"),  # HPV25: 满 13 岁的女孩
    ("hpv", 2, "2038-09-30", "2040-03-30"),  # 间隔 6 个月
]


def seen(today, *doses, child=GIRL, calendar=None):
    """The lines by series and number."""
    book = [Given(vaccine, number, date.fromisoformat(on)) for vaccine, number, on in doses]
    lines = rules.forecast(calendar or national(), child, book, today, Params())
    return {(line.series.code, line.dose.number): line for line in lines}


def test_the_programme_has_these_doses_and_no_others():
    assert sorted(seen(BORN)) == sorted((code, number) for code, number, _, _ in FIRST_WAY)


@pytest.mark.parametrize(("code", "number", "opens", "last"), FIRST_WAY)
def test_each_dose_opens_and_closes_at_the_age_of_its_row(code, number, opens, last):
    line = seen(BORN)[code, number]
    first = date.fromisoformat(opens)
    assert line.opens == first
    assert line.last == (date.fromisoformat(last) if last else first + timedelta(days=30))


INTERVALS = [  # 2021, 补种原则 and 间隔
    ("hepb", 1, "hepatitis-b", 2, timedelta(days=28)),
    ("ipv", 1, "polio", 2, timedelta(days=28)),
    ("ipv", 2, "polio", 3, timedelta(days=28)),
    ("dtap", 1, "dtp", 2, timedelta(days=28)),
    ("dtap", 2, "dtp", 3, timedelta(days=28)),
    ("mmr", 1, "mmr", 2, timedelta(days=28)),
    ("hepb", 2, "hepatitis-b", 3, timedelta(days=60)),
    ("je-inactivated", 1, "japanese-encephalitis", 2, timedelta(days=7)),
]


@pytest.mark.parametrize(("vaccine", "number", "code", "then", "gap"), INTERVALS)
def test_nothing_is_given_before_the_least_interval(vaccine, number, code, then, gap):
    late = date(2027, 2, 10)
    line = seen(late, (vaccine, number, late.isoformat()))[code, then]
    assert (line.opens, line.state) == (late + gap, State.LATER)
    at = seen(late + gap, (vaccine, number, late.isoformat()))[code, then]
    assert at.waits


MONTHS = [  # in calendar months and years
    ("dtap", 3, "dtp", 4, "2026-12-10", "2027-06-10"),  # 百白破第 4 剂: 6 个月
    ("je-live", 1, "japanese-encephalitis", 2, "2026-12-10", "2027-12-10"),  # 12 个月
    ("mpsv-a", 1, "meningococcal-a", 2, "2025-12-10", "2026-03-10"),  # 3 个月
    ("mpsv-ac", 1, "meningococcal-ac", 2, "2028-12-10", "2031-12-10"),  # 3 年
    ("hepa-inactivated", 1, "hepatitis-a", 2, "2026-12-10", "2027-06-10"),  # 6 个月
    ("hpv2", 1, "hpv", 2, "2038-05-10", "2038-11-10"),  # HPV25: 6 个月
]


@pytest.mark.parametrize(("vaccine", "number", "code", "then", "on", "opens"), MONTHS)
def test_intervals_in_months_are_of_the_calendar(vaccine, number, code, then, on, opens):
    line = seen(date.fromisoformat(on), (vaccine, number, on))[code, then]
    assert line.opens == date.fromisoformat(opens)


def test_2021_hepatitis_b_third_dose_is_four_months_after_the_first():
    doses = [("hepb", 1, "2025-08-10"), ("hepb", 2, "2025-09-10")]
    assert seen(date(2025, 9, 10), *doses)["hepatitis-b", 3].opens == date(2025, 12, 10)


def test_2021_meningitis_ac_is_a_year_after_the_last_dose_of_group_a():
    line = seen(date(2028, 1, 1), ("mpsv-a", 1, "2025-10-01"), ("mpsv-a", 2, "2027-08-01"))
    assert line["meningococcal-ac", 1].opens == date(2028, 8, 1)


def test_2021_two_injected_live_vaccines_on_one_day_or_28_days_apart():
    on = date(2025, 12, 1)
    lines = seen(on, ("mmr", 1, on.isoformat()))
    assert lines["japanese-encephalitis", 1].opens == on + timedelta(days=28)
    assert lines["polio", 1].opens == date(2025, 5, 31)  # swallowed or killed: no matter


def test_2021_bcg_is_not_caught_up_from_four_years_on():
    assert seen(date(2029, 3, 30))["tuberculosis", 1].state is State.LATE
    assert seen(date(2029, 3, 31))["tuberculosis", 1].state is State.OVER


def test_2021_group_a_meningitis_is_not_caught_up_from_24_months_on():
    assert seen(date(2027, 3, 30))["meningococcal-a", 1].state is State.LATE
    assert seen(date(2027, 3, 31))["meningococcal-a", 1].state is State.OVER


def test_2021_only_what_is_missing_is_caught_up():
    lines = seen(date(2027, 5, 1), ("hepb", 1, "2025-04-01"))
    assert lines["hepatitis-b", 1].state is State.DONE
    assert lines["hepatitis-b", 2].state is State.LATE
    assert lines["hepatitis-b", 3].state is State.LATER


def test_2021_who_began_with_the_inactivated_encephalitis_vaccine_goes_on_with_it():
    first = seen(date(2025, 12, 1), ("je-inactivated", 1, "2025-12-01"))
    assert [key for key in first if key[0] == "japanese-encephalitis"] == [
        ("japanese-encephalitis", number) for number in (1, 2, 3, 4)
    ]


def test_dtp25_the_old_schedule_of_3_4_5_months_counts():
    doses = [("dtap", 1, "2025-06-30"), ("dtap", 2, "2025-07-31"), ("dtap", 3, "2025-08-31")]
    lines = seen(date(2025, 9, 1), *doses)
    assert [lines["dtp", number].doubt for number in (1, 2, 3)] == [None, None, None]
    assert lines["dtp", 4].opens == date(2026, 9, 30)


def test_dtp25_a_diphtheria_tetanus_dose_at_six_is_the_fifth():
    assert seen(date(2032, 1, 1), ("dt", 5, "2031-04-01"))["dtp", 5].state is State.DONE


def test_a_combined_vaccine_counts_in_each_of_its_series():
    lines = seen(date(2025, 6, 1), ("dtap-ipv-hib", 1, "2025-05-31"))
    assert lines["dtp", 1].state is lines["polio", 1].state is State.DONE


@pytest.mark.parametrize(
    ("born", "sex", "has"),
    [
        ("2011-11-10", "female", False),  # HPV25: 2011-11-10 以后出生 (check: the day itself)
        ("2011-11-11", "female", True),
        ("2012-05-05", "male", False),
        ("2012-05-05", "unknown", False),
    ],
)
def test_hpv25_is_for_girls_born_after_a_day(born, sex, has):
    lines = seen(date(2025, 11, 12), child=Child(date.fromisoformat(born), sex))
    assert (("hpv", 1) in lines) is has


def test_what_lies_before_a_recorded_dose_is_looked_for_in_the_book_and_not_called_late():
    lines = seen(date(2026, 1, 1), ("hepb", 3, "2025-10-10"))
    assert lines["hepatitis-b", 2].state is State.UNRECORDED
    assert not any(line.waits for key, line in lines.items() if key[0] == "hepatitis-b")


def test_a_dose_before_its_age_or_its_interval_is_doubted():
    lines = seen(date(2026, 1, 1), ("mmr", 1, "2025-10-01"))
    assert lines["mmr", 1].doubt is Doubt.TOO_YOUNG
    lines = seen(date(2026, 1, 1), ("ipv", 1, "2025-06-10"), ("ipv", 2, "2025-07-07"))
    assert lines["polio", 2].doubt is Doubt.TOO_SOON


def test_what_the_sources_leave_open_is_said_of_those_it_concerns():
    old = Child(date(2019, 9, 30), "male")
    assert "接种门诊" in seen(date(2026, 1, 1), child=old)["mmr", 1].checks[0]
    assert seen(BORN)["mmr", 1].checks == ()
    assert "12 个月" in seen(BORN)["dtp", 5].checks[0]


def test_what_opens_on_one_day_is_one_visit():
    at_eight_months = next(
        one for one in rules.visits(seen(BORN).values()) if one.opens == date(2025, 11, 30)
    )
    assert [line.series.code for line in at_eight_months.lines] == ["mmr", "japanese-encephalitis"]


books = st.lists(
    st.builds(
        Given,
        st.sampled_from([one.code for one in national().vaccine]),
        st.integers(1, 6),
        st.dates(date(2019, 1, 1), date(2034, 1, 1)),
    ),
    max_size=14,
)
children = st.builds(
    Child, st.dates(date(2010, 1, 1), date(2026, 1, 1)), st.sampled_from(["male", "female"])
)


@given(children, books, st.dates(date(2019, 1, 1), date(2034, 1, 1)))
def test_whatever_a_book_says_there_is_an_order(child, book, today):
    lines = rules.forecast(national(), child, book, today, Params())
    for code in {line.series.code for line in lines}:
        mine = [line for line in lines if line.series.code == code]
        assert sum(line.is_next for line in mine) <= 1
        ahead = [line for line in mine if line.opens != date.max]
        assert ahead == sorted(ahead, key=lambda line: line.opens)
    for line in lines:
        if line.waits:
            assert line.opens <= today < line.until
        assert line.opens <= line.last


@given(children, st.dates(date(2019, 1, 1), date(2034, 1, 1)))
def test_recording_what_is_due_leaves_it_done(child, today):
    due = [one for one in rules.forecast(national(), child, [], today, Params()) if one.waits]
    book = [Given(line.dose.vaccine, line.dose.number, today) for line in due]
    after = rules.forecast(national(), child, book, today, Params())
    states = {(line.series.code, line.dose.number): line.state for line in after}
    assert all(states[line.series.code, line.dose.number] is State.DONE for line in due)


def test_spans_follow_the_calendar():
    assert Span(number=1, unit="m").after(date(2025, 1, 31)) == date(2025, 2, 28)
    assert Span(number=2, unit="w").after(date(2025, 1, 31)) == date(2025, 2, 14)
    assert Span(number=4, unit="y").after(date(2024, 2, 29)) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('from = "13y"', 'from = "13 years"', "an age is a number"),
        ('vaccine = "bcg"', 'vaccine = "bcgg"', "unknown: bcgg"),
        ("number = 2, vaccine", "number = 3, vaccine", "numbered 1, 2, 3"),
        ('name = "卡介苗"', "name = 卡介苗", "calendar.toml"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(tmp_path, old, new, words):
    from family_doctor.immunization.calendar import FILE

    file = tmp_path / "calendar.toml"
    file.write_text(FILE.read_text().replace(old, new, 1))
    with pytest.raises(Wrong, match=words):
        read(file)
