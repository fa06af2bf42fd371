"""Print the tables of forgeries and of their honest counterparts for specs/forgeries.md."""

import sys

import tests.forgeries
from tests.forgeries.honest import GREEN, HISTORIES
from tests.forgery import FORGERIES

assert tests.forgeries.__all__


def table() -> str:
    """Both tables as documentation."""
    rows = [
        "# Forgeries and honest counterparts",
        "",
        "Each rule of `rules.toml` and a ledger or bundle forged by someone who could: with real keys,",
        "through the ledger's own codec, chained, signed, with a new head. Exactly that rule says so, there.",
        "Made from `tests/forgeries/`; `tests/verifier/test_forgeries.py` plays every row. A status",
        "`not_due` is that of a rule which lists what is open and finds no fault.",
        "",
        "| attacker | what they do | rule | status |",
        "|---|---|---|---|",
    ]
    ordered = sorted(FORGERIES, key=lambda row: (row.rule, row.deed))
    rows += [f"| {row.attacker} | {row.deed} | `{row.rule}` | {row.status} |" for row in ordered]
    rows += [
        "",
        "For each rule an honest history that asks it, at least once, and that it does not remark on.",
        "",
        "| rule | honest history |",
        "|---|---|",
    ]
    rows += [f"| `{rule}` | {HISTORIES[name].words} |" for rule, name in sorted(GREEN.items())]
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(table().encode())
