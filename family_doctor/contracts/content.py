"""What both sign: fixed when it is asked for, hashed in canonical form (care.signatures)."""

from collections.abc import Sequence
from typing import Any

from care.documents.family_contract import KIND
from care.signatures.canonical import digest
from core.texts import Text
from family_doctor.contracts.models import Contract
from family_doctor.fulfilment.models import ContractItem
from family_doctor.packages.models import ServicePackage
from family_doctor.teams.models import CareTeam
from people.models import Patient

__all__ = ["KIND", "content", "fixed", "items_of"]


def content(
    row: Contract, patient: Patient, team: CareTeam, packages: Sequence[ServicePackage], text: Text
) -> dict[str, Any]:
    """The agreement as plain values. Who signs and when is in the signatures."""
    return {
        "number": row.number,
        "patient": {"id": str(patient.id), "name": patient.name},
        "team": {
            "id": str(team.id),
            "name": team.name,
            "organization": team.organization.name,
            "phone": team.phone,
        },
        "packages": [_package(package) for package in packages],
        "years": row.years,
        "price_fen": row.price_fen,
        "insurer_fen": row.insurer_fen,
        "text": {"title": text.title, "version": text.version, "sha256": text.sha256},
    }


def _package(row: ServicePackage) -> dict[str, Any]:
    items = sorted(row.items, key=lambda one: one.code)
    return {
        "code": row.code,
        "name": row.name,
        "group": row.group.value,
        "price_fen": row.price_fen,
        "insurer_fen": row.insurer_fen,
        "items": [
            {
                "code": item.code,
                "name": item.name,
                "times": item.times,
                "mode": item.mode.value,
                "who": item.who.value,
                **({"fulfilled_by": item.fulfilled_by.value} if item.fulfilled_by else {}),
            }
            for item in items
        ],
    }


def fixed(found: dict[str, Any]) -> dict[str, Any]:
    """The columns that keep it."""
    return {"content": found, "content_sha256": digest(found)}


def items_of(row: Contract) -> list[ContractItem]:
    """The items of a contract's content as rows, not yet saved."""
    promised = [(package, item) for package in row.content["packages"] for item in package["items"]]
    return [
        ContractItem(
            contract_id=row.id,
            position=number,
            package_code=package["code"],
            group=package["group"],
            **item,
        )
        for number, (package, item) in enumerate(promised)
    ]
