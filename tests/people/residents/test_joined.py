"""An account's patient whose record is joined with another one."""

from people.matching import service as matching
from people.residents import access, family
from people.residents.models import Scope
from tests.people.conftest import actor
from tests.people.residents.conftest import entry


async def test_the_bond_leads_to_the_survivor_until_they_part(account, resident):
    wang = await account("wang")
    card = await family.add_patient(wang, entry())
    other = await resident(number="", clinic="YH-T2-V1")
    link = await matching.merge(await actor("admin1"), other.id, card.id, "本人来核对过")
    for patient_id in (card.id, other.id):
        opened = await access.open_own(wang, patient_id, Scope.VIEW, purpose="look")
        assert (opened.id, opened.managing_organization.id) == (
            other.id,
            other.managing_organization_id,
        )
    assert await access.own_patient_ids(wang, Scope.VIEW) == {card.id, other.id}
    await matching.unmerge(await actor("admin1"), link.id, "看错了人")
    assert await access.own_patient_ids(wang, Scope.VIEW) == {card.id}
    opened = await access.open_own(wang, card.id, Scope.VIEW, purpose="look")
    assert opened.id == card.id
