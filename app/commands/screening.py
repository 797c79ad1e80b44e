"""Check the screening rules before they are used: `python -m app screening check [FOLDER]`."""

import argparse
from pathlib import Path
from typing import Final

from app.settings import Settings
from pharmacy.screening import products
from pharmacy.screening.checking import faults_of
from pharmacy.screening.reading import SHIPPED, Fault, Files, read
from pharmacy.screening.rows import Substance

DEMO: Final = Path(products.__file__).parents[1] / "formulary" / "demo_drugs.csv"


def options(parser: argparse.ArgumentParser) -> None:
    """Which rules and which drugs."""
    parser.add_argument("what", choices=["check"])
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        help="own rules over the shipped ones; else SCREENING_RULES_DIR",
    )
    parser.add_argument(
        "--drugs", type=Path, default=DEMO, help="a formulary file whose ingredients are looked up"
    )


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """0 when every row is right, 1 when not; each fault with its file and line."""
    own = chosen.folder or settings.screening_rules_dir
    if own is not None and not own.is_dir():
        print(f"没有这个文件夹:{own}")
        return 1
    files = read((SHIPPED, own) if own else (SHIPPED,))
    faults = [*faults_of(files), *unknown_ingredients(files, chosen.drugs)]
    for fault in faults:
        print(fault)
    kinds = {each.file for each in files.rows}
    print(f"{len(kinds)} 个文件,{len(files.rows)} 条规则,版本 {files.version},{len(faults)} 处错误")
    return 1 if faults else 0


def unknown_ingredients(files: Files, drugs: Path) -> list[Fault]:
    """Products whose ingredients the rules do not know would go unscreened."""
    codes = {each.row.code for each in files.rows if isinstance(each.row, Substance)}
    found = []
    try:
        for line, drug in products.read(drugs):
            unknown = [each.code for each in drug.ingredients if each.code not in codes]
            if unknown or not drug.ingredients:
                text = f"“{drug.name}”的成分不在 substances.csv:{'、'.join(unknown) or '没有填'}"
                found.append(Fault(drugs.name, line, text))
    except (OSError, KeyError, ValueError) as wrong:
        found.append(Fault(drugs.name, 1, f"读不了:{wrong}"))
    return found
