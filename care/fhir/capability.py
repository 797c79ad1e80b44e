"""What this interface can do, for those who connect to it."""

from typing import Final

from care.fhir.resources.parts import Resource
from people.partners.models import Scope

VERSION: Final = "4.0.1"
PUBLISHED: Final = "2026-11-22"
SECURITY: Final = (
    "Authorization: Bearer 令牌,由县级平台管理员发放,按机构、资源类型和期限限定。"
    "每次读取都记入审计,居民可以看到。"
)


NARROWING: Final[tuple[Resource, ...]] = (
    {"name": "category", "type": "token"},
    {"name": "code", "type": "token", "documentation": "LOINC,几个用逗号隔开"},
    {"name": "date", "type": "date", "documentation": "可写两次,例如 ge2026-01-01 和 lt2026-07-01"},
)


def statement(base: str) -> Resource:
    """The CapabilityStatement."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": PUBLISHED,
        "kind": "instance",
        "software": {"name": "Doorstep"},
        "implementation": {"description": "县域共享健康档案(只读)", "url": base},
        "fhirVersion": VERSION,
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": SECURITY},
                "resource": [_patient(), *(_kind(one) for one in Scope if one != Scope.PATIENT)],
            }
        ],
    }


def _patient() -> Resource:
    return {
        "type": "Patient",
        "interaction": _interactions(),
        "searchParam": [
            {"name": "_id", "type": "token"},
            {
                "name": "identifier",
                "type": "token",
                "documentation": "只用 POST Patient/_search:证件号不写进地址。",
            },
        ],
    }


def _kind(kind: Scope) -> Resource:
    return {
        "type": kind.value,
        "interaction": _interactions(),
        "searchParam": [
            {"name": "patient", "type": "reference", "documentation": "必填"},
            *(NARROWING if kind in (Scope.OBSERVATION, Scope.REPORT) else ()),
        ],
    }


def _interactions() -> list[Resource]:
    return [{"code": "read"}, {"code": "search-type"}]
