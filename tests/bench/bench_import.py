"""Import of 55,739 real rows into a new ledger, from CSV and from .xlsx: rows a second, as medians.

`python -m tests.bench.bench_import [RUNS]`; prints a reason and stops when the data set is absent. Measured
is the whole way: file, checks of every cell, the law, signatures, SQLite with synchronous=FULL. Beside it
stand reading and checking alone, and the bare readers (`csv`, openpyxl read-only) on the same files.
"""

from __future__ import annotations

import csv
import lzma
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import openpyxl
import xlsxwriter

from ledger.commands import lists
from ledger.importing.records import read_subjects
from tests.office import Office

SOURCE = Path(__file__).parents[3] / "shared/data/ningxia-enterprises.csv.xz"
TODAY = date(2026, 11, 21)
AIMS = {"csv": 20_000, "xlsx": 6_000}


def rate(rows: int, runs: int, work: Callable[[], object]) -> float:
    """Rows a second, the median of some runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return rows / statistics.median(times)


def write_workbook(source: Path, target: Path) -> None:
    """The same rows as text cells of a sheet."""
    with source.open(encoding="utf-8-sig", newline="") as lines, xlsxwriter.Workbook(str(target)) as book:
        sheet = book.add_worksheet("检查对象名录库")
        for number, row in enumerate(csv.reader(lines)):
            for position, text in enumerate(row):
                sheet.write_string(number, position, text)


def bare_csv(path: Path) -> None:
    """Every cell once, no more."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for _ in csv.reader(lines):
            pass


def bare_xlsx(path: Path) -> None:
    """Every cell once, no more."""
    book = openpyxl.load_workbook(path, read_only=True)
    for _ in book.worksheets[0].iter_rows(values_only=True):
        pass
    book.close()


def main(runs: int = 3) -> None:
    """Print one line for each format."""
    if not SOURCE.exists():
        print(f"import: skipped, {SOURCE.name} is not here")
        return
    with tempfile.TemporaryDirectory() as folder:
        files = {"csv": Path(folder) / "a.csv", "xlsx": Path(folder) / "a.xlsx"}
        files["csv"].write_bytes(lzma.decompress(SOURCE.read_bytes()))
        write_workbook(files["csv"], files["xlsx"])
        bare = {"csv": bare_csv, "xlsx": bare_xlsx}
        for name, path in files.items():
            sheet = read_subjects(path, today=TODAY)
            if sheet.faults:
                raise SystemExit(f"import: {len(sheet.faults)} faults in real data, first: {sheet.faults[0]}")
            whole = sheet.rows / statistics.median(import_whole(path) for _ in range(runs))
            ours = rate(sheet.rows, runs, partial(read_subjects, path, today=TODAY))
            theirs = rate(sheet.rows, 1, partial(bare[name], path))
            verdict = "ok" if whole >= AIMS[name] else "below the aim"
            print(
                f"import {name}: {whole:,.0f} rows/s into the ledger (aim {AIMS[name]:,}: {verdict}),",
                end=" ",
            )
            print(f"{sheet.rows:,} rows; reading and checking {ours:,.0f}; bare reader {theirs:,.0f}")


def import_whole(path: Path) -> float:
    """Seconds from the file to the durable entry, in a ledger of its own."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # not /tmp, which may be memory
        office = Office(Path(folder))
        start = time.perf_counter()
        sheet = read_subjects(path, today=TODAY)
        lists.import_records(
            office.book,
            office.clerk,
            "subjects",
            sheet.records,
            private=sheet.private,
            reason="建库",
            source=sheet.source_sha256,
        )
        taken = time.perf_counter() - start
        office.book.close()
    return taken


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
