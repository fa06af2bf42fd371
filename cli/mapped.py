"""Reading and choosing column maps at the counter: which map, its faults in words, a file read by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from cli.i18n import _
from ledger import column_maps
from ledger.column_maps import ColumnMap, MapFault
from ledger.commands import platforms
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Facts

F = TypeVar("F", bound=Callable[..., Any])


class MapFaults(LiuhenError):  # noqa: N818 - what the file has
    """The faults of a map, each on a line of its own."""

    def __init__(self, found: column_maps.MapFaults) -> None:
        super().__init__(
            found.code, found.what, where=found.where, remedy=found.remedy, exit=found.exit, **found.params
        )
        self._faults = found.faults
        self.data: dict[str, object] = {
            "faults": [{"line": fault.line, "what": _text(fault)} for fault in found.faults]
        }

    def lines(self) -> list[str]:
        return [
            _("line {line}: {fault}").format(line=fault.line, fault=_text(fault))
            if fault.line
            else _text(fault)
            for fault in self._faults
        ]


def _text(fault: MapFault) -> str:
    return _(fault.what).format(**fault.params)


def map_options(command: F) -> F:
    """`--map` and `--platform`."""
    for option in (
        click.option(
            "--platform", default="", help=_("Name of the platform (default: the policy's, else the map's)")
        ),
        click.option(
            "--map",
            "map_name",
            default="",
            metavar="NAME|FILE",
            help=_("Column map (default: the one of the platform, else generic); see: liuhen map list"),
        ),
    ):
        command = option(command)
    return command


def loaded(name: str) -> ColumnMap:
    """A map by name or path. Raises MapFaults with every fault in words."""
    try:
        return column_maps.load(name)
    except column_maps.MapFaults as found:
        raise MapFaults(found) from found


def chosen(facts: Facts, map_name: str, platform: str) -> tuple[ColumnMap, str]:
    """The map asked for and the name of the platform. Raises E-PLATFORM-NAME when nobody says which."""
    named = platform or platforms.platform_of(facts)
    columns = loaded(map_name or column_maps.for_platform(named))
    platform = named or columns.platform
    if not platform:
        raise LiuhenError(
            "E-PLATFORM-NAME",
            N_("Neither the policy nor the column map says which platform this is."),
            remedy=N_("Name it: --platform NAME"),
            exit=Exit.USAGE,
        )
    return columns, platform
