"""The contract that a reminder speaks for."""

from uuid import UUID

from core.errors import NotFound
from family_doctor.contracts.models import Contract
from family_doctor.queries import contract_of


async def contract_now(patient_id: UUID) -> Contract:
    """The one in force; team, house and resident are loaded. Raises NotFound: left just now."""
    found = await contract_of(patient_id)
    if found is None:
        raise NotFound("contract_not_found", "没有在签的团队。")
    await found.fetch_related("patient", "team__organization")
    return found
