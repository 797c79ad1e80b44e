"""Which drugs may be carried, and how; the address book; the order on the phone."""

from uuid import uuid4

import pytest

from app.demo import people as demo
from pharmacy.formulary.models import Controlled, Kind, OnlineDelivery, Pharmacy
from pharmacy.orders.models import MedicationOrder, Way
from pharmacy.orders.ways import Good, House, why_not
from tests.pharmacy.orders.conftest import approved, sound
from tests.pharmacy.orders.test_walk import paid

CARRIES = House(carries=True)
OWN = House(carries=True, own_driver=True)
PLAIN = Good(name="苯磺酸氨氯地平片")


@pytest.mark.parametrize("controlled", [one for one in Controlled if one is not Controlled.NONE])
def test_wangshou_banfa_8_narcotic_psychotropic_toxic_are_never_carried(controlled):
    """网售办法 art. 8 and the list's first part (2022); 诊疗办法 art. 19."""
    goods = [PLAIN, Good(name="x", controlled=controlled, online=OnlineDelivery.ALLOW)]
    for way in (Way.VILLAGE, Way.DOOR):
        assert "不能寄送" in why_not(way, goods, OWN).sentence
    assert why_not(Way.PICK_UP, goods, OWN) is None


def test_the_list_of_2022_granules_and_what_it_names_wait_for_the_pharmacist():
    """药品网络销售禁止清单(第一版): whether it binds a hospital's own delivery is local (§2.6), so
    `ask` is not carried until a pharmacist has allowed it."""
    granule = Good(name="配方颗粒", kind=Kind.GRANULE, online=OnlineDelivery.ASK)
    assert "配方颗粒" in why_not(Way.DOOR, [granule], CARRIES).sentence
    named = Good(name="华法林钠片", online=OnlineDelivery.ASK)
    assert why_not(Way.VILLAGE, [PLAIN, named], CARRIES).code == "not_this_way"
    allowed = Good(name="华法林钠片", online=OnlineDelivery.ALLOW)
    assert why_not(Way.VILLAGE, [PLAIN, allowed], CARRIES) is None
    denied = Good(name="x", online=OnlineDelivery.DENY)
    assert why_not(Way.DOOR, [denied], CARRIES) is not None


def test_gsp_cold_annex_cold_drugs_go_with_the_own_driver_or_are_fetched():
    """GSP 冷藏、冷冻药品的储存与运输管理: validated box and logger (domain facts §12)."""
    cold = Good(name="门冬胰岛素注射液", cold=True)
    assert "冷藏" in why_not(Way.DOOR, [cold], CARRIES).sentence
    assert why_not(Way.DOOR, [cold], OWN) is None
    assert why_not(Way.PICK_UP, [cold], CARRIES) is None


def test_a_pharmacy_that_does_not_carry_says_so():
    alone = House(carries=True, courier=False)
    assert "不能送到家" in why_not(Way.DOOR, [PLAIN], alone).sentence
    assert why_not(Way.VILLAGE, [PLAIN], alone) is None
    assert "不送药" in why_not(Way.DOOR, [PLAIN], House(carries=False)).sentence


ADDRESS = {
    "name": "李秀英",
    "phone": "13800000001",
    "township": "青石镇",
    "village": "大槐树村",
    "detail": "东头第三家",
}


async def test_the_address_book_is_the_account_s_own(phone, house):
    li, zhang = await phone("li", add="李秀英"), await phone("zhang", add="张建国")
    mine = ADDRESS | {"patient_id": li.patient_id}
    found = {one["township"]: one["villages"] for one in (await li.get("/regions")).body["items"]}
    assert "大槐树村" in found["青石镇"]
    first = await li.post("/addresses", mine)
    assert (first.status, first.body["is_default"]) == (201, True)
    assert first.body["text"] == "青石镇 大槐树村 东头第三家"
    second = (await li.post("/addresses", mine | {"detail": "村西头", "is_default": True})).body
    listed = (await li.get("/addresses")).body["items"]
    assert [(one["id"], one["is_default"]) for one in listed] == [
        (second["id"], True),
        (first.body["id"], False),
    ]
    for wrong, field in (
        ({"phone": "123"}, "phone"),
        ({"village": "月亮村"}, "village"),
        ({"township": "火星镇"}, "township"),
        ({"detail": ""}, "detail"),
    ):
        refused = await li.post("/addresses", mine | wrong)
        assert (refused.status, refused.fields) == (422, {field}), refused.body
    assert (await li.post("/addresses", mine | {"patient_id": zhang.patient_id})).status == 404
    one = f"/addresses/{second['id']}"
    assert (await zhang.put(one, ADDRESS | {"patient_id": zhang.patient_id})).status == 404
    assert (await zhang.delete(one)).status == (await zhang.delete(f"/addresses/{uuid4()}")).status
    assert (await zhang.get("/addresses")).body["items"] == []
    assert (await li.put(one, mine | {"detail": "村北头"})).body["detail"] == "村北头"
    for number in range(8):
        assert (await li.post("/addresses", mine | {"detail": f"{number} 组"})).status == 201
    full = await li.post("/addresses", mine)
    assert (full.status, full.code) == (409, "too_many_addresses")
    assert (await li.delete(one)).status == 204
    assert len((await li.get("/addresses")).body["items"]) == 9


async def test_ways_with_their_prices_and_an_order_to_the_door(phone, shop):
    li = await phone("li", add="李秀英")
    rx = await approved(li.patient_id, shop.drug)
    path = f"/medication-requests/{rx.id}"
    shut = {one["way"]: one for one in (await li.get(f"{path}/ways")).body["items"]}
    assert (shut["door"]["open"], shut["pick_up"]["open"]) == (False, True)
    await Pharmacy.filter(id=shop.id).update(delivers=True)
    found = (await li.get(f"{path}/ways")).body
    open_ = {one["way"]: one for one in found["items"]}
    assert "送到时不再收钱" in found["note"]
    assert [open_[way]["amount_fen"] for way in ("pick_up", "village", "door")] == [
        2450,
        2450,
        3250,
    ]
    assert open_["door"]["pharmacies"] == [{"id": str(shop.id), "name": "门诊药房"}]
    clinics = (await li.get(f"{path}/clinics")).body["items"]
    assert len(clinics) == 12

    where = (await li.post("/addresses", ADDRESS | {"patient_id": li.patient_id})).body
    body = {"pharmacy_id": str(shop.id), "way": "door"}
    lacking = await li.post(f"{path}/order", body)
    assert (lacking.status, lacking.fields) == (422, {"address_id"})
    unknown = await li.post(f"{path}/order", body | {"address_id": str(uuid4())})
    assert unknown.status == 404
    zhang = await phone("zhang", add="张建国")
    theirs = (await zhang.post("/addresses", ADDRESS | {"patient_id": zhang.patient_id})).body
    stolen = await li.post(f"{path}/order", body | {"address_id": theirs["id"]})
    assert (stolen.status, stolen.code) == (unknown.status, unknown.code)
    nowhere = {"way": "village", "clinic_id": str(demo.organization_id("YH-H1"))}
    assert (await li.post(f"{path}/order", body | nowhere)).code == "not_this_way"

    ordered = await li.post(f"{path}/order", body | {"address_id": where["id"]})
    order = ordered.body["order"]
    assert (order["delivery_fen"], order["amount_fen"]) == (800, 3250)
    carried = order["carried"]
    assert (carried["to_name"], carried["to_phone_masked"]) == ("李**", "138****0001")
    assert carried["to_place"] == "青石镇 大槐树村 东头第三家"
    await li.delete(f"/addresses/{where['id']}")
    assert (await MedicationOrder.get()).address == "青石镇 大槐树村 东头第三家"
    other = await li.post(f"{path}/order", {"pharmacy_id": str(shop.id)})
    assert (other.status, other.code) == (409, "ordered_elsewhere")
    await paid(li, rx)
    early = await li.post(f"{path}/trouble", {"kind": "missing"})
    assert (early.status, early.code) == (409, "nothing_to_report")
    await sound()
