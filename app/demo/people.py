"""The people of 云河县: organizations, staff, residents, and where to find them in other demos."""

from app.demo.places import demo_id, found_organizations, organization_id
from app.demo.residents import move_in_residents, patient_id
from app.demo.staff import LOGINS, PASSWORD, hire_staff, practitioner_id
from app.settings import Settings

__all__ = [
    "LOGINS",
    "PASSWORD",
    "create",
    "demo_id",
    "found_organizations",
    "hire_staff",
    "move_in_residents",
    "organization_id",
    "patient_id",
    "practitioner_id",
]


async def create(settings: Settings) -> None:
    """Fill in the people of the county. Called once, in the transaction of the whole county."""
    await found_organizations()
    await hire_staff()
    await move_in_residents()
