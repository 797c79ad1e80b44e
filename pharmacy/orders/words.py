"""Prescriptions and orders in the resident's words: states, next steps, how a drug is taken."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from core.clock import SHANGHAI, in_words
from core.money import yuan
from pharmacy.formulary.models import Medication
from pharmacy.orders.states import OrderStatus as Status
from pharmacy.prescribing.models import Category, MedicationRequest, PrescribedLine
from pharmacy.prescribing.states import Status as Rx

WARNING: Final = "处方药须凭处方在药师指导下购买和使用。"
"""网售办法 art. 13, in its own words."""

HOW_OFTEN: Final[dict[str, str]] = {
    "qd": "每天 1 次",
    "bid": "每天 2 次,早晚各 1 次",
    "tid": "每天 3 次,早中晚各 1 次",
    "qid": "每天 4 次",
    "qm": "每天早上 1 次",
    "qn": "每天晚上睡前 1 次",
    "q12h": "每 12 小时 1 次",
    "q8h": "每 8 小时 1 次",
    "q6h": "每 6 小时 1 次",
    "qod": "隔一天 1 次",
    "qw": "每周 1 次",
    "biw": "每周 2 次",
    "tiw": "每周 3 次",
    "st": "只用 1 次",
    "prn1": "需要时用,一天最多 1 次",
    "prn2": "需要时用,一天最多 2 次",
    "prn3": "需要时用,一天最多 3 次",
}
AS_MUCH: Final = "适量"
SHARES: Final = {
    Decimal("0.25"): "四分之一",
    Decimal("0.5"): "半",
    Decimal("0.75"): "四分之三",
}

REVIEWING: Final = "reviewing"
TO_ORDER: Final = "approved"
NAMES: Final[dict[str, tuple[str, str]]] = {
    REVIEWING: ("waiting", "药师审核中"),
    TO_ORDER: ("progress", "可以取药"),
    Status.PAY_PENDING: ("waiting", "等付款"),
    Status.PAID: ("progress", "已付款"),
    Status.PREPARING: ("progress", "配药中"),
    Status.READY: ("urgent", "可以取了"),
    Status.ON_THE_WAY: ("progress", "在路上"),
    Status.BACK: ("urgent", "退回药房,等您来取"),
    Status.PICKED_UP: ("done", "已取药"),
    Status.RECEIVED: ("done", "已收到"),
    Status.UNCLAIMED: ("neutral", "没有来取"),
    Rx.REJECTED: ("danger", "药师没有通过"),
    Rx.CANCELLED: ("neutral", "医生已撤销"),
    Rx.EXPIRED: ("neutral", "处方过期"),
}
"""The state a resident sees: badge and word."""


def plain(number: Decimal) -> str:
    """0.5, 28: no trailing zeros, no exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def at_once(line: PrescribedLine, drug: Medication) -> str:
    """每次 1 片(5mg), 每次半片(2.5mg), 每次 10 ml; 适量 stays 适量."""
    if line.dose_unit == AS_MUCH:
        return "每次适量"
    asked = f"{plain(line.dose)}{line.dose_unit}"
    if line.dose_unit == line.unit:
        return f"每次{_some(line.dose, line.unit)}"
    if drug.strength_value and drug.strength_unit == line.dose_unit:
        count = (line.dose / drug.strength_value).normalize()
        if count * drug.strength_value == line.dose:
            return f"每次{_some(count, line.unit)}({asked})"
    return f"每次 {plain(line.dose)} {line.dose_unit}"


def _some(count: Decimal, unit: str) -> str:
    share = SHARES.get(count.normalize())
    return f"{share}{unit}" if share else f" {plain(count)} {unit}"


def dosage(line: PrescribedLine, drug: Medication) -> str:
    """每天 2 次,早晚各 1 次;每次 1 片(5mg);口服."""
    if not line.frequency:  # a piece: grams in one 剂, and its foot-note
        note = f"({line.note})" if line.note else ""
        return f"每剂 {plain(line.dose)} {line.dose_unit}{note}"
    often = HOW_OFTEN.get(line.frequency, line.frequency)
    days = f";用 {line.days} 天" if line.days else ""
    return f"{often};{at_once(line, drug)};{line.route}{days}"


def together(row: MedicationRequest) -> str:
    """共 7 剂;每日 1 剂,分 2 次,口服: how the herbs of one prescription are taken; else empty."""
    if row.category is not Category.TCM:
        return ""
    way = str(row.content.get("way") or "")
    return ";".join(part for part in (f"共 {row.doses} 剂" if row.doses else "", way) if part)


def how_much(line: PrescribedLine, drug: Medication) -> str:
    """4 盒(28 片), or 10 片 out of a split pack."""
    packs, rest = divmod(line.quantity, max(drug.pack_size, 1))
    if rest or not packs or drug.pack_size == 1:
        return f"{line.quantity} {line.unit}"
    return f"{packs} {drug.pack_unit}(共 {line.quantity} {line.unit})"


def until_words(valid_until: datetime) -> str:
    """今天 24:00, 明天 24:00: a day ends at 24:00 and not at 00:00 of the next."""
    local = valid_until.astimezone(SHANGHAI)
    if (local.hour, local.minute) == (0, 0):
        return in_words(valid_until - timedelta(minutes=1)).rsplit(" ", 1)[0] + " 24:00"
    return in_words(valid_until)


def money_back(fen: int, *, cash: bool, done: bool) -> str:
    """How what was paid goes back."""
    if done:
        return f"{yuan(fen)}已经退回。"
    if cash:
        return f"{yuan(fen)}请到收钱的药房领取。"
    return f"{yuan(fen)}正在原路退回,一般 1 到 3 天到账。"
