"""The page that verifies, in headless Chromium: 10,000 entries and a draw over 56,000 subjects.

`python -m tests.bench.bench_page [RUNS [FOLDER]]`; prints medians from the choice of the bundle to the
verdict and their part of the limits: < 5 s with WebCrypto, < 10 s without, < 500 MB. Memory is the largest
private resident size (what no other process shares) that the tab's process ever had. A bundle that lies in
FOLDER is used again.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from ledger.commands import bundles, draws
from tests.bench.bench_large import COUNT, write_ledger
from tests.bench.bench_site import fill
from tests.page.chromium import PROGRAM, Chromium
from verifier.page.build import html

ENTRIES = 10_000
LIMITS = {"": ("WebCrypto", 5.0), "?webcrypto=off": ("without", 10.0)}
MEMORY = 500
RUNS = 5


def write_bundle(folder: Path) -> Path:
    """A bundle of that size as a zip; written once."""
    target = folder / "large.zip"
    if target.exists():
        return target
    office = write_ledger(folder, COUNT)
    draws.freeze(office.book, office.clerk, "d-all", "t-all", ["qian-clerk", "li-supervisor"])
    for signer in (office.clerk, office.supervisor):
        draws.commit(office.book, signer, "d-all")
    for signer in (office.clerk, office.supervisor):
        draws.reveal(office.book, signer, "d-all")
    draws.run(office.book, office.clerk, "d-all")
    fill(office, ENTRIES)
    bundles.export(office.book, office.log, target)
    office.book.close()
    return target


def renderers() -> dict[int, int]:
    """Private resident memory of each renderer of a browser, in MB, by process."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if b"--type=renderer" in (place / "cmdline").read_bytes():
                lines = (place / "smaps_rollup").read_text().splitlines()
                kilobytes = sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
                found[int(place.name)] = kilobytes // 1024
        except OSError:
            continue
    return found


class Watch:
    """The most memory that a renderer started within `with` ever had, in MB."""

    def __enter__(self) -> Watch:
        self.most = 0
        self._before = set(renderers())
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.is_set():
            mine = [size for process, size in renderers().items() if process not in self._before]
            self.most = max([self.most, *mine])
            sleep(0.1)


def verify(page: str, bundle: Path) -> tuple[float, int]:
    """Seconds to the verdict and megabytes, in a browser of its own."""
    with Watch() as watch, Chromium() as browser:
        tab = browser.open(page)
        began = perf_counter()
        tab.choose("#zip", bundle)
        tab.until("['report', 'refused'].includes(state.kind)")
        seconds = perf_counter() - began
        if tab.value("state.kind === 'report' && state.report.verdict") != "pass":
            raise SystemExit("page: the bundle does not pass")
    return seconds, watch.most


def measure(folder: Path, runs: int) -> None:
    bundle = write_bundle(folder)
    place = folder / "verify.html"
    place.write_bytes(html())
    told = []
    for query, (name, limit) in LIMITS.items():
        found = [verify(place.as_uri() + query, bundle) for _ in range(runs)]
        seconds, memory = median(each[0] for each in found), max(each[1] for each in found)
        told.append(
            f"{name} {seconds:.2f} s ({seconds / limit:.2f} of {limit:.0f} s), "
            f"{memory} MB ({memory / MEMORY:.2f} of {MEMORY} MB)"
        )
    size = bundle.stat().st_size / 1e6
    print(f"page, {ENTRIES:,} entries and a draw over {COUNT:,} subjects, {size:.0f} MB:", "; ".join(told))


def main(runs: int = RUNS, folder: Path | None = None) -> None:
    """Print one line; without Chromium that it is missing."""
    if PROGRAM is None:
        print("page: needs Chromium")
    elif folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        measure(folder, runs)
    else:
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:  # not /tmp, which may be memory
            measure(Path(name), runs)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
