"""Words of closed sets as options: the code or the Chinese word, and how to show a code again."""

from __future__ import annotations

from collections.abc import Mapping

import click

from cli.i18n import _, language_in_use
from ledger.importing import values


class Word(click.ParamType[str]):
    """A word of a closed set (`code → Chinese`), typed as either; gives the code."""

    name = "word"

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = words

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        return "|".join(self.words)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        typed = values.plain(value)
        if not typed:
            return ""
        if typed.lower() in self.words:
            return typed.lower()
        for code, word in self.words.items():
            if typed == values.plain(word):
                return code
        told = _("“{value}” is none of: {words}").format(value=value, words=listed(self.words))
        raise click.BadParameter(told, ctx, param)


def listed(words: Mapping[str, str]) -> str:
    """The set for people: `code 中文、…` (codes alone in English)."""
    if language_in_use() == "en":
        return ", ".join(words)
    return "、".join(f"{code} {word}" for code, word in words.items())


def said(words: Mapping[str, str], code: object) -> str:
    """A code as the reader knows it: its Chinese word, or the code itself in English."""
    return str(code) if language_in_use() == "en" else words.get(str(code), str(code))


def chinese(words: values.Words) -> dict[str, str]:
    """`code → first word` of a set of the importer, whose words lead to codes."""
    found: dict[str, str] = {}
    for word, code in words.items():
        found.setdefault(code, word)
    return found
