"""What alerts do because something was measured, because nobody has answered, because the
resident has another team, or has died; wired in `app.reactions`."""

from uuid import UUID

from care.record.events import HomeReadingTaken
from core.live import Hint
from family_doctor.alerts import service
from family_doctor.alerts.events import AlertMoved, AlertUnanswered
from family_doctor.alerts.models import Alert, Level
from family_doctor.alerts.states import UNANSWERED
from family_doctor.contracts.events import ContractActivated, ContractEnded
from family_doctor.queries import members_of, team_of
from people.events import DeathDisproved, PatientDied
from people.links import same_person
from people.models import Organization, Tier


async def raise_alert(event: HomeReadingTaken) -> None:
    """A dangerous value from home."""
    if event.critical:
        await service.raise_alert(UUID(event.patient_id), UUID(event.panel_id))


async def unanswered(event: AlertUnanswered) -> None:
    """The clock of the next level rang."""
    await service.escalate(UUID(event.alert_id), Level(event.level))


async def follow_contract(event: ContractActivated | ContractEnded) -> None:
    """What nobody has answered goes along with the resident; what somebody has, stays theirs."""
    patient_id = UUID(event.patient_id)
    team, mine = await team_of(patient_id), await same_person(patient_id)
    for row in await Alert.filter(patient_id__in=mine, status__in=list(UNANSWERED)):
        await service.follow_patient(row, team)


async def end_of_dead(event: PatientDied) -> None:
    """Open ones of somebody who has died ring no more."""
    await service.end_of_dead(await same_person(UUID(event.patient_id)))


async def say_it_stays(event: DeathDisproved) -> None:
    """A recorded death is taken back. One that was only heard of had ended nothing."""
    await service.say_it_stays(await same_person(UUID(event.patient_id)))


async def tell_pages(event: AlertMoved, *, hint: Hint) -> None:
    """The screens of all who are asked look again; then the team counts as told."""
    row = await Alert.get(id=event.alert_id)
    topics = []
    if row.team_id is not None:
        topics = [f"staff:{one.practitioner_id}" for one in await members_of(row.team_id)]
    if row.level is Level.DUTY:
        houses = Organization.filter(tier=Tier.COUNTY, provides_care=True)
        topics += [f"organization:{house.id}" for house in await houses]
    for topic in topics:
        await hint(topic, event.name, id=event.alert_id)
    if event.action == "raise":
        await service.notify(row.id)
