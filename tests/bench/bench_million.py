"""Import of 1,000,000 made-up rows from CSV, without and with two private columns: rows a second and memory.

`python -m tests.bench.bench_million [ROWS]`; slow, so not part of `make bench`. Measured is the whole way:
file, checks of every cell, the law, signatures, SQLite with synchronous=FULL; each in a process of its own,
so that the peak is its own. CPU is that of both processes of an import, the peak that of the one that writes.
Beside it a bare `csv` reader of the file says how busy the machine is. Aims: 50,000 rows/s without private
columns, 30,000 with two, below 200 MB.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter

from ledger.commands import lists
from ledger.importing.records import read_subjects
from tests.bench.bench_import import bare_csv
from tests.bench.bench_scale import peak
from tests.office import Office, made_up_code

ROWS = 1_000_000
AIMS = {"no private columns": 50_000, "two private columns": 30_000}
HEADER = ["企业名称", "统一社会信用代码", "住所", "所属区域", "主体类型", "成立日期", "行业标签", "登记状态"]
PRIVATE = ["法定代表人", "联系电话"]
KINDS = ("有限责任公司", "个体工商户", "农民专业合作社", "股份有限公司")
TAGS = ("粮食经营", "粮食承储", "油气管道", "粮食经营；粮食承储", "")
TOWNS = ("城关镇", "一号乡", "二号乡")
ROOT = Path(__file__).parents[2]


def made_up(count: int, private: bool) -> Iterator[list[str]]:
    """Rows in no order."""
    numbers = list(range(count))
    random.Random(1).shuffle(numbers)
    for n in numbers:
        day = f"20{10 + n % 15:02}-{1 + n % 12:02}-{1 + n % 28:02}"
        row = [
            f"示范{n}号商贸有限公司",
            made_up_code(n),
            f"示范县一号路{n}号",
            TOWNS[n % 3],
            KINDS[n % 4],
            day,
        ]
        yield [*row, TAGS[n % 5], "存续", *([f"示{n}", f"139{n:08}"] if private else [])]


def cpu() -> float:
    """Seconds of CPU of this process and of those it started, which have ended."""
    return sum(os.times()[:4])


def one(path: Path) -> dict[str, float]:
    """Rows, seconds, CPU seconds and MB at the peak of an import into a ledger of its own."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # not /tmp, which may be memory
        office = Office(Path(folder))
        began, busy = perf_counter(), cpu()
        sheet = read_subjects(path, today=date(2026, 11, 21))
        if sheet.faults:
            raise SystemExit(f"million: {sheet.faults[0]}")
        lists.import_records(
            office.book,
            office.clerk,
            "subjects",
            sheet.records,
            private=sheet.private,
            reason="建库",
            source=sheet.source_sha256,
        )
        taken, busy = perf_counter() - began, cpu() - busy
        most = peak()
        office.book.close()
    return {"rows": sheet.rows, "seconds": taken, "cpu": busy, "mb": most}


def main(rows: int = ROWS) -> None:
    """Print two lines."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder) / "a.csv"
        for what, aim in AIMS.items():
            private = what.startswith("two")
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([HEADER + PRIVATE * private])
                csv.writer(file).writerows(made_up(rows, private))
            began = perf_counter()
            bare_csv(path)
            bare = perf_counter() - began
            words = [sys.executable, "-m", "tests.bench.bench_million", "--one", str(path)]
            told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
            found: dict[str, float] = json.loads(told.stdout)
            rate = found["rows"] / found["seconds"]
            print(f"import of {rows:,} rows, {what}: {rate:,.0f} rows/s (aim ≥ {aim:,}),", end=" ")
            print(
                f"{found['cpu'] / rows * 1e6:.0f} µs of CPU a row, {found['mb']:.0f} MB (aim < 200);", end=" "
            )
            print(f"the bare reader {rows / bare:,.0f} rows/s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(Path(sys.argv[2]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
