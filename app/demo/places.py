"""The organizations of 云河县, where everybody works."""

from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from people.models import Organization, Tier


def demo_id(kind: str, name: str) -> UUID:
    """The same thing has the same id in every demo county."""
    return uuid5(NAMESPACE_URL, f"https://doorstep.example/demo/{kind}/{name}")


HOSPITAL: Final = ("YH-H1", "云河县人民医院", "县医院")
CENTRES: Final = (
    ("YH-T1", "青石镇中心卫生院", "青石卫生院", "青石镇集市街 8 号"),
    ("YH-T2", "柳湾乡卫生院", "柳湾卫生院", "柳湾乡河东路 2 号"),
    ("YH-T3", "白马镇卫生院", "白马卫生院", "白马镇车站路 15 号"),
)
BUREAU: Final = ("YH-B1", "云河县卫生健康局", "县卫健局")
VILLAGES: Final = {
    "YH-T1": ("大槐树村", "石桥村", "下沟村", "杨家庄村"),
    "YH-T2": ("柳湾村", "前渡村", "后渡村", "沙河子村"),
    "YH-T3": ("白马村", "黄泥岭村", "枣林村", "双井村"),
}

REGIONS: Final = {
    "青石镇": (*VILLAGES["YH-T1"], "青石街社区"),
    "柳湾乡": (*VILLAGES["YH-T2"], "河东街社区"),
    "白马镇": (*VILLAGES["YH-T3"], "车站社区"),
    "城关街道": ("人民路社区", "政府路社区", "东关社区"),
}
"""Where demo addresses can be."""

# Fictional: a county seat in rolling country, three townships around it, villages around those.
WHERE: Final = {
    "YH-H1": (35.5120, 118.4630),
    "YH-B1": (35.5096, 118.4588),
    "YH-T1": (35.5874, 118.3615),
    "YH-T2": (35.4236, 118.5527),
    "YH-T3": (35.6011, 118.5718),
}
AROUND: Final = ((0.0183, 0.0071), (-0.0096, 0.0214), (0.0052, -0.0237), (-0.0205, -0.0118))


def where(code: str) -> tuple[float, float]:
    """Latitude and longitude of a demo house; a clinic lies near its health centre."""
    if code in WHERE:
        return WHERE[code]
    centre, _, number = code.rpartition("-V")
    latitude, longitude = WHERE[centre]
    north, east = AROUND[int(number) - 1]
    return round(latitude + north, 4), round(longitude + east, 4)


def organization_id(code: str) -> UUID:
    """The id of a demo organization."""
    return demo_id("organization", code)


async def found_organizations() -> None:
    """The county hospital, the health bureau, three health centres and twelve clinics."""
    top = [
        _organization(
            *HOSPITAL, tier=Tier.COUNTY, phone="0539-5550100", address="云河县人民路 1 号"
        ),
        _organization(*BUREAU, tier=Tier.COUNTY, phone="0539-5550001", address="云河县政府路 6 号"),
    ]
    centres = [
        _organization(
            code,
            name,
            short_name,
            tier=Tier.TOWNSHIP,
            parent=HOSPITAL[0],
            phone=f"0539-555020{number}",
            address=address,
        )
        for number, (code, name, short_name, address) in enumerate(CENTRES, 1)
    ]
    clinics = [
        _organization(
            f"{centre}-V{number}",
            f"{village}卫生室",
            f"{village}卫生室",
            tier=Tier.VILLAGE,
            parent=centre,
            phone=f"0539-55503{centre[-1]}{number}",
            address=village,
        )
        for centre, villages in VILLAGES.items()
        for number, village in enumerate(villages, 1)
    ]
    for level in (top, centres, clinics):
        await Organization.bulk_create(level)


def _organization(
    code: str,
    name: str,
    short_name: str,
    *,
    tier: Tier,
    parent: str = "",
    phone: str = "",
    address: str = "",
) -> Organization:
    latitude, longitude = where(code)
    return Organization(
        id=organization_id(code),
        code=code,
        name=name,
        short_name=short_name,
        tier=tier,
        parent_id=organization_id(parent) if parent else None,
        phone=phone,
        address=address,
        latitude=latitude,
        longitude=longitude,
        provides_care=code != BUREAU[0],
    )
