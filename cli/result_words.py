"""Results as typed: a code of one of the tables in use, or its word; and shown in the table asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from cli.i18n import _
from cli.words import listed, said
from ledger.result_codes import TABLES, from_g, named, to_g
from verifier.vocabulary import RESULT_CODES

codes_option = click.option(
    "--codes", type=click.Choice(tuple(TABLES)), default="g", help=_("Table of result codes (default: g)")
)


def results_typed(table: str, typed: Sequence[str]) -> list[str]:
    """Codes of table G from codes or words of a table. Raises wrong usage."""
    return to_g(table, [_code(table, one) for one in typed])


def _code(table: str, typed: str) -> str:
    code = named(table, typed)
    if code:
        return code
    told = _("“{value}” is none of: {words}").format(value=typed, words=listed(TABLES[table][1]))
    raise click.BadParameter(told, param_hint="--result")


def results_shown(table: str, codes: Iterable[str]) -> str:
    """Results in words; in another table than G its codes with their words, G's own where it has none."""
    if table == "g":
        return "、".join(said(RESULT_CODES, code) for code in codes)
    known, missing = from_g(table, codes)
    words = TABLES[table][1]
    told = [f"{code} {words[code]}" for code in known] + [f"({said(RESULT_CODES, code)})" for code in missing]
    return "、".join(told)
