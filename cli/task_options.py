"""How seats, strata and weights of a task are typed."""

from __future__ import annotations

import re
from typing import Any

import click

from cli.i18n import _
from ledger.importing import values
from verifier.ids import is_id
from verifier.vocabulary import FILTER_ATTRIBUTES

_SEAT = re.compile(r"([^/*×]+)(?:/([^/*×]+))?(?:[*×](\d{1,2}))?")


class Seat(click.ParamType[tuple[str, str, int]]):
    """`DEPARTMENT[/QUALIFICATION][*COUNT]`."""

    name = "seat"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str, int]:
        if isinstance(value, tuple):
            return value
        found = _SEAT.fullmatch(values.plain(str(value)))
        names = [found[1], found[2] or "-"] if found else []
        if found is None or not all(is_id(name) or name == "-" for name in names):
            self.fail(
                _("“{value}” is not of the form DEPARTMENT/QUALIFICATION*COUNT").format(value=value),
                param,
                ctx,
            )
        return names[0], names[1], int(found[3] or 1)


class Conditions(click.ParamType[tuple[str, dict[str, list[str]]]]):
    """`ID:attribute=value|value,attribute=value`."""

    name = "stratum"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, dict[str, list[str]]]:
        if isinstance(value, tuple):
            return value
        name, colon, rest = str(value).replace("：", ":").partition(":")
        conditions: dict[str, list[str]] = {}
        for part in rest.split(","):
            attribute, sign, allowed = part.partition("=")
            if not sign or attribute.strip() not in FILTER_ATTRIBUTES or not allowed.strip():
                told = _("“{value}” is not of the form ID:attribute=value|value; attributes: {attributes}")
                self.fail(told.format(value=value, attributes=", ".join(FILTER_ATTRIBUTES)), param, ctx)
            conditions[attribute.strip()] = sorted({v.strip() for v in allowed.split("|") if v.strip()})
        if not (colon and is_id(name)):
            self.fail(_("“{value}” cannot be an identifier").format(value=name), param, ctx)
        return name, conditions


class Weights(click.ParamType[tuple[tuple[str, int], ...]]):
    """`A=1,B=2,C=4,D=8`: risk class and weight."""

    name = "weights"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[tuple[str, int], ...]:
        if isinstance(value, tuple):
            return value
        found: dict[str, int] = {}
        for part in values.plain(str(value)).split(","):
            risk, _sign, weight = part.upper().partition("=")
            if risk not in "ABCD" or len(risk) != 1 or not weight.isdecimal() or risk in found:
                self.fail(_("“{value}” is not of the form A=1,B=2,C=4,D=8").format(value=value), param, ctx)
            found[risk] = int(weight)
        return tuple(sorted(found.items()))
