"""Tables of the formulary. FHIR: Medication, Location (a pharmacy), InventoryItem (a lot)."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from pharmacy.formulary.states import ReservationStatus


class Kind(StrEnum):
    """Which prescription form it goes on: western and patent share one, pieces have their own."""

    WESTERN = "western"
    PATENT = "patent"  # 中成药
    PIECE = "piece"  # 中药饮片
    GRANULE = "granule"  # 中药配方颗粒


class Antimicrobial(StrEnum):
    """抗菌药物分级 (抗菌药物临床应用管理办法 art. 6)."""

    NONE = "none"
    UNRESTRICTED = "unrestricted"
    RESTRICTED = "restricted"
    SPECIAL = "special"


class Controlled(StrEnum):
    """Specially managed drugs, of which none is prescribed online (诊疗办法 art. 19)."""

    NONE = "none"
    NARCOTIC = "narcotic"
    PSYCHOTROPIC_1 = "psychotropic_1"
    PSYCHOTROPIC_2 = "psychotropic_2"
    TOXIC = "toxic"
    RADIOACTIVE = "radioactive"
    PRECURSOR = "precursor"


class OnlineDelivery(StrEnum):
    """Whether it may be sent: `ask` leaves it to the pharmacist (药品网络销售禁止清单, 2022)."""

    ALLOW = "allow"
    DENY = "deny"
    ASK = "ask"


class Medication(Model):
    """One product of the formulary (药品).

    `unit` is the smallest that is counted (片, 支, 克); a pack holds `pack_size` of them and costs
    `price_fen`. One unit holds `strength_value` `strength_unit` (5 mg), which is null where a dose
    is only counted in units. `ingredients` are codes joined by "+". `trace_prefix` is the drug's
    first seven digits of a trace code. `splittable`: single units may leave the pack (拆零).
    `initials` and `pinyin` are of all its names, each joined by a space.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    code = fields.CharField(max_length=30, unique=True)
    generic_name = fields.CharField(max_length=80)
    brand_name = fields.CharField(max_length=80, default="")
    initials = fields.CharField(max_length=80, default="", db_index=True)
    pinyin = fields.CharField(max_length=255, default="")
    kind = fields.CharEnumField(Kind, max_length=10)
    form = fields.CharField(max_length=20)
    strength = fields.CharField(max_length=60)
    strength_value = fields.DecimalField(max_digits=12, decimal_places=4, null=True)
    strength_unit = fields.CharField(max_length=8, default="")
    unit = fields.CharField(max_length=8)
    pack_size = fields.IntField(default=1)
    pack_unit = fields.CharField(max_length=8)
    splittable = fields.BooleanField(default=False)
    route = fields.CharField(max_length=20)
    price_fen = fields.IntField()
    ingredients = fields.CharField(max_length=200, default="")
    prescription_only = fields.BooleanField(default=True)
    antimicrobial = fields.CharEnumField(Antimicrobial, max_length=12, default=Antimicrobial.NONE)
    controlled = fields.CharEnumField(Controlled, max_length=16, default=Controlled.NONE)
    cold_chain = fields.BooleanField(default=False)
    injection = fields.BooleanField(default=False)
    online_delivery = fields.CharEnumField(
        OnlineDelivery, max_length=5, default=OnlineDelivery.ALLOW
    )
    online_reason = fields.CharField(max_length=200, default="")
    trace_prefix = fields.CharField(max_length=7, default="", db_index=True)
    manufacturer = fields.CharField(max_length=80, default="")
    approval_number = fields.CharField(max_length=40, default="")
    storage = fields.CharField(max_length=60, default="")
    active = fields.BooleanField(default=True)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "pharmacy_medication"
        indexes = (("generic_name",), ("active", "kind"))


class PharmacyKind(StrEnum):
    """What sort of place dispenses."""

    HOSPITAL = "hospital"
    TOWNSHIP = "township"
    RETAIL = "retail"
    DECOCTION = "decoction"  # 共享中药房


class Pharmacy(Model):
    """A place of a member organization that dispenses (药房). One kind once per organization."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    organization_id: UUID
    kind = fields.CharEnumField(PharmacyKind, max_length=12)
    name = fields.CharField(max_length=60)
    address = fields.CharField(max_length=120, default="")
    phone = fields.CharField(max_length=20, default="")
    hours = fields.CharField(max_length=60, default="")
    delivers = fields.BooleanField(default=False)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "pharmacy_pharmacy"
        unique_together = (("organization_id", "kind"),)


class StockLot(Model):
    """What one pharmacy has of one lot (批号). Never negative, in units and not packs.

    `on_hand` lies on the shelf, `reserved` of it is promised to orders. `expires_on` is the last
    day on which it may be used (有效期至), to its end in Shanghai. A quarantined lot stays where it
    is and is neither promised nor given out. The database holds `0 <= reserved <= on_hand` itself.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    pharmacy: Any = fields.ForeignKeyField(
        "pharmacy.Pharmacy", related_name=False, on_delete=fields.RESTRICT
    )
    pharmacy_id: UUID
    medication: Any = fields.ForeignKeyField(
        "pharmacy.Medication", related_name=False, on_delete=fields.RESTRICT
    )
    medication_id: UUID
    lot = fields.CharField(max_length=40)
    expires_on = fields.DateField()
    on_hand = fields.IntField(default=0)
    reserved = fields.IntField(default=0)
    quarantined = fields.BooleanField(default=False)
    quarantine_reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "pharmacy_stock_lot"
        unique_together = (("pharmacy_id", "medication_id", "lot"),)
        indexes = (("pharmacy_id", "medication_id", "expires_on"), ("medication_id", "lot"))


class Reservation(Model):
    """What one order holds of one pharmacy's stock. Which lots, its moves say.

    `key` is the caller's name for it (`MedicationOrder/…`) and is used once. `lines` is what was
    asked for: units by medication.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    key = fields.CharField(max_length=120, unique=True)
    pharmacy: Any = fields.ForeignKeyField(
        "pharmacy.Pharmacy", related_name=False, on_delete=fields.RESTRICT
    )
    pharmacy_id: UUID
    status = fields.CharEnumField(ReservationStatus, max_length=8, default=ReservationStatus.HELD)
    lines: Any = fields.JSONField(default=dict)
    made_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pharmacy_reservation"
        indexes = (("pharmacy_id", "status"),)


class Move(StrEnum):
    """Why a lot's numbers changed; `rules.EFFECT` says which way."""

    RECEIVE = "receive"
    RESERVE = "reserve"
    RELEASE = "release"
    ISSUE = "issue"
    RETURN = "return"
    COUNT = "count"  # 盘点
    SCRAP = "scrap"


class StockMove(Model):
    """One change of one lot. `key` makes a repeat harmless. The sum of its moves is the lot.

    `units` is never negative, except in a count that found less. `reservation` is whose it was.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    stock_lot: Any = fields.ForeignKeyField(
        "pharmacy.StockLot", related_name="moves", on_delete=fields.RESTRICT
    )
    stock_lot_id: UUID
    reservation: Any = fields.ForeignKeyField(
        "pharmacy.Reservation", related_name="moves", null=True, on_delete=fields.RESTRICT
    )
    reservation_id: UUID | None
    kind = fields.CharEnumField(Move, max_length=8)
    units = fields.IntField()
    key = fields.CharField(max_length=120)
    reason = fields.CharField(max_length=200, default="")
    made_by = fields.UUIDField(null=True)
    made_at = fields.DatetimeField()

    class Meta:
        table = "pharmacy_stock_move"
        unique_together = (("stock_lot_id", "kind", "key"),)
        indexes = (("key",), ("stock_lot_id", "made_at"), ("reservation_id", "kind"))


class StockMinimum(Model):
    """Below how many units a pharmacy wants to be told that a drug runs low."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    pharmacy: Any = fields.ForeignKeyField(
        "pharmacy.Pharmacy", related_name=False, on_delete=fields.CASCADE
    )
    pharmacy_id: UUID
    medication: Any = fields.ForeignKeyField(
        "pharmacy.Medication", related_name=False, on_delete=fields.CASCADE
    )
    medication_id: UUID
    units = fields.IntField()

    class Meta:
        table = "pharmacy_stock_minimum"
        unique_together = (("pharmacy_id", "medication_id"),)


class MedicationChange(Model):
    """One change of one product, never changed itself: by whom, from where, what was and what is.

    `changes` is `{field: [before, after]}`. A new product has only what it became.
    """

    id = fields.BigIntField(primary_key=True)
    medication: Any = fields.ForeignKeyField(
        "pharmacy.Medication", related_name="history", on_delete=fields.RESTRICT
    )
    medication_id: UUID
    changed_at = fields.DatetimeField()
    changed_by = fields.UUIDField(null=True)
    by_name = fields.CharField(max_length=60)
    source = fields.CharField(max_length=200, default="")
    reason = fields.CharField(max_length=200, default="")
    changes: Any = fields.JSONField(default=dict)

    class Meta:
        table = "pharmacy_medication_change"
        indexes = (("medication_id", "changed_at"),)


class ImportKind(StrEnum):
    """What a file holds: products of the formulary, or goods that came in."""

    FORMULARY = "formulary"
    RECEIPT = "receipt"


class ImportFile(Model):
    """A file somebody brought: first looked at (dry run), then taken over, once.

    `digest` is the SHA-256 of its bytes. `rows` is what was read of each line that has content,
    `refused` what could not be used with line, column and reason, as of the look or, once
    imported, of the import.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    kind = fields.CharEnumField(ImportKind, max_length=10)
    pharmacy: Any = fields.ForeignKeyField(
        "pharmacy.Pharmacy", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    pharmacy_id: UUID | None
    organization_id = fields.UUIDField()
    name = fields.CharField(max_length=120)
    digest = fields.CharField(max_length=64, default="")
    encoding = fields.CharField(max_length=20)
    rows: Any = fields.JSONField(default=list)
    refused: Any = fields.JSONField(default=list)
    new = fields.IntField(default=0)
    changed = fields.IntField(default=0)
    same = fields.IntField(default=0)
    made_by = fields.UUIDField()
    by_name = fields.CharField(max_length=60)
    made_at = fields.DatetimeField()
    imported_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pharmacy_import_file"
        indexes = (("organization_id", "made_at"),)
