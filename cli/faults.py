"""Faults of an import on the screen and as JSON, and the error that ends one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cli.i18n import _, language_in_use
from ledger.importing.faults import Fault, Kind
from verifier.errors import N_, Exit, LiuhenError

SHOWN = 50
"""Lines of faults or warnings shown to a person; JSON has all."""
_CHECKS = (Kind.CODE_CHECK, Kind.CODE_CHECK_TWICE, Kind.REGISTRATION_CHECK)


class ImportFaults(LiuhenError):  # noqa: N818 - what the file has
    """An input has faults and nothing was imported (exit 4). `data` joins the error's JSON."""

    def __init__(self, faults: Sequence[Fault], warnings: Sequence[Fault], where: Path | None) -> None:
        self.faults, self.warnings = tuple(faults), tuple(warnings)
        self.data: dict[str, object] = {
            "faults": [as_data(fault) for fault in faults],
            "notes": [as_data(fault) for fault in warnings],
        }
        rows = sorted({fault.row for fault in faults if fault.row})
        whole = any(not fault.row for fault in faults)
        if where is None:
            remedy = N_("Correct what you typed. {accept}")
        elif whole or not rows:
            remedy = N_("Correct the file and import it again.")
        else:
            remedy = N_(
                "Correct the file and import it again, or leave these rows out: --leave-out {rows} {accept}"
            )
        super().__init__(
            "E-IMPORT-FAULTS",
            N_("There are {count} faults; nothing was recorded."),
            where=str(where or ""),
            remedy=remedy,
            exit=Exit.UNREADABLE,
            count=len(faults),
            rows=spans(rows),
            accept=_acceptable(faults, typed=where is None),
        )

    def lines(self) -> list[str]:
        """Each fault and each note on a line, by row, the first `SHOWN` of them."""
        return told(sorted(self.faults + self.warnings, key=lambda fault: fault.row), notes=self.warnings)


def _acceptable(faults: Sequence[Fault], *, typed: bool) -> str:
    wrong = next((fault for fault in faults if fault.kind in _CHECKS), None)
    if wrong is None:
        return ""
    option = _("--accept REASON") if typed else _("--accept {code}=REASON").format(code=wrong.value)
    return _("A code that is really so on the licence: {option}").format(option=option)


def told(faults: Sequence[Fault], notes: Sequence[Fault] = ()) -> list[str]:
    """Faults as lines in the reader's language, those among `notes` marked as such. What a person typed has
    a column and no row."""
    language = "en" if language_in_use() == "en" else "zh"
    marked = {id(note) for note in notes}
    lines = []
    for fault in faults[:SHOWN]:
        line = _placed(fault, language)
        lines.append(_("Note: {text}").format(text=line) if id(fault) in marked else line)
    if len(faults) > SHOWN:
        lines.append(_("… and {count} more (all of them with --json)").format(count=len(faults) - SHOWN))
    return lines


def _placed(fault: Fault, language: str) -> str:
    if fault.kind is Kind.UNREADABLE:
        fault = replace(fault, extra={"reason": _(str(fault.params["reason"]))})
    if fault.row or not fault.column or fault.kind in (Kind.MISSING_COLUMN, Kind.TWO_COLUMNS):
        return fault.message(language)
    column = fault.column.partition(" ")[2] or fault.column
    return _("{column}: {text}").format(column=column, text=fault.message(language))


def as_data(fault: Fault) -> dict[str, object]:
    """A fault for programs: code, row (0: the file), column, value, what and remedy."""
    return {
        "code": fault.code,
        "row": fault.row,
        "column": fault.column,
        "value": fault.value,
        "what": _(fault.what).format(**fault.params),
        "remedy": _(fault.remedy).format(**fault.params),
    }


def spans(numbers: Sequence[int]) -> str:
    """Ascending numbers in the form of `--leave-out`: 3,7-9."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in found)
