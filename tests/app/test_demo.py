"""The demo county fills an empty house, once, with consultations in several states."""

from app.demo import county
from app.settings import Settings
from care.teleconsultation.models import Agreement, Consultation, Shift
from care.teleconsultation.states import Status
from people.cards.models import HealthCard
from people.matching import suspects
from people.models import Organization
from people.residents.models import Bond, BondStatus, Relation
from tests.plumbing.keys import FIELD_KEY, SECRET_KEY


async def test_the_county_is_filled_once(database, tmp_path):
    settings = Settings(demo=True, data_dir=tmp_path, secret_key=SECRET_KEY, field_key=FIELD_KEY)
    assert await county.create(settings)
    assert not await county.create(settings), "a filled county is left alone"
    assert await Agreement.all().count() == await Organization.exclude(tier="county").count()
    assert await Shift.filter(specialty="cardiology").count() > 14
    bonds = await Bond.all().values_list("relation", "status")
    assert sorted(bonds) == [
        (Relation.CHILD, BondStatus.ACTIVE),
        (Relation.PARENT, BondStatus.ACTIVE),
        (Relation.PARENT, BondStatus.PENDING),
        *[(Relation.SELF, BondStatus.ACTIVE)] * 3,
    ]
    assert await HealthCard.all().count() == 36
    assert any(pair.one.village == pair.other.village for pair in await suspects.suspects())
    states = await Consultation.all().values_list("status", flat=True)
    assert sorted(states) == [
        Status.FEEDBACK,
        Status.MATERIAL_REQUESTED,
        Status.OPINION_SIGNED,
        Status.SCHEDULED,
        Status.SUBMITTED,
    ]
