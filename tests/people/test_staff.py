"""Administrators look after accounts, and cannot lock themselves or everybody out."""

import re
from uuid import uuid4

import pytest

from app.commands import create_staff
from app.demo import people as demo
from core.audit import SYSTEM, AuditEvent
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.outbox import OutboxEntry
from people import staff as administration
from people.actor import Role
from people.models import Account, Licence, Organization, Practitioner
from people.staff import NewStaff, role_objection

NEW = {
    "username": "County9",
    "name": "林晓",
    "title": "主治医师",
    "licence": "physician",
    "licence_number": "137000000001",
    "specialty": "neurology",
    "roles": "specialist",
}


def form(**changes):
    return {**NEW, "organization_id": str(demo.organization_id("YH-H1")), **changes}


async def test_a_new_colleague_gets_in_with_a_temporary_password_and_replaces_it(house):
    admin = await house.signed_in("admin1")
    page = await admin.post("/staff", form())
    text = await page.text()
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    password = re.search(r'temporary-password">([^<]+)<', text).group(1)
    account = await Account.get(username="county9")
    assert password not in account.password_hash
    assert await AuditEvent.filter(action="create_staff", subject=f"Account/{account.id}").exists()

    visitor = await house.visitor()
    answer = await visitor.sign_in("county9", password)
    assert answer.headers["Location"] == "/password"
    assert (await visitor.get("/patients")).headers["Location"] == "/password"
    change = {"current": password, "new": "apple-tree-42", "again": "apple-tree-42"}
    assert (await visitor.post("/password", change)).status == 303
    assert (await visitor.get("/patients")).status == 200


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"username": "1x"}, "格式不对"),
        ({"name": "张3"}, "请按证件填写姓名"),
        ({"licence": "nurse"}, "需要的执业类别是:执业医师"),
        ({"licence_number": ""}, "请填执业证书编号"),
        ({"specialty": ""}, "专科医生请选专科"),
        ({"specialty": "astrology"}, "请从列表里选一项"),
        ({"organization_id": str(uuid4())}, "请从列表里选一项"),
        ({"roles": ""}, "请至少选一项"),
    ],
)
async def test_what_is_wrong_with_a_new_account_is_named(house, change, sentence):
    admin = await house.signed_in("admin1")
    before = await Account.all().count()
    answer = await admin.post("/staff", form(**change))
    assert answer.status == 422
    assert sentence in await answer.text()
    assert await Account.all().count() == before


async def test_a_user_name_belongs_to_one(house):
    admin = await house.signed_in("admin1")
    answer = await admin.post("/staff", form(username="Village1"))
    assert answer.status == 409
    assert "已经有人用了" in await answer.text()
    assert await Practitioner.filter(name="林晓").count() == 0


async def test_a_reset_password_ends_sessions_and_lifts_the_lock(house, clock):
    locked = await house.visitor()
    for _ in range(5):
        await locked.sign_in("village1", "wrong")
    working, admin = await house.signed_in("village1"), await house.signed_in("admin1")
    account = await Account.get(username="village1")
    page = await (await admin.post(f"/staff/{account.id}/password-reset")).text()
    password = re.search(r'temporary-password">([^<]+)<', page).group(1)
    assert (await working.get("/patients")).status == 303
    assert (await locked.sign_in("village1", password)).headers["Location"] == "/password"


async def test_whoever_leaves_is_signed_out_and_may_come_back(house):
    working, admin = await house.signed_in("village1"), await house.signed_in("admin1")
    account = await Account.get(username="village1").select_related("practitioner")
    assert (await admin.post(f"/staff/{account.id}/deactivation")).status == 303
    assert (await working.get("/patients")).status == 303
    assert (await (await house.visitor()).sign_in("village1")).status == 422
    assert not (await Practitioner.get(id=account.practitioner_id)).active
    assert await OutboxEntry.filter(name="people.AccountClosed").count() == 1
    page = await (await admin.get(f"/staff/{account.id}")).text()
    assert "恢复账号" in page
    await admin.post(f"/staff/{account.id}/activation")
    assert (await (await house.visitor()).sign_in("village1")).status == 303


async def test_a_lost_phone_is_forgotten(house):
    account = await Account.get(username="village1")
    account.totp_secret = "JBSWY3DPEHPK3PXP"
    await account.save()
    admin = await house.signed_in("admin1")
    assert (await admin.post(f"/staff/{account.id}/second-factor-reset")).status == 303
    assert (await Account.get(username="village1")).totp_secret is None


async def test_roles_count_from_the_next_page(house):
    working, admin = await house.signed_in("nurse1"), await house.signed_in("admin1")
    account = await Account.get(username="nurse1")
    answer = await admin.post(f"/staff/{account.id}/roles", {"roles": "specialist"})
    assert answer.status == 422
    answer = await admin.post(f"/staff/{account.id}/roles", {"roles": "scheduler"})
    assert answer.status == 303
    assert (await working.get("/patients")).status == 403


async def test_nobody_closes_the_last_door_behind_them(staff):
    admin = await staff("admin1")
    with pytest.raises(Conflict, match="不能停用自己"):
        await administration.deactivate(admin, admin.account_id)
    for attempt in (
        administration.deactivate(SYSTEM, admin.account_id),
        administration.change_roles(SYSTEM, admin.account_id, [Role.SCHEDULER]),
    ):
        with pytest.raises(Conflict, match="最后一位系统管理员"):
            await attempt
    with pytest.raises(Invalid):
        await administration.change_roles(SYSTEM, admin.account_id, [Role.ADMIN, Role.SUPERVISOR])


@pytest.mark.parametrize("username", ["village1", "county1", "supervisor1"])
async def test_only_administrators_administer(staff, username):
    person, target = await staff(username), (await Account.get(username="nurse1")).id
    entry = NewStaff.model_validate(form(roles=["specialist"]))
    for attempt in (
        administration.create_staff(person, entry),
        administration.change_roles(person, target, [Role.NURSE]),
        administration.reset_password(person, target),
        administration.reset_second_factor(person, target),
        administration.deactivate(person, target),
        administration.activate(person, target),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_an_account_that_is_not_there(staff):
    admin = await staff("admin1")
    with pytest.raises(NotFound):
        await administration.deactivate(admin, uuid4())


@pytest.mark.parametrize(
    ("role", "licence", "fits"),
    [
        (Role.VILLAGE_DOCTOR, Licence.VILLAGE_DOCTOR, True),
        (Role.VILLAGE_DOCTOR, Licence.NURSE, False),
        (Role.TOWNSHIP_DOCTOR, Licence.ASSISTANT_PHYSICIAN, True),
        (Role.SPECIALIST, Licence.ASSISTANT_PHYSICIAN, False),
        (Role.PHARMACIST, Licence.PHARMACIST, True),
        (Role.PHARMACIST, Licence.PHYSICIAN, False),
        (Role.NURSE, Licence.NURSE, True),
        (Role.ADMIN, Licence.NONE, True),
    ],
)
def test_roles_need_their_licence(role, licence, fits):
    assert (role_objection([role], licence) == "") is fits


async def test_the_first_administrator_comes_from_the_command_line(database, capsys):
    import argparse

    parser = argparse.ArgumentParser()
    create_staff.options(parser)
    words = ["boss1", "--name", "谢斌", "--organization", "H1", "--role", "admin"]
    chosen = parser.parse_args(words)
    assert await create_staff.create(chosen) == 1
    assert "there is no organization H1" in capsys.readouterr().err
    chosen = parser.parse_args([*words, "--organization-name", "县医院", "--tier", "county"])
    assert await create_staff.create(chosen) == 0
    assert "temporary password" in capsys.readouterr().out
    account = await Account.get(username="boss1")
    assert account.must_change_password
    assert (await Organization.get()).code == "H1"
    assert await create_staff.create(chosen) == 1
    assert "已经有人用了" in capsys.readouterr().err
    assert (await AuditEvent.get(action="create_staff")).account_name == "系统"
