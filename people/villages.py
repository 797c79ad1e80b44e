"""Villages people may come from, for the suggestions of a form."""

from uuid import UUID

from people.models import Patient


async def villages_near(organization_id: UUID) -> list[str]:
    """Villages already written down at this organization, by name."""
    found = (
        await Patient.filter(managing_organization_id=organization_id)
        .exclude(village="")
        .distinct()
        .values_list("village", flat=True)
    )
    return sorted(str(village) for village in found)
