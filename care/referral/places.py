"""Where one may refer to: departments of member institutions in which a doctor works."""

from dataclasses import dataclass
from uuid import UUID

from people.actor import CLINICIANS, Actor
from people.models import Organization, Practitioner, Tier
from people.queries import organizations, practitioners
from people.specialties import SPECIALTIES


@dataclass(frozen=True, slots=True)
class Place:
    """A department: a specialty of one house."""

    organization_id: UUID
    organization: str
    tier: Tier
    department: str

    @property
    def key(self) -> str:
        """What the form sends."""
        return f"{self.organization_id}.{self.department}"

    @property
    def words(self) -> str:
        """云河县人民医院 内分泌科."""
        return f"{self.organization} {SPECIALTIES.get(self.department, self.department)}"


async def places(actor: Actor) -> list[Place]:
    """All but one's own department, the county's house first."""
    doctors = [one for one in await practitioners() if not one.roles.isdisjoint(CLINICIANS)]
    working = {(one.organization_id, one.specialty) for one in doctors if one.specialty}
    own = (actor.organization_id, await specialty_of(actor))
    houses = sorted(
        await organizations(), key=lambda one: (list(Tier)[::-1].index(Tier(one.tier)),)
    )
    return [
        Place(house.id, house.name, Tier(house.tier), code)
        for house in houses
        if house.provides_care
        for code in SPECIALTIES
        if (house.id, code) in working and (house.id, code) != own
    ]


async def place_of(actor: Actor, key: str) -> Place | None:
    """The one the form has sent, if one may refer there."""
    return next((one for one in await places(actor) if one.key == key), None)


async def specialty_of(actor: Actor) -> str:
    """In which department this person works now; empty for none."""
    found = await Practitioner.get_or_none(id=actor.practitioner_id, active=True)
    return found.specialty if found else ""


async def tier_of(organization_id: UUID) -> Tier:
    """How high a house stands."""
    return (await Organization.get(id=organization_id)).tier
