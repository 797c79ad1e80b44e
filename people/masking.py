"""What people see of personal identifiers before they ask for more (domain facts §11)."""


def mask_name(name: str) -> str:
    """张**: the first character stays, and the length tells nothing."""
    return f"{name[:1]}**" if name else ""


def mask_number(number: str) -> str:
    """110***********002X: three at the front, four at the end, of longer numbers only."""
    if len(number) <= 8:
        return number[:1] + "*" * max(len(number) - 2, 0) + number[-1:] if number else ""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def mask_phone(phone: str) -> str:
    """138****1234."""
    if len(phone) < 7:
        return "*" * len(phone)
    return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"
