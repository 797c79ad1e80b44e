"""The paper of a passed prescription, and what anybody with its code may know."""

import re
from uuid import uuid4

import pytest

from care.documents import fates
from care.documents.codes import code_of
from care.documents.models import ArchivedDocument
from care.documents.prescription import KIND
from care.signatures.service import sign as put_signature
from core.audit import SYSTEM
from core.drafts import BaseIn
from pharmacy.prescribing import service
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.prescribing.sheet import GONE
from pharmacy.prescribing.states import Status
from pharmacy.prescribing.steps import move
from tests.pharmacy.prescribing.conftest import checked, drug, line, written
from tests.plumbing.actors import actor


async def passed(visit, words=None, category=Category.WESTERN):
    """A prescription that pharmacist1 let pass."""
    words = words or written(line(await drug(), days="28"), long_term="1", stable="1")
    row = await service.sign(
        await actor("county1"), visit[2], category, words, BaseIn(), check=checked()
    )
    signature = await put_signature(
        await actor("pharmacist1"),
        kind="Review",
        document_id=uuid4(),
        version=1,
        content={"prescription": str(row.id)},
    )
    return await move(
        SYSTEM,
        row,
        "approve",
        review_signature_id=signature.id,
        reviewed_by=signature.practitioner_id,
        reviewed_at=signature.signed_at,
    )


async def test_an_unreviewed_one_has_no_paper(visit, desk):
    row = await service.sign(
        await actor("county1"),
        visit[2],
        Category.WESTERN,
        written(line(await drug())),
        BaseIn(),
        check=checked(),
    )
    answer = await desk.post(f"/prescriptions/{row.id}/paper")
    assert answer.status == 409
    assert (await desk.get(f"/prescriptions/{row.id}/paper")).status == 404


async def test_the_paper_is_printed_once_sealed_twice_and_verified_by_anybody(
    visit, desk, house, clock
):
    row = await passed(visit)
    for _ in range(2):
        opened = await desk.post(f"/prescriptions/{row.id}/paper")
        assert opened.status == 303, await opened.text()
    pdf = await (await desk.get(opened.headers["Location"])).read()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/ByteRange", pdf)) == 2, "the doctor's seal and the pharmacist's"
    assert await ArchivedDocument.all().count() == 1

    anybody = await house.visitor()
    page = await (await anybody.get(f"/verify/{code_of(KIND, row.id, 1)}")).text()
    assert "真实有效" in page
    assert "还没有用过" in page
    for secret in ("李秀英", "氨氯地平", "高血压", row.number):
        assert secret not in page
    for step, words in (("dispense", "已经使用"), ("complete", "已经使用")):
        await move(SYSTEM, await MedicationRequest.get(id=row.id), step)
        page = await (await anybody.get(f"/verify/{code_of(KIND, row.id, 1)}")).text()
        assert words in page
        assert "真实有效" not in page
    assert (await anybody.get(f"/verify/{code_of(KIND, uuid4(), 1)}")).status == 404


async def test_taken_back_or_run_out_is_told_truly(visit, desk, house, clock):
    row = await passed(visit)
    await desk.post(f"/prescriptions/{row.id}/paper")
    told = await fates.fate_of(KIND, row.id)
    assert told.usable
    clock.move(days=4)
    told = await fates.fate_of(KIND, row.id)
    assert (told.usable, told.words) == (False, GONE[Status.EXPIRED]), "before any timer ran"
    await service.cancel(await actor("county1"), row.id, "居民家里还有药")
    assert (await fates.fate_of(KIND, row.id)).words == GONE[Status.CANCELLED]
    assert await fates.fate_of("ConsultationReport", row.id) is None


@pytest.mark.parametrize("kind", ["general", "emergency"])
async def test_a_decoction_stands_on_its_paper(visit, desk, kind):
    pieces = [await drug(f"Y00{n}") for n in range(1, 9)]
    words = written(
        *(
            {"medication": str(one.id), "dose": "9", "note": "先煎" if n == 0 else ""}
            for n, one in enumerate(pieces)
        ),
        doses="3",
        way="bid",
        route="口服",
        preparation="decoct",
        tcm_disease="眩晕",
        tcm_pattern="肝阳上亢",
        urgent="1" if kind == "emergency" else "",
    )
    row = await passed(visit, words, Category.TCM)
    assert row.content["paper"] == kind
    assert (await desk.post(f"/prescriptions/{row.id}/paper")).status == 303
    pdf = await (await desk.get(f"/prescriptions/{row.id}/paper")).read()
    assert pdf.startswith(b"%PDF")
