"""The daily trade bill: what WeChat says was paid and refunded, and where our books differ.

Format (交易账单, bill_type ALL): a header line, a line for each payment and refund with a
backquote before every value, a header and a line of sums. Values may hold commas, so the columns
are told apart by comma and backquote together. Amounts are yuan in the file and fen here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from core.clock import SHANGHAI

FIRST: Final = "交易时间"
SUMS: Final = "总交易单数"


class Damaged(ValueError):
    """The file is not a whole trade bill; the message says where."""


class Kind(StrEnum):
    """What a line tells of."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Line:
    """One payment or refund. `amount_fen` is what came or went; `number` is ours for it."""

    kind: Kind
    at: datetime
    transaction_id: str
    out_trade_no: str
    number: str
    amount_fen: int
    status: str


@dataclass(frozen=True, slots=True)
class Bill:
    """A day's lines, in the file's order."""

    lines: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What our books hold. `number` is out_trade_no of a payment, out_refund_no of a refund."""

    kind: Kind
    number: str
    amount_fen: int


class Fault(StrEnum):
    """missing: in our books only; unknown: in WeChat's only; amount: another one; twice: in
    WeChat's bill more than once."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    AMOUNT = "amount"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing to clear up; an amount is None on the side that knows nothing of it."""

    fault: Fault
    kind: Kind
    number: str
    ours_fen: int | None
    wechat_fen: int | None


def parse(text: str) -> Bill:
    """Read a trade bill and hold it against its own sums. Raises Damaged."""
    rows = [row for row in text.lstrip("\ufeff").splitlines() if row.strip()]
    if not rows or not rows[0].startswith(FIRST):
        raise Damaged("no header")
    end = next((i for i, row in enumerate(rows) if row.startswith(SUMS)), None)
    if end is None or end + 1 >= len(rows):
        raise Damaged("no sums: the file is cut off")
    names = rows[0].split(",")
    cells = [_cells(names, row, number) for number, row in enumerate(rows[1:end], start=2)]
    _check_sums(cells, _cells(rows[end].split(","), rows[end + 1], end + 2))
    return Bill([_line(row) for row in cells])


def _cells(names: Sequence[str], row: str, number: int) -> dict[str, str]:
    values = row.removeprefix("`").split(",`")
    if len(values) != len(names):
        raise Damaged(f"line {number} has {len(values)} columns, not {len(names)}")
    return dict(zip(names, (value.strip() for value in values), strict=True))


def _check_sums(rows: Sequence[Mapping[str, str]], sums: Mapping[str, str]) -> None:
    if sums.get(SUMS) != str(len(rows)):
        raise Damaged(f"{len(rows)} lines, but the sums count {sums.get(SUMS)}")
    for column, total in (("订单金额", "订单总金额"), ("申请退款金额", "申请退款总金额")):
        if sum(_fen(row, column) for row in rows) != _fen(sums, total):
            raise Damaged(f"{column} does not add up to {total}")


def _line(row: Mapping[str, str]) -> Line:
    refunded = row.get("交易状态") == "REFUND"
    moment = _value(row, FIRST)
    try:
        at = datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Damaged(f"{moment!r} is no time") from None
    order = _value(row, "商户订单号")
    return Line(
        kind=Kind.REFUND if refunded else Kind.PAYMENT,
        at=at,
        transaction_id=_value(row, "微信订单号"),
        out_trade_no=order,
        number=_value(row, "商户退款单号") if refunded else order,
        amount_fen=_fen(row, "申请退款金额" if refunded else "订单金额"),
        status=_value(row, "退款状态" if refunded else "交易状态"),
    )


def _value(row: Mapping[str, str], column: str) -> str:
    try:
        return row[column]
    except KeyError:
        raise Damaged(f"no column {column}") from None


def _fen(row: Mapping[str, str], column: str) -> int:
    text = _value(row, column)
    try:
        fen = Decimal(text) * 100
        whole = int(fen)
    except (InvalidOperation, ValueError, OverflowError):
        raise Damaged(f"{text!r} is no amount") from None
    if whole != fen:
        raise Damaged(f"{text!r} is no whole number of fen")
    return whole


def compare(bill: Bill, expected: Iterable[Expected]) -> list[Difference]:
    """Where bill and books differ, in the order of the books, then of the bill."""
    billed: dict[tuple[Kind, str], list[int]] = {}
    for line in bill.lines:
        billed.setdefault((line.kind, line.number), []).append(line.amount_fen)
    found = []
    for ours in expected:
        amounts = billed.pop((ours.kind, ours.number), [])
        fault = _fault(ours.amount_fen, amounts)
        if fault:
            theirs = sum(amounts) if amounts else None
            found.append(Difference(fault, ours.kind, ours.number, ours.amount_fen, theirs))
    for (kind, number), amounts in billed.items():
        found.append(Difference(Fault.UNKNOWN, kind, number, None, sum(amounts)))
    return found


def _fault(ours: int, theirs: Sequence[int]) -> Fault | None:
    if not theirs:
        return Fault.MISSING
    if len(theirs) > 1:
        return Fault.TWICE
    return Fault.AMOUNT if theirs[0] != ours else None
