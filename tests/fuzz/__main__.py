"""`python -m tests.fuzz TARGET… | all [--seconds N] [--work FOLDER]`: fuzz parsers one after the other, each
for so many seconds. Needs the extra `fuzz`. New inputs go to FOLDER/TARGET, what breaks a parser to
FOLDER/TARGET.crash-…, the output of the fuzzer to FOLDER/TARGET.log.

`python -m tests.fuzz --minimise [TARGET…]` chooses anew what the repository keeps of them;
`python -m tests.fuzz --table` writes the table of specs/reliability.md from the logs.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

WORK = Path("build/fuzz")
SPEC = Path("specs/reliability.md")
BEGIN, END = "<!-- fuzz:begin -->", "<!-- fuzz:end -->"


def main() -> int:
    asked = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__)
    asked.add_argument("targets", nargs="*")
    asked.add_argument("--seconds", type=int, default=120)
    asked.add_argument("--work", type=Path, default=WORK)
    asked.add_argument("--minimise", action="store_true")
    asked.add_argument("--table", action="store_true")
    asked.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.here:
        fuzz(given.targets[0], given.seconds, given.work)
        return 0
    from tests.fuzz.corpus import CORPUS, minimise
    from tests.fuzz.targets import TARGETS

    names = list(TARGETS) if given.targets in ([], ["all"]) else given.targets
    if given.minimise:
        for name in names:
            print(f"{name}: {minimise(name, (given.work / name).glob('*'))} inputs")
        return 0
    if given.table:
        text = SPEC.read_text("utf-8")
        before, after = text.partition(BEGIN)[0], text.partition(END)[2]
        SPEC.write_text("\n".join([before + BEGIN, *table(given.work, names, CORPUS), END + after]), "utf-8")
        return 0
    given.work.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in names:
        command = [sys.executable, "-m", "tests.fuzz", "--here", name]
        command += ["--seconds", str(given.seconds), "--work", str(given.work)]
        with (given.work / f"{name}.log").open("ab") as log:
            code = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
        failed += bool(code)
        print(f"{name}: {'broken' if code else 'nothing found'} ({given.work / name}.log)", flush=True)
    return 1 if failed else 0


def fuzz(name: str, seconds: int, work: Path) -> None:
    """Fuzz one target in this process; ends it, not with 0 when something was found."""
    import atheris

    with atheris.instrument_imports(include=["verifier", "ledger", "openpyxl"]):
        from tests.fuzz.targets import TARGETS, LiuhenError
    from tests.fuzz.corpus import CORPUS

    target = TARGETS[name]
    seeds = work / f"{name}.seeds"
    for folder in (work / name, seeds):
        folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.seeds()):
        if len(data) <= target.size:
            (seeds / str(number)).write_bytes(data)

    def one(data: bytes) -> None:
        try:
            target.run(data)
        except LiuhenError:
            return

    kept = [str(CORPUS / name)] if (CORPUS / name).is_dir() else []
    options = [f"-max_total_time={seconds}", f"-max_len={target.size}", "-timeout=10", "-rss_limit_mb=1536"]
    options += [f"-artifact_prefix={work / name}.", "-print_final_stats=1", "-close_fd_mask=1"]
    atheris.Setup([sys.argv[0], *options, str(work / name), str(seeds), *kept], one)
    atheris.Fuzz()


_DONE = re.compile(r"Done (\d+) runs in (\d+) second")
_PROGRESS = re.compile(r"#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)/(\S+)")


def table(work: Path, names: list[str], corpus: Path) -> list[str]:
    """Rows of Markdown: target, executions, coverage, corpus while fuzzing, inputs kept, crashes."""
    rows = [
        "| target | minutes | executions | edges | features | corpus | kept | open |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name in names:
        log = work / f"{name}.log"
        found = _PROGRESS.findall(log.read_text("utf-8", "replace")) if log.is_file() else []
        _, edges, features, size, volume = found[-1] if found else ("0", "0", "0", "0", "0")
        runs = _DONE.findall(log.read_text("utf-8", "replace")) if log.is_file() else []
        done, took = sum(int(count) for count, _ in runs), sum(int(seconds) for _, seconds in runs)
        kept = sum(1 for _ in (corpus / name).glob("*"))
        crashes = len(
            [*work.glob(f"{name}.crash-*"), *work.glob(f"{name}.timeout-*"), *work.glob(f"{name}.oom-*")]
        )
        rows.append(
            f"| {name} | {took / 60:.1f} | {done:,} | {edges} | {features} | {size} ({volume}) "
            f"| {kept} | {crashes} |"
        )
    return rows


if __name__ == "__main__":
    sys.exit(main())
