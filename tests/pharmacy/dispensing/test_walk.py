"""From the payment to the hand-over, as dispenser, second person and resident."""

from datetime import timedelta

from core.audit import AuditEvent
from pharmacy.dispensing.models import DispensePick, TraceCode, TraceReport
from pharmacy.dispensing.states import DispenseStatus as Status
from pharmacy.orders.models import MedicationOrder, OrderCash
from pharmacy.prescribing import service as prescribing
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import Status as Rx
from tests.pharmacy.dispensing.conftest import ALL_TEN, DESK, Desk, dispense_of
from tests.pharmacy.formulary.conftest import actor, new_drug, new_lot, numbers
from tests.pharmacy.orders.conftest import approved, came, sound, trace
from tests.pharmacy.orders.test_walk import cancelled_by_doctor, quiet, refunded


async def picked(here):
    """Begun, one pack scanned, given to the second person."""
    assert (await here.first.post("picking"))[0] == 303
    assert (await here.first.scan(trace(1)))[0] == 303
    assert (await here.first.post("picked"))[0] == 303


async def ready(here):
    """Checked by the second person; returns the resident's code."""
    await picked(here)
    assert (await here.second.post("check", **ALL_TEN))[0] == 303
    return (await came(here.li, here.rx.id, "ready"))["order"]["pick_up"]["code"]


async def test_picked_checked_and_handed_over_against_the_code(at_desk):
    here = await at_desk()
    desk = await (await here.first.visitor.get(DESK)).text()
    assert "李秀英" in desk
    code = await ready(here)
    assert len(code) == 8
    label = await (await here.first.visitor.get(f"{here.first.path}/label")).text()
    assert "每天早上 1 次<br>每次 1 片<br>口服" in label
    wrong = await here.first.visitor.post(f"{DESK}/pick-up", {"code": "00000001"})
    assert wrong.status == 422
    found = await here.first.visitor.post(f"{DESK}/pick-up", {"code": f"QY{code}"})
    assert (found.status, "发药" in await found.text()) == (200, True)
    early = await here.li.post(f"/medication-dispenses/{here.first.row.id}/receipt")
    assert (early.status, early.code) == (409, "not_handed_over")
    assert (await here.first.post("hand-over", code=code))[0] == 303
    body = await came(here.li, here.rx.id, "picked_up")
    assert [step["state"] for step in body["steps"]] == ["done"] * 7
    assert (await MedicationRequest.get(id=here.rx.id)).status is Rx.COMPLETED
    assert await numbers(here.shop.lot) == (72, 0)
    used = await here.first.visitor.post(f"{DESK}/pick-up", {"code": code})
    assert "已经用过" in await used.text()
    got = await here.li.post(f"/medication-dispenses/{here.first.row.id}/receipt")
    assert (got.status, got.body["status"]) == (200, "completed")
    again = await here.li.post(f"/medication-dispenses/{here.first.row.id}/receipt")
    assert again.body["received_at"] == got.body["received_at"]
    late = await here.li.post(f"/medication-requests/{here.rx.id}/order-cancellation")
    assert (late.status, late.code) == (409, "begun")
    await quiet()
    await sound()


async def test_the_wrong_drug_is_refused_loudly(at_desk):
    here = await at_desk()
    await new_drug("B1", "格列本脲片", trace_prefix="8999999", strength="2.5mg")
    await here.first.post("picking")
    status, said = await here.first.scan(trace(1, "8999999"))
    assert status == 409
    assert said.startswith(
        "扫错药了!扫到的是「格列本脲片 2.5mg」,这张处方要的是「苯磺酸氨氯地平片 5mg」"
    )
    assert await AuditEvent.exists(action="dispense.scan", outcome="refused")
    assert (await here.first.scan("6901234567892"))[0] == 422
    assert not await DispensePick.exists()


async def test_a_code_sold_before_is_refused_and_reported(at_desk):
    here = await at_desk()
    await TraceCode.create(code=trace(1), medication_id=here.shop.drug.id, pack_units=28, sold=28)
    await here.first.post("picking")
    status, said = await here.first.scan(trace(1))
    assert (status, "已经卖过" in said) == (409, True)
    report = await TraceReport.get()
    assert (report.code, report.reported_by_name) == (trace(1), "何静")
    assert trace(1) in await (await here.first.visitor.get(DESK)).text()
    await looked_into(here, report)
    assert (await here.first.scan(trace(2)))[0] == 303
    assert "刚才已经扫过" in (await here.first.scan(trace(2)))[1]


async def looked_into(here, report):
    """By a pharmacist of the house, with what was found; nobody else's to see."""
    path = f"{DESK}/reports/{report.id}/seen"
    empty = await here.first.visitor.post(path)
    assert (empty.status, "请写查到了什么" in await empty.text()) == (422, True)
    stranger = await here.house.signed_in("stock1")
    assert (await stranger.post(path, {"note": "不关我事"})).status == 403
    for note in ("上一盒录错,已和供货单位核对", "第二次点"):
        assert (await here.second.visitor.post(path, {"note": note})).status == 303
    row = await TraceReport.get()
    assert (row.seen_note, row.seen_by_name) == ("上一盒录错,已和供货单位核对", "罗伟")
    assert await AuditEvent.filter(action="trace_report.see").count() == 1
    page = await (await here.first.visitor.get(DESK)).text()
    assert "trace-reports" not in page
    assert "上一盒录错" in page


async def test_an_expired_lot_is_refused_at_every_step(at_desk, clock):
    """药品说明书和标签管理规定 art. 23: a lot that expired at midnight is not handed out."""
    here = await at_desk()
    await here.first.post("picking")
    gs1 = f"(01)08123456000017(17)261101(10)L1(21){1:05d}"
    status, said = await here.first.scan(gs1.replace("08123456000017", gtin("0812345600001")))
    assert (status, "已经过期" in said) == (409, True)
    await here.first.scan(trace(1))
    await here.first.post("picked")
    await here.second.post("check", **ALL_TEN)
    code = (await here.first.fresh()).code
    lot = here.shop.lot
    lot.expires_on = clock.moment.date()
    await lot.save(update_fields=["expires_on"])
    clock.move(days=1)
    await here.sign_in_again()
    status, said = await here.first.post("hand-over", code=code)
    assert (status, "已过期" in said) == (409, True)
    assert (await here.first.fresh()).status is Status.READY
    other = await new_lot(here.shop, here.shop.drug, 50, lot="L2")
    assert (await here.first.post("return", reason="批号过期"))[0] == 303
    pick = await DispensePick.get(undone_at=None)
    assert (await here.first.post(f"picks/{pick.id}/undo"))[0] == 303
    status, _ = await here.first.post("scan", code=trace(1), lot_id=str(other.id))
    assert status == 303
    await here.first.post("picked")
    await here.second.post("check", **ALL_TEN)
    code = (await here.first.fresh()).code
    assert (await here.first.post("hand-over", code=code))[0] == 303
    assert (await numbers(other), (await numbers(lot))[1]) == ((22, 0), 0)


async def test_a_lot_that_expired_before_picking_is_replaced_by_another(at_desk, clock):
    here = await at_desk()
    other = await new_lot(here.shop, here.shop.drug, 50, lot="L2")
    lot = here.shop.lot
    lot.expires_on = clock.moment.date() - timedelta(days=1)
    await lot.save(update_fields=["expires_on"])
    assert (await here.first.post("picking"))[0] == 303
    assert ((await numbers(lot))[1], await numbers(other)) == (0, (50, 28))


def gtin(digits):
    """With its check digit."""
    from pharmacy.dispensing.trace import check_digit

    return digits + check_digit(digits)


async def test_split_packs_never_sum_to_more_than_the_pack(at_desk):
    """拆零: one pack of 28 serves 20 units, then 8, and then nothing."""
    here = await at_desk(units=20)
    await here.first.post("picking")
    assert (await here.first.scan(trace(1)))[0] == 303
    assert (await TraceCode.get(code=trace(1))).sold == 20
    await here.first.post("picked")
    there = await at_desk(units=10, add="张建国", name="zhang")
    await there.first.post("picking")
    assert (await there.first.scan(trace(1)))[0] == 303
    assert (await TraceCode.get(code=trace(1))).sold == 28
    status, said = await there.first.post("picked")
    assert (status, said) == (409, "还差「苯磺酸氨氯地平片」2 片,请拣齐再交核对。")
    assert (await there.first.scan(trace(2)))[0] == 303
    assert (await there.first.post("picked"))[0] == 303
    await sound()


async def test_without_a_code_there_is_a_reason(at_desk):
    here = await at_desk()
    await here.first.post("picking")
    [line] = await here.rx.lines
    fields = {"line_id": str(line.id), "units": "28"}
    assert (await here.first.post("no-code", **fields))[0] == 422
    assert (await here.first.post("no-code", reason="piece", **fields))[0] == 422
    assert (await here.first.post("no-code", reason="damaged", **fields | {"units": "29"}))[
        0
    ] == 422
    assert (await here.first.post("no-code", reason="damaged", **fields))[0] == 303
    assert "码损坏" in await here.first.page()


async def test_the_second_person_checks_all_ten(at_desk):
    """处方管理办法 art. 37: 四查十对; who picks does not check."""
    here = await at_desk()
    await picked(here)
    status, said = await here.first.post("check", **ALL_TEN)
    assert (status, "另一位药师" in said) == (409, True)
    nine = {"boxes": ALL_TEN["boxes"][:9]}
    status, said = await here.second.post("check", **nine)
    assert (status, "对临床诊断" in said) == (422, True)
    assert (await here.second.post("return", reason="数量不对"))[0] == 303
    assert "数量不对" in await here.first.page()
    assert (await here.first.post("picked"))[0] == 303
    assert (await here.second.post("check", **ALL_TEN))[0] == 303


async def test_a_site_with_one_pharmacist_signs_twice(at_desk, monkeypatch):
    """处方管理办法 art. 37 as a parameter of the site."""
    from care.signatures.models import Signature
    from pharmacy.orders import policy

    here = await at_desk()
    monkeypatch.setattr(policy, "_params", policy.Params(self_check=True))
    await picked(here)
    assert (await here.first.post("check", **ALL_TEN))[0] == 303
    kinds = await Signature.filter(document_id=here.first.row.id).values_list("kind", flat=True)
    assert sorted(kinds) == ["DispenseCheck", "DispensePicking"]


async def test_the_doctor_cancels_while_it_is_being_picked(at_desk):
    here = await at_desk()
    await here.first.post("picking")
    await here.first.scan(trace(1))
    await cancelled_by_doctor(here.rx)
    await refunded(here.li, here.rx)
    assert "医生已撤销处方,请放回" in await here.first.page()
    status, said = await here.first.scan(trace(2))
    assert (status, "医生已撤销处方" in said) == (409, True)
    assert (await here.first.post("put-back"))[0] == 303
    assert (await TraceCode.get(code=trace(1))).sold == 0
    assert await numbers(here.shop.lot) == (100, 0)
    await sound()


async def test_begun_in_time_is_handed_over_after_the_prescription_s_days(at_desk, clock):
    """Domain facts §2.2: what counts is that dispensing began before the end."""
    here = await at_desk()
    await here.first.post("picking")
    clock.move(hours=16)
    await here.sign_in_again()
    await prescribing.expire(here.rx.id)
    assert (await MedicationRequest.get(id=here.rx.id)).status is Rx.DISPENSING
    await here.first.scan(trace(1))
    await here.first.post("picked")
    await here.second.post("check", **ALL_TEN)
    assert (await here.first.post("hand-over", code=(await here.first.fresh()).code))[0] == 303


async def test_not_begun_in_time_is_not_begun_at_all(at_desk, clock):
    here = await at_desk()
    clock.move(hours=16)
    await here.sign_in_again()
    status, said = await here.first.post("picking")
    assert (status, "已经过期" in said) == (409, True)


async def test_the_pharmacy_that_cannot_fill_it_gives_all_back(at_desk):
    here = await at_desk()
    await here.first.post("picking")
    assert (await here.first.post("stop", reason="盒子破损,没有第二盒"))[0] == 303
    assert (await MedicationRequest.get(id=here.rx.id)).status is Rx.ACTIVE
    await refunded(here.li, here.rx)
    again = await here.li.post(
        f"/medication-requests/{here.rx.id}/order", {"pharmacy_id": str(here.shop.id)}
    )
    assert again.status == 201


async def test_without_a_phone_by_name_and_document(at_desk):
    here = await at_desk()
    await ready(here)
    status, said = await here.first.post("hand-over", name="王五", document="0003")
    assert (status, "对不上" in said) == (422, True)
    from people.models import PatientIdentifier

    paper = await PatientIdentifier.get(patient_id=here.li.patient_id)
    fields = {"name": "李秀英", "document": paper.value[-4:]}
    assert (await here.first.post("hand-over", **fields))[0] == 303


async def test_cash_at_the_counter_and_back_for_quality_only(house, shop, phone):
    """医疗机构药事管理规定 art. 28: issued drugs come back for reasons of quality only."""
    li = await phone("li", add="李秀英")
    rx = await approved(li.patient_id, shop.drug)
    clerk = await house.signed_in("pharmacist1")
    assert (await clerk.post("/pharmacy/counter", {"number": "CF0000"})).status == 422
    answer = await clerk.post("/pharmacy/counter", {"number": rx.number.lower()})
    assert answer.status == 303
    path = answer.headers["Location"]
    assert "24.50 元" in await (await clerk.get(path)).text()
    assert (await clerk.post(f"{path}/cash")).status == 303
    assert (await clerk.post(f"{path}/cash")).status == 303
    assert await OrderCash.all().count() == 1
    first = Desk(clerk, await dispense_of(rx))
    second = Desk(await house.signed_in("pharmacist2"), first.row)
    await first.post("picking")
    await first.scan(trace(1))
    await first.post("picked")
    await second.post("check", **ALL_TEN)
    await first.post("hand-over", code=(await first.fresh()).code)
    assert (await clerk.post(f"{path}/quality", {"reason": ""})).status == 422
    assert (await clerk.post(f"{path}/quality", {"reason": "药片潮解变色"})).status == 303
    assert "要退现金" in await (await clerk.get(path)).text()
    assert (await clerk.post(f"{path}/cash-refund")).status == 303
    row = await MedicationOrder.get()
    assert (row.status, row.refund_fen) == ("refunded", 2450)
    assert (await clerk.post(f"{path}/cash-refund")).status == 409
    await quiet()
    await sound()


async def test_other_houses_and_other_posts_stay_outside(at_desk, house):
    here = await at_desk()
    from people.models import Account, Practitioner

    for name in ("village1", "county1", "scheduler1", "admin1"):
        visitor = await house.signed_in(name)
        assert (await visitor.get(here.first.path)).status == 403
        assert (await visitor.get(f"/pharmacy/orders/{here.first.row.order_id}")).status == 403
    account = await Account.get(username="pharmacist2")
    township = (await actor("township1")).organization_id
    await Practitioner.filter(id=account.practitioner_id).update(organization_id=township)
    stranger = await house.signed_in("pharmacist2")
    for path in (here.first.path, f"{here.first.path}/label"):
        assert (await stranger.get(path)).status == 404
    for what in ("picking", "scan", "no-code", "picked", "check", "return", "hand-over", "stop"):
        answer = await stranger.post(f"{here.first.path}/{what}", {"code": trace(1)})
        assert answer.status == 404, what
    for what in ("", "/cash", "/cash-refund", "/quality"):
        path = f"/pharmacy/orders/{here.first.row.order_id}{what}"
        answer = await (stranger.post(path, {"reason": "为什么"}) if what else stranger.get(path))
        assert answer.status == 404
    assert here.rx.number not in await (await stranger.get(DESK)).text()
