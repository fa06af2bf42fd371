"""Tickets and selection from 10^3 to 10^7 ids: builtin and DuckDB, times, memory and how they grow.

`python -m tests.bench.bench_scale [LARGEST]`; a table for specs/scale.md. The builtin engine stands beside a
bare hashlib loop with `heapq.nsmallest` over the same ids (aim ≥ 0.8 of it), DuckDB beside Rivest's
`consistent_sampler` (aim ≥ 10 times its rate; pip install consistent_sampler) over fewer ids, because that
takes long. Each measurement is a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from importlib.util import find_spec
from math import log10
from pathlib import Path
from time import perf_counter, process_time

from ledger.engines import engine_of
from ledger.engines.duckdb import connected
from ledger.engines.engine import ceiling, ticket_head
from ledger.engines.pool import write_parquet
from tests.bench.bench_draw import bare
from verifier import draw

SEED = sha256(b"a made-up seed").hexdigest()
LARGEST = 10_000_000
SAMPLER = 300_000
"""Ids that `consistent_sampler` gets."""
RATE = 3, 100
ROOT = Path(__file__).parents[2]


def made_up_ids(count: int) -> list[str]:
    """Ids of 18 characters, as codes have."""
    return [f"9164000000{number:08}" for number in range(count)]


def _sampled(ids: list[str], k: int) -> list[str]:
    from consistent_sampler import sampler  # type: ignore[import-not-found,import-untyped,unused-ignore]

    return [ticket[1] for ticket in sampler(ids, seed=SEED, take=k)]


def _bare(ids: list[str], k: int) -> list[str]:
    return bare(ids, SEED, k)


def _builtin(ids: list[str], k: int) -> list[str]:
    return [name for _, name in draw.select(SEED, ids, k)]


def _duckdb(ids: list[str], k: int) -> list[str]:
    return [name for _, name in engine_of("duckdb").select(SEED, ids, k)]


def _from_parquet(ids: list[str]) -> Callable[[list[str], int], list[str]]:
    """DuckDB over the pool as exported, which is written here, before the clock starts."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "pool.parquet"
    write_parquet(path, [{"id": "all", "k": 0}], [("all", one, "") for one in ids])

    def draw_it(_ids: list[str], k: int) -> list[str]:
        with connected() as connection:
            given = {"head": ticket_head(SEED), "file": str(path), "most": ceiling(len(ids), k), "k": k}
            found = connection.execute(PARQUET, given).fetchall()
        shutil.rmtree(folder)
        return [name for (name,) in found]

    return draw_it


PARQUET = """
SELECT subject FROM (SELECT subject, sha256($head || subject) AS ticket FROM read_parquet($file))
WHERE ticket <= $most ORDER BY ticket, subject LIMIT $k
"""
WAYS: dict[str, Callable[[list[str], int], list[str]]] = {
    "bare": _bare,
    "builtin": _builtin,
    "duckdb": _duckdb,
    "sampler": _sampled,
}


def one(way: str, count: int) -> dict[str, object]:
    """Seconds, CPU seconds, MB at the peak beside the ids themselves, and what was drawn, hashed."""
    ids = made_up_ids(count)
    k = count * RATE[0] // RATE[1]
    work = _from_parquet(ids) if way == "parquet" else WAYS[way]
    before = peak()
    began, busy = perf_counter(), process_time()
    drawn = work(ids, k)
    taken, busy = perf_counter() - began, process_time() - busy
    hashed = sha256("\n".join(drawn).encode()).hexdigest()
    return {"seconds": taken, "cpu": busy, "mb": peak() - before, "drawn": hashed}


def peak() -> float:
    """MB at the peak of this process so far; 0 where the system does not say. (The peak that `resource` knows
    is at least that of the process which started this one.)"""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


def measured(way: str, count: int) -> dict[str, float | str]:
    """The same in a process of its own."""
    words = [sys.executable, "-m", "tests.bench.bench_scale", "--one", way, str(count)]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, float | str] = json.loads(told.stdout)
    return found


def exponent(seconds: dict[int, float]) -> float:
    """The slope of log time over log count between the two largest counts a hundredfold apart."""
    last = max(seconds)
    first = max(n for n in seconds if n * 100 <= last)
    return log10(seconds[last] / seconds[first]) / log10(last / first)


def main(largest: int = 1_000_000) -> None:
    """Print a table, the growth and the ratios."""
    engines = ["builtin"] + (["duckdb", "parquet"] if find_spec("duckdb") else [])
    times: dict[str, dict[int, float]] = {name: {} for name in engines}
    print(f"scale: {RATE[0]} of {RATE[1]} drawn; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("| ids | engine | s | ids/s | MB beside the ids | of the bare loop |")
    print("|---|---|---|---|---|---|")
    count = 1_000
    while count <= largest:
        plain = measured("bare", count)
        for name in engines:
            found = measured(name, count)
            if found["drawn"] != plain["drawn"]:
                raise SystemExit(f"scale: {name} draws others than the bare loop")
            seconds = times[name][count] = float(found["seconds"])
            ratio = float(plain["seconds"]) / seconds
            row = (f"{count:,}", name, f"{seconds:.3f}", f"{count / seconds:,.0f}", f"{found['mb']:.0f}")
            print("| " + " | ".join([*row, f"{ratio:.2f}"]) + " |", flush=True)
        count *= 10
    for name, seconds_of in times.items():
        print(f"growth exponent of {name}, the last two decades: {exponent(seconds_of):.2f}")
    if find_spec("consistent_sampler") and "duckdb" in times:
        slow = measured("sampler", SAMPLER)
        rate = SAMPLER / float(slow["seconds"])
        for name in ("builtin", "duckdb", "parquet"):
            last = max(times[name])
            ours = last / times[name][last]
            print(f"{name} {ours / rate:.1f} times consistent_sampler's {rate:,.0f} ids/s (aim ≥ 10)")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2], int(sys.argv[3]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else LARGEST)
