"""All benchmarks in one run: `make bench`. Under three minutes; asserts nothing."""

from __future__ import annotations

import sys
from time import perf_counter

from tests.bench import (
    bench_cli,
    bench_draw,
    bench_fairness,
    bench_import,
    bench_large,
    bench_page,
    bench_postgres,
    bench_receipts,
    bench_site,
    bench_store,
    bench_verify,
)

BENCHES = (
    bench_store,
    bench_postgres,
    bench_import,
    bench_draw,
    bench_verify,
    bench_cli,
    bench_large,
    bench_receipts,
    bench_site,
    bench_page,
    bench_fairness,
)


def main() -> None:
    """Print what each has to say, and how long all of them took."""
    began = perf_counter()
    for bench in BENCHES:
        bench.main()
        sys.stdout.flush()
    print(f"all of it took {perf_counter() - began:.0f} s; other work on the machine makes figures worse")


if __name__ == "__main__":
    main()
