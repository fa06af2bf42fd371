"""All benchmarks in one run: `make bench`. Asserts nothing; writes `build/bench.md` and `build/bench.json`.

Each bench prints lines; where a figure has an aim, it stands behind it: `ratio 0.83 (aim ≥ 0.8)`. Every line
becomes a row of one table, with each aim met or missed, under a head that says machine, versions and load.
"""

from __future__ import annotations

import io
import json
import os
import platform
import re
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from sqlite3 import sqlite_version
from time import perf_counter
from types import ModuleType

from tests.bench import (
    bench_cli,
    bench_draw,
    bench_fairness,
    bench_import,
    bench_large,
    bench_limits,
    bench_million,
    bench_new,
    bench_page,
    bench_peers,
    bench_postgres,
    bench_receipts,
    bench_scale,
    bench_site,
    bench_store,
    bench_verify,
)

BENCHES = (
    bench_limits,
    bench_store,
    bench_postgres,
    bench_import,
    bench_million,
    bench_draw,
    bench_scale,
    bench_verify,
    bench_new,
    bench_peers,
    bench_cli,
    bench_large,
    bench_receipts,
    bench_site,
    bench_page,
    bench_fairness,
)
LESS = {bench_million: 100_000, bench_scale: 1_000_000}
"""Their sizes here; alone they do more."""
PACKAGES = (
    "cryptography",
    "msgpack",
    "eventsourcing",
    "duckdb",
    "psycopg",
    "pymerkle",
    "consistent_sampler",
    "cryptorandom",
)
STOPPED = "stopped:"
BUILD = Path(__file__).parents[2] / "build"
_AIM = re.compile(r"([\d.,]+)[^\d(|]*\(aim (≥|≤|<) ([\d.,]+)[^)]*\)")


class Both(io.StringIO):
    """Keeps what is printed and shows it."""

    def write(self, text: str) -> int:
        sys.__stdout__.write(text)  # type: ignore[union-attr]
        return super().write(text)


def aims(line: str) -> list[str]:
    """`met` or `missed` with the figure, for each aim that a line names."""
    found = []
    for figure, sign, aim in _AIM.findall(line):
        is_, wanted = (float(text.replace(",", "").rstrip(".")) for text in (figure, aim))
        met = is_ >= wanted if sign == "≥" else is_ <= wanted if sign == "≤" else is_ < wanted
        found.append(f"{'met' if met else '**missed**'}: {figure} ({sign} {aim})")
    return found


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    found = {
        "processor": f"{os.cpu_count()} cores, {platform.machine()}",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite_version,
    }
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"


def run(bench: ModuleType) -> tuple[list[str], float]:
    """The lines of a bench and its seconds; one that stops says why."""
    said, began = Both(), perf_counter()
    with redirect_stdout(said):
        try:
            bench.main(*([LESS[bench]] if bench in LESS else []))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the others still have something to say
            print(f"{STOPPED} {error!r}")
    return [line for line in said.getvalue().splitlines() if line.strip()], perf_counter() - began


def table(rows: Iterable[dict[str, object]]) -> str:
    """Markdown: machine, then a row for each line."""
    head = [f"- {name}: {value}" for name, value in machine().items()]
    body = ["| bench | load | what | aims |", "|---|---|---|---|"]
    for row in rows:
        what = str(row["what"]).replace("|", "\\|")
        body.append(f"| {row['bench']} | {row['load']} | {what} | {'; '.join(map(str, row['aims']))} |")  # type: ignore[call-overload]
    return "\n".join(["# Benchmarks", "", *head, "", *body, ""])


def main(names: list[str]) -> int:
    """Run the benches named, or all; print, and write the table after each, so that nothing is lost. 1 when
    one of them stopped."""
    known = {bench.__name__.rpartition("bench_")[2]: bench for bench in BENCHES}
    if unknown := sorted(set(names) - set(known)):
        raise SystemExit(f"no bench {', '.join(unknown)}; there are: {', '.join(known)}")
    began = perf_counter()
    rows: list[dict[str, object]] = []
    for name in [name for name in known if not names or name in names]:
        bench, at = known[name], load()
        lines, _ = run(bench)
        rows += [{"bench": name, "load": at, "what": line, "aims": aims(line)} for line in lines]
        BUILD.mkdir(exist_ok=True)
        (BUILD / "bench.md").write_text(table(rows), encoding="utf-8")
        told = {"machine": machine(), "rows": rows}
        (BUILD / "bench.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"all of it took {perf_counter() - began:.0f} s; other work on the machine makes figures worse")
    stopped = [str(row["bench"]) for row in rows if str(row["what"]).startswith(STOPPED)]
    for name in stopped:
        print(STOPPED, name)
    return 1 if stopped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
