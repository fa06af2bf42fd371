"""Audit, replay and trails of the simulated county: five years, 55,739 subjects, 200 draws, 17,500 entries.

`python -m tests.bench.bench_audit [FOLDER]` reads a county that was played (`make county`; FOLDER defaults to
build/county/cheat). Each job is a process of its own: seconds of the processor, and its peak memory beside
that of the facts alone. Aims: audit < 30 s, state and history < 2 s, memory at most twice the facts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLAYED = ROOT / "build" / "county" / "cheat"
MID = "2023-06-15"
JOBS = {
    "nothing": "pass",
    "facts": "from ledger.audit.source import opened\nwith opened(path) as s: s.followed(s.size)",
    "verify": "from ledger import county\ncounty.read(path)",
    "audit": "from ledger import county\nfrom ledger.audit.audit import examine\nexamine(county.read(path))",
    "state in mid-2023": (
        "from ledger.audit.source import opened\nfrom ledger.audit.moment import moment\n"
        f"from ledger.audit.state import state\nwith opened(path) as s: state(s, moment(s, '{MID}'))"
    ),
    "trail of a subject": (
        "from ledger.audit.source import opened\nfrom ledger.audit.trail import trail\n"
        "from verifier import facts as f\n"
        "with opened(path) as s: list(trail(s, next(k for k, _ in s.facts().rows(f.register('subjects')))))"
    ),
}
MEASURE = (
    "import json, resource, sys\nfrom pathlib import Path\npath = Path(sys.argv[1])\n{job}\n"
    "used = resource.getrusage(resource.RUSAGE_SELF)\n"
    "print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))"
)


def measured(job: str, ledger: Path) -> tuple[float, float]:
    """(seconds of the processor, peak in MiB) of a job in a new process."""
    program = [sys.executable, "-c", MEASURE.format(job=job), str(ledger)]
    said = subprocess.run(program, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    seconds, peak = json.loads(said)
    return seconds, peak


def main(folder: Path = PLAYED) -> None:
    """Print a line for each job."""
    ledger = folder / "台账.db"
    if not ledger.is_file():
        print("audit: play the county first (make county)")
        return
    found = {name: measured(job, ledger) for name, job in JOBS.items()}
    empty = found.pop("nothing")
    held = found["facts"][1] - empty[1]
    for name, (seconds, peak) in found.items():
        print(
            f"audit, {name}: {seconds - empty[0]:.1f} s, "
            f"{(peak - empty[1]) / held:.2f} × the facts ({held:.0f} MiB)"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PLAYED)
