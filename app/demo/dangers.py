"""Dangerous readings from home of the past months, and how soon somebody took them on; one of this
morning is being looked after."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import uuid4

from app.demo.teleconsultation import actor
from app.settings import Settings
from care.record import home
from care.record.schemas import VitalsIn
from core import clock
from core.audit import SYSTEM
from family_doctor.alerts import service
from family_doctor.alerts.access import open_alert
from family_doctor.alerts.models import Alert, Measure
from family_doctor.alerts.schemas import CloseIn, HandleIn
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from people.actor import Actor

TEAMS: Final = {"青石镇第一家庭医生团队": ("village1", 1), "柳湾乡家庭医生团队": ("village2", 2)}
RUNG: Final = (
    (290, 19), (262, 14), (230, 22), (205, 11), (190, 16), (160, 9), (141, 12), (120, 7),
    (98, 10), (75, 6), (61, 8), (44, 5), (30, 12), (17, 4), (9, 7), (3, 5),
)  # fmt: skip
"""How many days ago, and after how many minutes somebody took it on: they learn."""
READINGS: Final = (("186", "112"), ("182", "106"), ("194", "110"))


async def create(settings: Settings) -> None:
    """Called once, in the county's transaction, after the residents are signed."""
    for team, (login, every) in TEAMS.items():
        doctor = await actor(login)
        rows = Contract.filter(team__name=team, status=Status.ACTIVE).order_by("begun_at", "id")
        signed = await rows.select_related("patient__managing_organization")
        for number, (days, minutes) in enumerate(RUNG[::every]):
            at = clock.now() - timedelta(days=days, minutes=13 * number)
            known = [row for row in signed if row.begun_at and row.begun_at < at]
            if known:
                await _ring(doctor, known[number * 5 % len(known)], at, number, minutes)
        if every == 1:
            at = clock.now() - timedelta(minutes=25)
            await _ring(doctor, signed[2], at, 1, 6, over=False)


async def _ring(
    doctor: Actor, row: Contract, at: datetime, number: int, minutes: int, *, over: bool = True
) -> None:
    systolic, diastolic = READINGS[number % len(READINGS)]
    panel_id = uuid4()
    with clock.set_clock(lambda: at):
        measured = {"systolic": Decimal(systolic), "diastolic": Decimal(diastolic)}
        entry = VitalsIn.model_validate({"measured_at": at, **measured})
        await home.record_at_home(home.Source(SYSTEM), row.patient, entry, panel_id)
        alert = await service.raise_alert(row.patient_id, panel_id)
        if alert is None:
            return
        await service.notify(alert.id)
    await _answer(doctor, alert, at + timedelta(minutes=minutes), over=over)


async def _answer(doctor: Actor, alert: Alert, at: datetime, *, over: bool) -> None:
    with clock.set_clock(lambda: at):
        await service.acknowledge(await open_alert(doctor, alert.id), alert.value)
    if not over:
        return
    with clock.set_clock(lambda: at + timedelta(minutes=8)):
        done = HandleIn(measure=Measure.PHONED, note="没有头痛胸闷,已补服药,半小时后复测")
        await service.handle(await open_alert(doctor, alert.id), done)
    with clock.set_clock(lambda: at + timedelta(minutes=50)):
        view = await open_alert(doctor, alert.id)
        await service.close(view, CloseIn(outcome="复测已降下来,约好明天来诊室"))
