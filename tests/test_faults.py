"""Power cuts and Ctrl-C at every durable step of real commands: the ledger is as before or fully after, and
the same command goes on.

The quick tests take a few steps of each command, those behind `make test-slow` all of them.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.accident import Accident, Desktop, Trap, ctrl_c, desktop, killed
from tests.ledger.sheets import SUBJECT_HEADER, subject
from verifier.bundle import open_bundle
from verifier.errors import Exit
from verifier.replay import verify_bundle
from verifier.report import Anchors, Verdict

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")

ROOT = Path(__file__).parent.parent
PEOPLE = ("--person", "zhao-admin:赵一:fgj:admin", "--person", "qian-clerk:钱二:fgj:clerk")
FOUND = ("init", "ledger.example.gov.cn/new", "--office", "演示局", "--division", "000000", *PEOPLE)
NEW_KEY = ("key", "new", "wu-clerk", "--name", "吴六", "--unit", "fgj", "--role", "clerk")


@dataclass(frozen=True)
class Job:
    """A command, the office it is run in, and what it makes. `again` is how it ends when it is given once
    more after it was done; `steps` the least number of durable steps that it must show."""

    office: str
    words: tuple[object, ...]
    by: str = ""
    makes: str = ""
    again: int = Exit.PASS
    steps: int = 4


JOBS = {
    "a list of 300 enterprises is imported": Job(
        "ready", ("subject", "import", "@名录.csv"), "qian-clerk", steps=8
    ),
    "a list is frozen": Job(
        "ready", ("draw", "freeze", "--task", "t1", "--yes"), "qian-clerk", again=Exit.REFUSED
    ),
    "a random number is sealed": Job("frozen", ("draw", "commit"), "li-supervisor"),
    "a random number is opened": Job("sealed", ("draw", "reveal", "--yes"), "li-supervisor"),
    "a draw is run": Job("opened", ("draw", "run", "--yes"), "qian-clerk"),
    "a bundle replaces an older folder": Job("drawn", ("bundle", "export", "@核验包"), makes="核验包"),
    "a bundle replaces an older zip": Job("drawn", ("bundle", "export", "@核验包.zip"), makes="核验包.zip"),
    "a ledger is founded": Job("empty", FOUND),
    "a key is made": Job("ready", NEW_KEY, makes="keys/wu-clerk.enrol", again=Exit.KEY),
    "a passphrase is changed": Job(
        "ready",
        ("key", "passphrase", "qian-clerk", "--new-passphrase-file", "@另口令.txt"),
        again=Exit.KEY,
        steps=2,
    ),
    "a record is written over an older one": Job(
        "drawn", ("draw", "record", "-o", "@记录单.docx", "--yes"), makes="记录单.docx", steps=2
    ),
    "a template is written over an older one": Job(
        "ready", ("template", "@模板.xlsx", "--yes"), makes="模板.xlsx", steps=2
    ),
}
OFFICES = sorted({job.office for job in JOBS.values()})


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Desktop]:
    """The made-up office at each stage, with older versions of what commands write and a list to import."""
    made = {}
    for stage in OFFICES:
        folder = tmp_path_factory.mktemp(stage)
        made[stage] = desktop(folder, until=stage)
        rows = [",".join(map(str, row)) for row in (SUBJECT_HEADER, *(subject(n) for n in range(300)))]
        (folder / "名录.csv").write_text("\n".join(rows), "utf-8")
        if stage == "drawn":
            for target in ("核验包", "核验包.zip"):
                assert made[stage].run("bundle", "export", f"@{target}").code == Exit.PASS
            assert made[stage].run("draw", "record", "-o", "@记录单.docx").code == Exit.PASS
            assert made[stage].run("calendar", "adopt", "2025", by="qian-clerk").code == Exit.PASS
        if stage == "ready":
            assert made[stage].run("template", "@模板.xlsx").code == Exit.PASS
    return made


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.commands.keys.SCRYPT_N", 2)


def require_whole(path: Path) -> None:
    """What stands at `path`, if anything, is a whole file or a whole bundle."""
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
    elif path.name.startswith("核验包") and path.exists():
        with open_bundle(path) as bundle:
            assert verify_bundle(bundle, Anchors(), workers=1).verdict is Verdict.PASS


def meets(desk: Desktop, job: Job, at: int, accident: Accident) -> int:
    """Run `job`, its accident before step `at`, look at what is left, and run it again. The exit code."""
    before = desk.size()
    names = {path.name for path in desk.folder.iterdir()}
    first = desk.run(*job.words, by=job.by, trap=Trap(at, accident))
    assert first.code in (Exit.PASS, Exit.INTERRUPTED, -signal.SIGKILL), first.text
    between = desk.size()
    opened = desk.keys()
    seen = {path.name for path in desk.folder.iterdir() if not path.name.startswith(".")}
    allowed = names | {
        job.makes,
        "keys",
        desk.ledger.name,
        f"{desk.ledger.name}-wal",
        f"{desk.ledger.name}-shm",
    }
    assert seen <= allowed
    if job.makes:
        require_whole(desk.folder / job.makes)
    again = desk.run(*job.words, by=job.by)
    assert again.code in (Exit.PASS, job.again), again.text
    after = desk.size()
    assert between in (before, after)
    assert {name: key.public for name, key in opened.items()}.items() <= {
        name: key.public for name, key in desk.keys().items()
    }.items()
    if again.code != Exit.PASS:
        assert between == after
    if job.makes:
        assert (desk.folder / job.makes).exists()
        require_whole(desk.folder / job.makes)
        assert not [path for path in desk.folder.iterdir() if path.suffix == ".part"]
    return first.code


def steps_of(job: Job, office: Desktop, folder: Path) -> int:
    """How many durable steps the job has when nothing happens."""
    done = office.copy(folder).run(*job.words, by=job.by)
    assert done.code == Exit.PASS, done.text
    assert done.steps >= job.steps
    return done.steps


def some(steps: int, accident: Accident) -> list[int]:
    """A few of 1 … steps, the last among them: the first, the last but one and two more for a power cut."""
    if accident is ctrl_c:
        return [max(1, steps // 2), steps]
    return sorted({1, max(1, steps - 1), steps, *random.Random(steps).sample(range(1, steps + 1), 2)})


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("accident", [killed, ctrl_c], ids=["killed", "ctrl_c"])
def test_an_accident_at_some_steps(
    name: str, accident: Accident, offices: dict[str, Desktop], tmp_path: Path
) -> None:
    job = JOBS[name]
    codes = set()
    for at in some(steps_of(job, offices[job.office], tmp_path / "0"), accident):
        codes.add(meets(offices[job.office].copy(tmp_path / str(at)), job, at, accident))
    assert codes & {Exit.INTERRUPTED, -signal.SIGKILL}


@pytest.mark.slow
@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("accident", [killed, ctrl_c], ids=["killed", "ctrl_c"])
def test_an_accident_at_every_step(
    name: str, accident: Accident, offices: dict[str, Desktop], tmp_path: Path
) -> None:
    job = JOBS[name]
    for at in range(1, steps_of(job, offices[job.office], tmp_path / "0") + 1):
        meets(offices[job.office].copy(tmp_path / str(at)), job, at, accident)


def at_random_times(office: Desktop, folder: Path, rounds: int, seed: int) -> set[int]:
    """Imports in processes of their own, as a person starts them, each killed at some moment; the ledger goes
    on from round to round. The exit codes."""
    desk = office.copy(folder)
    desk.clock.go("2026-03-04")
    chance = random.Random(seed)
    program = "import sys; from tests.accident import real; real(sys.argv[1:])"
    codes = set()
    for round_ in range(rounds):
        rows = [SUBJECT_HEADER, *(subject(n, c2=f"第{round_}次的住所") for n in range(200))]
        (folder / "名录.csv").write_text("\n".join(",".join(map(str, row)) for row in rows), "utf-8")
        words = ["-L", desk.ledger, "--as", "qian-clerk", "--passphrase-file", folder / "口令.txt"]
        command = [
            sys.executable,
            "-c",
            program,
            *map(str, words),
            "subject",
            "import",
            str(folder / "名录.csv"),
        ]
        before = desk.size()
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.15))
        process.kill()
        out = process.communicate()[0]
        assert "Traceback" not in out, out
        codes.add(process.returncode)
        after = desk.size()
        assert after == before or after - before >= 2
        if process.returncode == 0:
            assert after > before
        desk.keys()
    assert desk.run("subject", "import", "@名录.csv", by="qian-clerk").code == Exit.PASS
    desk.size()
    return codes


def test_imports_killed_at_random_times(offices: dict[str, Desktop], tmp_path: Path) -> None:
    assert -signal.SIGKILL in at_random_times(offices["ready"], tmp_path, 4, 20260302)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_many_imports_killed_at_random_times(offices: dict[str, Desktop], tmp_path: Path, seed: int) -> None:
    assert -signal.SIGKILL in at_random_times(offices["ready"], tmp_path, 30, seed)
