"""Tokens for partners' systems, by hand: the secret is said once, mistakes are said in words."""

import argparse

import pytest

from app.commands import partner
from app.demo import people as demo
from core.audit import AuditEvent
from people.partners import tokens
from people.partners.models import Partner


@pytest.fixture
async def command(database, capsys):
    """`await command("list")`: the exit status and what was said."""
    await demo.found_organizations()
    parser = argparse.ArgumentParser()
    partner.options(parser)

    async def run(*arguments):
        status = await partner.act(parser.parse_args(arguments))
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


async def test_a_token_is_given_listed_and_taken_back(command):
    scopes = ("--scope", "Condition", "--scope", "Patient", "--scope", "Patient")
    status, said = await command("issue", "县医院HIS", "--organization", "YH-H1", *scopes)
    assert status == 0
    token = said.rsplit(" ", 1)[1].strip()
    row = await Partner.get()
    assert (row.name, row.scopes) == ("县医院HIS", "Patient,Condition")
    assert (await tokens.partner_by(token)).account_id == row.id
    _, listed = await command("list")
    assert "live" in listed
    assert token not in listed
    assert (await command("revoke", str(row.id), "--reason", "停用"))[0] == 0
    assert "revoked" in (await command("list"))[1]
    assert await tokens.partner_by(token) is None
    actions = await AuditEvent.all().order_by("at").values_list("action", flat=True)
    assert actions == ["partner.issue", "partner.revoke"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--organization", "YH-X", "--scope", "Patient"), "没有这家机构"),
        (("--organization", "YH-B1", "--scope", "Patient"), "不看病"),
        (("--organization", "YH-H1", "--scope", "Patient", "--days", "9999"), "days"),
    ],
)
async def test_what_is_wrong_is_said(command, arguments, sentence):
    status, said = await command("issue", "某系统", *arguments)
    assert (status, sentence in said) == (1, True), said
    assert not await Partner.exists()


async def test_an_unknown_token_cannot_be_taken_back(command):
    unknown = "00000000-0000-4000-8000-000000000000"
    assert (await command("revoke", unknown, "--reason", "停用"))[0] == 1
