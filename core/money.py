"""Amounts: whole fen in code, yuan for people, never abbreviated."""


def yuan(fen: int) -> str:
    """15.00 元, -1,234.50 元."""
    sign, amount = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{amount // 100:,}.{amount % 100:02d} 元"


def fee(fen: int) -> str:
    """60.00 元, or 免费."""
    return yuan(fen) if fen else "免费"
