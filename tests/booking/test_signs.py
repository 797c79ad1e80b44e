"""What hangs at the doors."""

from lxml import html

from booking import doors
from booking.models import ServiceType
from tests.booking.conftest import new_schedule
from tests.plumbing.house import House


async def test_a_sign_for_each_department_of_the_own_house(house: House) -> None:
    clinic = await new_schedule()
    await new_schedule("county4", place="门诊楼 2 层 205")
    await new_schedule(
        "county2", department="endocrinology", service_type=ServiceType.ONLINE, place="线上"
    )
    office = await house.signed_in("scheduler1")
    page = html.document_fromstring(await (await office.get("/outpatient/signs")).text())
    (sign,) = page.xpath("//article")
    code = doors.code_of(clinic.organization_id, clinic.department)
    assert doors.opens(sign.find_class("sign__code")[0].text, clinic)
    assert f"{code[:4]} {code[4:]}" in sign.text_content()
    assert "门诊楼 2 层 205" in sign.text_content()
    assert sign.xpath(".//*[name()='svg']")


async def test_only_the_office_prints_them(house: House) -> None:
    assert (await (await house.signed_in("village1")).get("/outpatient/signs")).status == 403
