"""Rules about where drugs are had."""

from pharmacy.formulary.models import Pharmacy
from pharmacy.prescribing.models import MedicationRequest
from tests.pharmacy.formulary.conftest import new_pharmacy
from tests.pharmacy.orders.conftest import approved, shop

__all__ = ["shop"]


async def test_jianguan_xize_no_place_to_buy_is_named_for_the_patient(phone, shop):
    """监管细则: patients are not steered to a place. A prescription knows no pharmacy, and the
    phone offers every one that can serve it, whoever wrote it."""
    li = await phone("li", add="李秀英")
    await new_pharmacy("YH-T2", name="柳河药房")
    rx = await approved(li.patient_id, shop.drug)
    columns = MedicationRequest._meta.fields_map
    assert not [name for name in columns if "pharmacy" in name]
    row = await MedicationRequest.get(id=rx.id)
    every = await Pharmacy.filter(active=True)
    assert not [one for one in every if one.name in str(row.content)]
    offered = (await li.get(f"/medication-requests/{rx.id}/pharmacies")).body["items"]
    assert {one["id"] for one in offered} == {str(one.id) for one in every}
    assert not [one for one in offered if one.get("preferred") or one.get("chosen")]
