"""The demo county's formulary and shelves."""

import pytest

from app.demo import pharmacy as demo
from app.demo.places import found_organizations
from app.settings import Settings
from core.clock import today
from pharmacy.formulary import online, queries
from pharmacy.formulary.models import Kind, Medication, Pharmacy, StockLot, StockMinimum
from tests.pharmacy.formulary.conftest import sound


@pytest.fixture
async def county(database, clock):
    """Organizations and pharmacies, nobody at work."""
    await found_organizations()
    await demo.create(Settings(demo=True))


async def test_every_shelf_adds_up_and_shows_what_needs_looking_at(county):
    await sound()
    assert await Pharmacy.all().count() == 5
    assert await Medication.all().count() > 300
    assert await StockLot.filter(expires_on__lt=today()).exists()
    low = await StockMinimum.all().select_related("medication")
    assert {row.medication.code for row in low} == set(demo.SPECIAL)


async def names(words, **options):
    return [one.generic_name for one in await queries.search(words, **options)]


async def test_search_by_everything_one_may_type(county):
    assert (await names("苯磺酸氨氯地平"))[0] == "苯磺酸氨氯地平片"
    assert "苯磺酸氨氯地平片" in await names("aldp")
    assert "苯磺酸氨氯地平片" in await names("anlvdiping")
    assert await names("W001") == ["苯磺酸氨氯地平片"]
    assert await names("w001") == ["苯磺酸氨氯地平片"]
    assert await names("81000070000000000001") == ["苯磺酸氨氯地平片"], "a scanned box"
    assert await names("8100007") == ["苯磺酸氨氯地平片"]
    assert await names("麻黄", kind=Kind.PIECE) != []
    assert await names("麻黄", kind=Kind.WESTERN) == ["盐酸麻黄碱片"]
    assert await names("麻黄", kind=[Kind.PATENT, Kind.GRANULE]) == []
    assert await names("") == await names("%") == []
    (one,) = await queries.search("W001")
    await Medication.filter(id=one.id).update(active=False)
    assert await names("W001") == []
    assert await names("W001", active=None) == ["苯磺酸氨氯地平片"]


async def test_the_list_of_2022_agrees_with_what_was_written_by_hand(county):
    """药品网络销售禁止清单(第一版): the data file gives the demo's own answers, or asks."""
    found = []
    for row in await Medication.all():
        answer, _ = online.by_list(
            row.generic_name,
            row.form,
            kind=row.kind,
            controlled=row.controlled,
            injection=row.injection,
        )
        if answer is not row.online_delivery:
            found.append((row.generic_name, row.online_delivery.value, answer.value))
    assert found == [("醋酸地塞米松片", "ask", "allow")], "not on the list; the demo asks anyway"
