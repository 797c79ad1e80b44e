"""Whom the numbers count, as SQL: one row for each person (contract, follow-up, alert) with its
team. A board groups these rows, the list behind a number shows them: so both always agree.

Each has `team_id`, `patient_id`, `subject_id` (what the list leads to) and its own columns.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from care.record.models import EntryStatus
from family_doctor.boards import sql
from family_doctor.boards.periods import Period, midnight, months_before
from family_doctor.care_plan.models import Programme
from family_doctor.care_plan.states import TaskStatus
from family_doctor.followup.models import FACE_TO_FACE, Mode
from family_doctor.fulfilment.rules import YEAR_DAYS
from family_doctor.fulfilment.states import COUNTS
from people.matching.states import LinkStatus

DISEASES: Final = (Programme.HYPERTENSION, Programme.DIABETES)
ICD10: Final = {
    Programme.HYPERTENSION: ("I10", "I11", "I12", "I13"),
    Programme.DIABETES: ("E11",),
}
"""Primary hypertension with its heart and kidney forms; type 2 diabetes."""
YOUNGEST: Final = 35
NEEDED: Final = ((12, 4), (9, 3), (6, 2))
"""Months in care and follow-ups face to face that they ask for; 1 before."""


def _in_force(period: Period) -> str:
    ends = sql.moment(period.ends)
    return f"c.begun_at < {ends} AND (c.ended_at IS NULL OR c.ended_at >= {ends})"


def contracts(period: Period) -> str:
    """The contracts in force on the last day: paid for, new."""
    return f"""
        SELECT c.team_id, c.patient_id, c.id AS subject_id, c.starts_on AS on_day,
          CASE WHEN c.price_fen > 0 THEN 1 ELSE 0 END AS paid,
          CASE WHEN c.begun_at >= {sql.moment(period.begins)} AND NOT EXISTS (
            SELECT 1 FROM family_contract b WHERE b.id = c.follows_id AND b.team_id = c.team_id
          ) THEN 1 ELSE 0 END AS fresh
        FROM mine JOIN family_contract c ON c.team_id = mine.id WHERE {_in_force(period)}
    """  # noqa: S608  (days and enumerations of our own)


def groups(period: Period) -> str:
    """The same by the groups of their packages."""
    return f"""
        SELECT DISTINCT c.team_id, c.patient_id, c.id AS subject_id, c.starts_on AS on_day,
          i."group" AS grouped
        FROM mine JOIN family_contract c ON c.team_id = mine.id
        JOIN family_contract_item i ON i.contract_id = c.id WHERE {_in_force(period)}
    """  # noqa: S608


def fulfilment(period: Period) -> str:
    """The same with what was due until the last day, and what of it was done."""
    days = sql.days_until(period.day, "c.starts_on")
    return f"""
        SELECT team_id, patient_id, subject_id, MIN(on_day) AS on_day,
          SUM(CASE WHEN done < due THEN done ELSE due END) AS done, SUM(due) AS due
        FROM (
          SELECT c.team_id, c.patient_id, c.id AS subject_id, c.starts_on AS on_day,
            i.times * {days} / {YEAR_DAYS} AS due, COALESCE(r.done, 0) AS done
          FROM mine JOIN family_contract c ON c.team_id = mine.id
          JOIN family_contract_item i ON i.contract_id = c.id
          LEFT JOIN (
            SELECT s.item_id, COUNT(*) AS done
            FROM mine JOIN family_contract c ON c.team_id = mine.id
            JOIN family_service_record s ON s.contract_id = c.id
            WHERE s.status IN ({sql.among(COUNTS)}) AND s.done_at < {sql.moment(period.ends)}
              AND {_in_force(period)}
            GROUP BY s.item_id
          ) r ON r.item_id = i.id
          WHERE {_in_force(period)} AND c.starts_on <= {sql.day(period.day)}
        ) items GROUP BY team_id, patient_id, subject_id
    """  # noqa: S608


def _person(alias: str) -> str:
    return f"COALESCE({alias}_link.survivor_id, {alias}.patient_id)"


def _links(alias: str) -> str:
    """Of merged records the survivor counts."""
    return f"""LEFT JOIN people_patient_link {alias}_link ON {alias}_link.merged_id =
        {alias}.patient_id AND {alias}_link.status = '{LinkStatus.ACTIVE}'"""


def all_plans() -> str:
    """Every plan of hypertension and diabetes that there was, with its days."""
    return f"""
        SELECT p.team_id, {_person("p")} AS patient_id, p.programme, p.opened_at, p.ended_at
        FROM mine JOIN family_care_plan p ON p.team_id = mine.id {_links("p")}
        WHERE p.programme IN ({sql.among(DISEASES)})
    """  # noqa: S608


def plans(period: Period) -> str:
    """Who is in care on the last day, and since when, by programme."""
    ends = sql.moment(period.ends)
    return f"""
        SELECT p.team_id, {_person("p")} AS patient_id, p.programme,
          MIN(p.opened_at) AS opened_at
        FROM mine JOIN family_care_plan p ON p.team_id = mine.id {_links("p")}
        WHERE p.opened_at < {ends} AND (p.ended_at IS NULL OR p.ended_at >= {ends})
        GROUP BY p.team_id, {_person("p")}, p.programme
    """  # noqa: S608


def judged(after: date, until: date) -> str:
    """Each disease of each follow-up of those in care, whichever team did it, with whether its
    reading was at goal as the rules judged it on that day."""
    return " UNION ALL ".join(_judged(one, after, until) for one in DISEASES)


def _judged(programme: Programme, after: date, until: date) -> str:
    return f"""
        SELECT r.team_id, r.patient_id, '{programme}' AS programme, r.opened_at, r.ended_at, f.id,
          f.met_on, f.recorded_at,
          CASE WHEN f.mode IN ({sql.among(FACE_TO_FACE)}) THEN 1 ELSE 0 END AS face,
          CASE WHEN CAST(f.judged -> '{programme}' ->> 'controlled' AS TEXT) IN ('true', '1')
            THEN 1 ELSE 0 END AS goal
        FROM ({_records(programme)}) r JOIN family_follow_up f ON f.patient_id = r.record_id
        WHERE f.met_on > {sql.day(after)} AND f.met_on <= {sql.day(until)}
          AND (f.judged -> '{programme}') IS NOT NULL AND f.wrong_at IS NULL
    """  # noqa: S608


def _records(programme: Programme) -> str:
    """The records of those who are or were in a programme, merged ones with them, and since when
    and until when they were."""
    people = f"""
        SELECT p.team_id, {_person("p")} AS patient_id, p.opened_at, p.ended_at
        FROM mine JOIN family_care_plan p ON p.team_id = mine.id {_links("p")}
        WHERE p.programme = '{programme}'
    """  # noqa: S608
    return f"""
        SELECT team_id, patient_id, patient_id AS record_id, opened_at, ended_at
        FROM ({people}) own
        UNION
        SELECT own.team_id, l.survivor_id, l.merged_id, own.opened_at, own.ended_at
        FROM ({people}) own JOIN people_patient_link l
          ON l.survivor_id = own.patient_id AND l.status = '{LinkStatus.ACTIVE}'
    """  # noqa: S608


def care(period: Period) -> str:
    """Everybody in care for hypertension or diabetes: the last follow-up of the twelve months, and
    how many of them were face to face."""
    return f"""
        SELECT p.team_id, p.patient_id, p.patient_id AS subject_id, p.programme,
          last.met_on AS on_day, COALESCE(last.goal, 0) AS goal, COALESCE(last.faces, 0) AS faces,
          CASE WHEN COALESCE(last.faces, 0) >= {_faces(period)} THEN 1 ELSE 0 END AS standard
        FROM ({plans(period)}) p
        LEFT JOIN (
          SELECT patient_id, programme, MAX(met_on) AS met_on,
            COUNT(DISTINCT CASE WHEN face = 1 THEN id END) AS faces,
            MAX(CASE WHEN place = 1 THEN goal ELSE 0 END) AS goal
          FROM (
            SELECT patient_id, programme, id, met_on, face, goal, ROW_NUMBER() OVER (
              PARTITION BY patient_id, programme ORDER BY met_on DESC, recorded_at DESC, id DESC
            ) AS place
            FROM ({judged(period.since, period.day)}) one
            WHERE opened_at < {sql.moment(period.ends)}
              AND (ended_at IS NULL OR ended_at >= {sql.moment(period.ends)})
          ) placed GROUP BY patient_id, programme
        ) last ON last.patient_id = p.patient_id AND last.programme = p.programme
        WHERE p.programme IN ({sql.among(DISEASES)})
    """  # noqa: S608


def _faces(period: Period) -> str:
    whens = " ".join(
        f"WHEN p.opened_at < {sql.moment(_months_ago(period, months))} THEN {times}"
        for months, times in NEEDED
    )
    return f"CASE {whens} ELSE 1 END"


def _months_ago(period: Period, months: int) -> datetime:
    return midnight(months_before(period.day + timedelta(days=1), months))


def known(period: Period) -> str:
    """Patients of whom the team knows: in care, or signed with a diagnosis in the record."""
    born = sql.day(months_before(period.day, 12 * YOUNGEST))
    diagnosed = " UNION ALL ".join(
        f"""
        SELECT DISTINCT c.team_id, c.patient_id, '{programme}' AS programme
        FROM ({_signed_records(period)}) c
        JOIN care_condition d ON d.patient_id = c.record_id AND d.status = '{EntryStatus.ACTIVE}'
        JOIN people_patient b ON b.id = c.patient_id
        WHERE SUBSTR(d.icd10, 1, 3) IN ({sql.among(ICD10[programme])})
          AND d.recorded_at < {sql.moment(period.ends)} AND b.birth_date <= {born}
        """  # noqa: S608
        for programme in DISEASES
    )
    return f"""
        SELECT team_id, patient_id, patient_id AS subject_id, programme, NULL AS on_day,
          MAX(managed) AS managed
        FROM (
          SELECT team_id, patient_id, programme, 1 AS managed FROM ({plans(period)}) p
          WHERE programme IN ({sql.among(DISEASES)})
          UNION ALL
          SELECT x.team_id, x.patient_id, x.programme, 0 FROM ({diagnosed}) x
          WHERE NOT EXISTS (
            SELECT 1 FROM ({plans(period)}) q
            WHERE q.patient_id = x.patient_id AND q.programme = x.programme
          )
        ) both_kinds GROUP BY team_id, patient_id, programme
    """  # noqa: S608


def _signed_records(period: Period) -> str:
    """All records of those signed on the last day; joined ones are few, and looked for apart."""
    signed = "FROM mine JOIN family_contract c ON c.team_id = mine.id"
    live = f"status = '{LinkStatus.ACTIVE}'"
    head = f"JOIN people_patient_link h ON h.merged_id = c.patient_id AND h.{live}"
    return f"""
        SELECT c.team_id, {_person("c")} AS patient_id, c.patient_id AS record_id
        {signed} {_links("c")} WHERE {_in_force(period)}
        UNION ALL
        SELECT c.team_id, h.survivor_id, h.survivor_id {signed} {head} WHERE {_in_force(period)}
        UNION ALL
        SELECT c.team_id, h.survivor_id, l.merged_id {signed} {head}
        JOIN people_patient_link l ON l.survivor_id = h.survivor_id AND l.{live}
        WHERE {_in_force(period)}
        UNION ALL
        SELECT c.team_id, l.survivor_id, l.merged_id {signed}
        JOIN people_patient_link l ON l.survivor_id = c.patient_id AND l.{live}
        WHERE {_in_force(period)}
    """


def late(period: Period) -> str:
    """Everybody in care, and since when something has been overdue."""
    ends = sql.moment(period.ends)
    return f"""
        SELECT p.team_id, p.patient_id, p.patient_id AS subject_id, MIN(t.due) AS on_day,
          MAX(CASE WHEN t.due IS NULL THEN 0 ELSE 1 END) AS late
        FROM (SELECT DISTINCT team_id, patient_id FROM ({plans(period)}) every_plan) p
        LEFT JOIN (
          SELECT t.team_id, {_person("t")} AS patient_id, MIN(t.due) AS due
          FROM mine JOIN family_task t ON t.team_id = mine.id {_links("t")}
          WHERE t.due < {sql.day(period.day)} AND t.made_at < {ends}
            AND (t.status = '{TaskStatus.REQUESTED}' OR t.ended_at >= {ends})
          GROUP BY t.team_id, {_person("t")}
        ) t ON t.team_id = p.team_id AND t.patient_id = p.patient_id
        GROUP BY p.team_id, p.patient_id
    """  # noqa: S608


def follow_ups(period: Period) -> str:
    """The follow-ups of the period, by how they were done."""
    return f"""
        SELECT f.team_id, f.patient_id, f.id AS subject_id, f.met_on AS on_day, f.mode,
          CASE WHEN f.mode IN ({sql.among(FACE_TO_FACE)}) THEN 1 ELSE 0 END AS face,
          CASE WHEN f.mode = '{Mode.VIDEO}' THEN 1 ELSE 0 END AS video,
          CASE WHEN f.mode = '{Mode.PHONE}' THEN 1 ELSE 0 END AS phone
        FROM mine JOIN family_follow_up f ON f.team_id = mine.id
        WHERE f.met_on >= {sql.day(period.first)} AND f.met_on <= {sql.day(period.day)}
          AND f.wrong_at IS NULL
    """  # noqa: S608


def alerts(period: Period) -> str:
    """The alerts of the period. Whether somebody answered within the clock is said by `rules`."""
    return f"""
        SELECT a.team_id, a.patient_id, a.id AS subject_id, a.raised_at AS on_day, a.raised_at,
          a.acknowledged_at
        FROM mine JOIN family_alert a ON a.team_id = mine.id
        WHERE a.raised_at >= {sql.moment(period.begins)} AND a.raised_at < {sql.moment(period.ends)}
    """  # noqa: S608


RELATIONS: Final[dict[str, Callable[[Period], str]]] = {
    "contracts": contracts,
    "groups": groups,
    "fulfilment": fulfilment,
    "known": known,
    "care": care,
    "late": late,
    "follow_ups": follow_ups,
    "alerts": alerts,
}
