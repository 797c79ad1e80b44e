"""Writing a prescription over HTTP: kept, counted, screened, filled, signed, and the doors."""

import re

import pytest

from care.record.models import AllergyCategory, AllergyIntolerance
from core import clock as time
from core.audit import SYSTEM
from people.models import Practitioner
from pharmacy.prescribing.models import MedicationRequest, PrescribedLine, PrescriptionTemplate
from pharmacy.prescribing.states import Status
from pharmacy.prescribing.steps import move
from tests.care.encounter.test_walk import waiting
from tests.pharmacy.prescribing.conftest import DIAGNOSIS, drug
from tests.plumbing.actors import actor

AUTOSAVE = {"X-Requested-With": "autosave"}
HTMX = {"HX-Request": "true"}
NOBODY = "00000000-0000-4000-8000-000000000000"


def home(visit, form=""):
    """Where the visit's prescriptions are written."""
    base = f"/prescriptions/by-subject/Encounter/{visit[2]}"
    return f"{base}/{form}" if form else base


def posted(*lines, **more):
    """What the browser sends."""
    found = {"diagnosis": DIAGNOSIS, "valid_days": "3", "revision": "0"}
    for n, one in enumerate(lines):
        found |= {f"line-{n}-{name}": value for name, value in one.items()}
    return found | more


def row(product, **more):
    """A line as the browser sends it."""
    return {
        "medication": str(product.id),
        "dose": "5",
        "dose_unit": "mg",
        "route": "口服",
        "frequency": "qd",
        "days": "7",
    } | more


def revision(page):
    """Which draft the form on this page was filled from."""
    return re.search(r'name="revision" value="([^"]*)"', page)[1]


async def refused(desk, visit, fields, form="western"):
    """The page of a signature that was refused."""
    fields["revision"] = revision(await (await desk.get(f"{home(visit)}?form={form}")).text())
    answer = await desk.post(home(visit, form), fields)
    page = await answer.text()
    assert answer.status == 422, page
    return page


async def test_amlodipine_for_four_weeks_is_searched_written_and_signed(visit, desk):
    product = await drug()
    for words in ("氨氯", "alqp", "苯磺酸"):
        found = await (await desk.get(f"{home(visit, 'western')}/medications?q={words}")).text()
        if product.initials or words != "alqp":
            assert "苯磺酸氨氯地平片" in found, words
    added = await desk.post(
        f"{home(visit, 'western')}/lines", posted(add=str(product.id)), headers=HTMX
    )
    page = await added.text()
    assert added.status == 200, page
    assert 'name="line-0-dose" type="text" value=""' in page, "nothing is written for the doctor"
    whole = posted(row(product, days="28"), long_term="1", stable="1", revision=revision(page))
    checked = await (await desk.post(f"{home(visit, 'western')}/check", whole)).text()
    assert "共 1 盒(28 片)" in checked
    assert "12.60 元" in checked
    done = await desk.post(home(visit, "western"), whole)
    assert done.status == 303, await done.text()
    assert done.headers["Location"] == f"/visits/{visit[2]}#prescription"
    found = await MedicationRequest.get()
    assert (found.status, found.long_term, found.amount_fen) == (Status.ON_HOLD, True, 1260)
    assert (await PrescribedLine.get()).quantity == 28
    panel = await (await desk.get(f"{home(visit)}/panel")).text()
    assert found.number in panel
    assert "等药师审核" in panel
    assert "我的处方" in await (await desk.get("/prescriptions")).text()


async def test_what_is_typed_is_kept_and_two_windows_never_overwrite_each_other(visit, desk):
    product = await drug()
    where = f"{home(visit, 'western')}/draft"
    first = await desk.post(where, posted(row(product), tab="one", seq="1"), headers=AUTOSAVE)
    assert (first.status, first.headers["Draft-Revision"]) == (204, "1")
    late = await desk.post(where, posted(row(product, dose="9"), tab="two"), headers=AUTOSAVE)
    assert late.status == 409
    shown = await desk.post(where, posted(row(product, dose="9"), tab="two"))
    page = await shown.text()
    assert shown.status == 422
    assert "另一个窗口保存的是这样" in page
    assert 'value="9"' in page, "nothing typed is lost"
    assert (await MedicationRequest.get()).typed["lines"][0]["dose"] == "5"


async def test_half_a_line_is_a_draft_and_no_prescription(visit, desk):
    product = await drug()
    page = await refused(desk, visit, posted(row(product, dose="", days="几天")))
    assert "请写每次用量" in page
    assert "天数要是 1 到 200 的整数" in page
    assert "几天" in page
    assert (await MedicationRequest.get()).status is Status.DRAFT


async def test_chufang_banfa_6_a_sixth_drug_is_refused_and_nothing_is_lost(visit, desk):
    lines = [row(await drug(f"W00{n}"), dose="1", dose_unit="片") for n in range(1, 7)]
    page = await refused(desk, visit, posted(*lines))
    assert "一张处方最多 5 种药,现在有 6 种" in page
    assert page.count('data-testid="rx-line"') == 6


async def test_zhenliao_banfa_19_a_controlled_drug_is_refused(visit, desk):
    strong = await drug(new="X1", controlled="psychotropic_2", generic_name="某安定片")
    page = await refused(desk, visit, posted(row(strong)))
    assert "某安定片是特殊管理的药品,不能在网上开" in page


async def test_kangjun_banfa_27_the_special_level_is_refused(visit, desk):
    special = await drug(new="X2", antimicrobial="special", generic_name="某培南")
    assert "特殊使用级抗菌药物" in await refused(desk, visit, posted(row(special)))


async def test_zhenliao_banfa_16_another_disease_is_refused(visit, desk):
    fields = posted(row(await drug()), diagnosis="E11.9 2型糖尿病")
    assert "不在这次复诊的病历和确诊资料里" in await refused(desk, visit, fields)


async def test_a_visit_without_its_verdict_carries_no_prescription(phone, desk, clock):
    li, path = await waiting(phone, "li", "李秀英")
    here = (await desk.post("/visits/next")).headers["Location"]
    await li.post(f"{path}/entry")
    one = (li, path, here.removeprefix("/visits/"))
    answer = await desk.post(f"{home(one, 'western')}/draft", posted(row(await drug())))
    assert answer.status == 422
    assert "请先判断是否符合复诊" in await answer.text()
    assert "请先判断是否符合复诊" in await (await desk.get(f"{home(one)}/panel")).text()
    assert await MedicationRequest.all().count() == 0


async def test_chufang_banfa_8_what_the_register_says_today_counts(visit, desk):
    me = await actor("county1")
    await Practitioner.filter(id=me.practitioner_id).update(licence="village_doctor")
    assert "开处方要有执业医师资格" in await refused(desk, visit, posted(row(await drug())))


async def test_jianguan_xize_the_person_is_checked_again_before_signing(visit, desk, clock):
    clock.move(minutes=16)
    page = await refused(desk, visit, posted(row(await drug())))
    assert "签名前请再输入一次密码" in page
    assert (await MedicationRequest.get()).status is Status.DRAFT
    done = await desk.post(
        home(visit, "western"),
        posted(row(await drug()), revision=revision(page), password="doorstep-demo"),
    )
    assert done.status == 303, await done.text()


async def test_beyond_the_label_asks_for_a_reason_and_a_second_signature(visit, desk):
    line = row(await drug(), over_label="难治性高血压,专家共识")
    assert "再次签名" in await refused(desk, visit, posted(line))
    page = await (await desk.get(home(visit))).text()
    done = await desk.post(
        home(visit, "western"), posted(line, signed_twice="1", revision=revision(page))
    )
    assert done.status == 303, await done.text()
    found = await MedicationRequest.get()
    assert found.second_signature_id not in (None, found.signature_id)


async def test_pieces_have_a_form_of_their_own(visit, desk):
    first, second = await drug("Y001"), await drug("Y002")
    lines = [
        row(first, dose="9", note="先煎", dose_unit="g"),
        row(second, dose="6.5", dose_unit="g"),
    ]
    page = await refused(desk, visit, posted(*lines), form="tcm")
    for sentence in ("请写付数", "请选代煎、自煎还是颗粒", "请写证型"):
        assert sentence in page
    whole = posted(
        *lines,
        doses="7",
        way="bid",
        route="口服",
        preparation="decoct",
        tcm_disease="眩晕",
        tcm_pattern="肝阳上亢",
        revision=revision(page),
    )
    done = await desk.post(home(visit, "tcm"), whole)
    assert done.status == 303, await done.text()
    found = await MedicationRequest.get()
    assert (found.doses, found.preparation.value) == (7, "decoct")
    kept = await PrescribedLine.all().order_by("rank")
    assert [(one.name, one.quantity, one.note) for one in kept] == [
        ("麻黄", 63, "先煎"),
        ("桂枝", 46, ""),
    ], "in the order of 君臣佐使, grams rounded up"
    assert "饮片" in await refused(desk, visit, posted(row(first)))


async def test_templates_and_the_last_one_give_drugs_and_no_judgement(visit, desk, house):
    product = await drug()
    whole = posted(row(product, days="28", over_label=""), long_term="1", stable="1")
    named = await desk.post(
        f"{home(visit, 'western')}/template", whole | {"template_title": "氨氯地平"}
    )
    assert named.status == 303, await named.text()
    kept = await PrescriptionTemplate.get()
    assert set(kept.content) == {"lines"}
    colleague = await house.signed_in("county2")
    assert "氨氯地平" not in await (await colleague.get("/prescription-templates")).text()
    assert (await colleague.post(f"/prescription-templates/{kept.id}/removal")).status == 404
    page = await (await desk.get(home(visit))).text()
    await desk.post(f"{home(visit, 'western')}/discard", posted(revision=revision(page)))
    page = await (await desk.get(home(visit))).text()
    filled = await desk.post(
        f"{home(visit, 'western')}/fill",
        posted(source=f"template:{kept.id}", revision=revision(page)),
    )
    assert filled.status == 303, await filled.text()
    draft = await MedicationRequest.get(status=Status.DRAFT)
    assert draft.typed["lines"][0]["days"] == "28"
    assert "stable" not in draft.typed


async def test_a_returned_one_is_confirmed_or_rewritten_on_its_page(visit, desk):
    product = await drug()
    assert (await desk.post(home(visit, "western"), posted(row(product)))).status == 303
    found = await move(SYSTEM, await MedicationRequest.get(), "return")
    own = f"/prescriptions/{found.id}"
    assert "药师退回了这张处方" in await (await desk.get(own)).text()
    short = await desk.post(f"{own}/confirmation", {"reason": "好"})
    assert short.status == 422
    opened = await desk.post(f"{own}/rewrite")
    assert opened.status == 303
    page = await (await desk.get(opened.headers["Location"])).text()
    assert f"改写 {found.number}" in page
    done = await desk.post(
        home(visit, "western"), posted(row(product, days="5"), revision=revision(page))
    )
    assert done.status == 303, await done.text()
    assert (await MedicationRequest.get(id=found.id)).status is Status.REPLACED
    second = await MedicationRequest.get(version=2)
    gone = await desk.post(f"/prescriptions/{second.id}/cancellation", {"reason": "居民家里有药"})
    assert gone.status == 303
    assert "已作废" in await (await desk.get(f"/prescriptions/{second.id}")).text()


async def test_a_stranger_finds_no_door(visit, desk, house):
    await desk.post(home(visit, "western"), posted(row(await drug())))
    found = await MedicationRequest.get()
    own = f"/prescriptions/{found.id}"
    other = await house.signed_in("county4")
    for path in (home(visit), f"{home(visit)}/panel", f"/prescriptions/{NOBODY}"):
        assert (await other.get(path)).status == 404, path
    assert (await other.get(own)).status == 200, "a colleague of the house that keeps the record"
    assert (await (await house.signed_in("village2")).get(own)).status == 404
    for path in (
        home(visit, "western"),
        *(f"{home(visit, 'western')}/{act}" for act in ("draft", "lines", "check", "fill")),
        *(f"{home(visit, 'western')}/{act}" for act in ("template", "discard")),
    ):
        answer = await other.post(path, posted(row(await drug()), add=NOBODY))
        assert answer.status == 404, path
    for act in ("confirmation", "rewrite", "cancellation"):
        answer = await other.post(f"{own}/{act}", {"reason": "不是我的病人"})
        assert answer.status == 404, act
    nurse = await house.signed_in("nurse1")
    assert (await nurse.get(home(visit))).status == 403


@pytest.mark.parametrize("evil", ["\0", "<script>", "9" * 500, "-1", "1e3", "NaN", "0.00001"])
async def test_bad_input_is_told_in_words(visit, desk, evil):
    product = await drug()
    page = await (await desk.get(home(visit))).text()
    answer = await desk.post(
        home(visit, "western"), posted(row(product, dose=evil), revision=revision(page))
    )
    assert answer.status in (400, 422)


async def allergic_to(patient_id, substance):
    """An allergy in the record."""
    doctor = await actor("county1")
    await AllergyIntolerance.create(
        patient_id=patient_id,
        category=AllergyCategory.MEDICATION,
        substance=substance,
        recorded_at=time.now(),
        recorder_id=doctor.practitioner_id,
        recorder_name=doctor.name,
        organization_id=doctor.organization_id,
        organization_name=doctor.organization_name,
    )


async def test_an_allergy_of_the_record_stands_in_the_way_of_the_signature(visit, desk):
    await allergic_to(visit[0].patient_id, "青霉素")
    line = row(await drug("W120"), dose="0.5", dose_unit="g", frequency="tid")
    page = await refused(desk, visit, posted(line))
    assert "青霉素" in page
    assert "过敏" in page
    assert (await MedicationRequest.get()).status is Status.DRAFT


async def test_shenhe_guifan_a_severe_finding_is_signed_only_with_its_reason(visit, desk):
    await allergic_to(visit[0].patient_id, "氨氯地平")
    line = row(await drug())
    page = await refused(desk, visit, posted(line))
    name = re.search(r'name="(override-[^"]+)"', page)[1]
    assert "请写明理由" in page
    short = posted(line, **{name: "行"})
    assert "请写明理由" in await refused(desk, visit, short)
    page = await (await desk.get(home(visit))).text()
    why = "居民说的是牙龈肿,停药后再用无反应"
    done = await desk.post(
        home(visit, "western"), posted(line, **{name: why}, revision=revision(page))
    )
    assert done.status == 303, await done.text()
    found = await MedicationRequest.get()
    assert found.overrides == {name.removeprefix("override-"): why}
    assert found.screening["findings"][0]["severity"] == "severe"
    assert why in await (await desk.get(f"/prescriptions/{found.id}")).text()


async def test_each_severe_finding_of_one_rule_wants_its_own_reason(visit, desk):
    lines = [row(await drug(code), dose="1", dose_unit="片") for code in ("W001", "W003", "W005")]
    page = await refused(desk, visit, posted(*lines))
    names = re.findall(r'<input class="input" id="[^"]*" name="(override-[^"]+)"', page)
    assert len(names) == len(set(names)) >= 3
    answers = {name: f"理由第 {n} 条" for n, name in enumerate(names)}
    page = await (await desk.get(home(visit))).text()
    done = await desk.post(
        home(visit, "western"), posted(*lines, **answers, revision=revision(page))
    )
    assert done.status == 303, await done.text()
    kept = "".join((await MedicationRequest.get()).overrides.values())
    assert all(why in kept for why in answers.values())
