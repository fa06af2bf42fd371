"""What the README promises a reader without our programs, on a real bundle: coreutils, OpenSSL, DuckDB, Go.

The commands are pasted from the README.txt that lies in the bundle itself.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.commands import bundles, visits
from tests.bundles import Year, whole_year
from tests.golang import RefusedByGoError, check_log_folder
from tests.office import digest
from verifier.__main__ import main

DRAW = "d1"
QUERY = re.compile(r"```sql\n(.*?)```", re.S)

needs_shell = pytest.mark.skipif(
    not all(map(shutil.which, ("sh", "sha256sum", "base64", "mktemp", "sed", "cut", "tail", "head"))),
    reason="needs a POSIX shell with sha256sum and base64",
)


def openssl_lacks() -> str:
    """Why OpenSSL cannot verify Ed25519 here; "" when it can."""
    program = shutil.which("openssl")
    if program is None:
        return "no openssl"
    said = subprocess.run([program, "version"], capture_output=True, text=True, check=False).stdout
    number = re.match(r"OpenSSL (\d+)\.", said)
    return "" if number and int(number[1]) >= 3 else f"openssl older than 3: {said.strip()}"


needs_openssl = pytest.mark.skipif(bool(openssl_lacks()), reason=openssl_lacks() or "openssl is there")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A year's bundle of more than 300 entries, so that the log has a full tile."""
    made = whole_year(tmp_path_factory.mktemp("year"))
    office = made.office
    while office.book.store.head().size < 300:
        number = office.book.store.head().size
        visits.attach(office.book, office.clerk, f"附件{number}.pdf", digest(str(number)), number)
    for target in (made.folder, made.zip):
        bundles.export(office.book, office.log, target)
    return made


@pytest.fixture(scope="module")
def seed(year: Year) -> str:
    """The seed as the report names it."""
    done = subprocess.run(
        [sys.executable, "-m", "verifier", str(year.folder), "--json"],
        capture_output=True,
        cwd=Path(__file__).parents[1],
        check=True,
    )
    return next(str(draw["seed"]) for draw in json.loads(done.stdout)["draws"] if draw["draw"] == DRAW)


def steps(folder: Path) -> dict[str, str]:
    """The indented commands of README.txt by the number of their step, as a person would copy them."""
    found: dict[str, str] = {}
    step = ""
    for line in (folder / "README.txt").read_text("utf-8-sig").split("\n"):
        if head := re.match(r"(\d)\. ", line):
            step = head[1]
        elif line.startswith("    "):
            found[step] = found.get(step, "") + line[4:] + "\n"
    return found


def paste(folder: Path, commands: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run commands in the folder as they stand."""
    return subprocess.run(
        ["sh", "-c", commands],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def tickets(folder: Path) -> list[dict[str, str]]:
    with (folder / f"draws/{DRAW}/tickets.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def damaged(year: Year, target: Path, path: str, old: bytes, new: bytes) -> Path:
    """A copy of the folder with `old` replaced in one file."""
    copied = Path(shutil.copytree(year.folder, target))
    data = (copied / path).read_bytes()
    assert old in data
    (copied / path).write_bytes(data.replace(old, new, 1))
    return copied


def test_the_bundle_passes(year: Year) -> None:
    assert main([str(year.zip)], environment={}) == 0


@needs_shell
@pytest.mark.parametrize("command", ["sha256sum -c SHA256SUMS", "sha256sum -c --quiet SHA256SUMS"])
def test_sha256sum_checks_the_list(command: str, year: Year, tmp_path: Path) -> None:
    assert paste(year.folder, command).returncode == 0
    copied = damaged(year, tmp_path / "copy", "README.txt", b"Liuhen", b"liuhen")
    assert paste(copied, command).returncode != 0


@needs_shell
def test_sha256sum_of_the_seed_text_is_the_seed(year: Year, seed: str) -> None:
    assert paste(year.folder / f"draws/{DRAW}", "sha256sum seed.txt").stdout == f"{seed}  seed.txt\n"
    assert paste(year.folder, steps(year.folder)["3"], D=DRAW).stdout.startswith(f"{seed}  ")


@needs_shell
def test_printf_and_sha256sum_give_tickets(year: Year, seed: str) -> None:
    rows = tickets(year.folder)
    for row in (rows[0], rows[len(rows) // 2], rows[-1]):
        command = f"printf 'liuhen/ticket/1\\n{seed}\\nsubject\\n{row['subject']}' | sha256sum"
        assert paste(year.folder, command).stdout == f"{row['ticket']}  -\n"
        pasted = paste(year.folder, steps(year.folder)["4"], D=DRAW, ID=row["subject"])
        assert pasted.stdout == f"{row['ticket']}  -\n"


def test_every_ticket_can_be_recomputed_and_the_first_k_are_drawn(year: Year, seed: str) -> None:
    rows = tickets(year.folder)
    for row in rows:
        lines = ["liuhen/ticket/1", seed, "subject", row["subject"]]
        assert sha256("\n".join(lines).encode()).hexdigest() == row["ticket"]
    assert rows == sorted(rows, key=lambda r: (r["stratum"], r["ticket"], r["subject"]))
    assert [row["rank"] for row in rows] == [str(rank) for rank in range(1, len(rows) + 1)]
    drawn = [row["drawn"] for row in rows]
    assert drawn == ["1"] * drawn.count("1") + ["0"] * drawn.count("0")
    assert drawn.count("1") == -(-len(rows) // 5)


def test_every_ticket_of_an_officer_can_be_recomputed(year: Year, seed: str) -> None:
    with (year.folder / f"draws/{DRAW}/teams.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        lines = ["liuhen/ticket/1", seed, "officer", row["subject"], row["officer"]]
        assert sha256("\n".join(lines).encode()).hexdigest() == row["ticket"]


def test_duckdb_finds_no_row_that_differs(
    year: Year, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = pytest.importorskip("duckdb")
    query = steps(year.folder)["5"].replace("DRAW", DRAW)
    monkeypatch.chdir(year.folder)
    assert duckdb.sql(query).fetchall() == []
    monkeypatch.chdir(damaged(year, tmp_path / "copy", f"draws/{DRAW}/tickets.csv", b'"2"', b'"9"'))
    assert len(duckdb.sql(query).fetchall()) == 1


def test_duckdb_draws_the_same_in_the_same_order(
    year: Year, seed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The query of specs/draw.md on nothing but the ids of the pool."""
    duckdb = pytest.importorskip("duckdb")
    specs = Path(__file__).parents[1] / "specs/draw.md"
    found = QUERY.search(specs.read_text("utf-8"))
    assert found
    monkeypatch.chdir(year.folder)
    source = f"(SELECT subject FROM read_csv('draws/{DRAW}/tickets.csv', all_varchar = true, header = true))"
    query = found[1].replace("'SEED'", f"'{seed}'").replace("FROM pool", f"FROM {source}")
    rows = tickets(year.folder)
    whole = duckdb.sql(query.replace("LIMIT 3", f"LIMIT {len(rows)}")).fetchall()
    assert whole == [(int(row["rank"]), row["subject"], row["ticket"]) for row in rows]


@needs_shell
@needs_openssl
@pytest.mark.parametrize("name", ["checkpoint", "SHA256SUMS.note"])
def test_openssl_verifies_the_signature_of(name: str, year: Year, tmp_path: Path) -> None:
    """Both notes have three lines, an empty one and the line of the log."""
    commands = steps(year.folder)["2"].replace("checkpoint", name)
    good = paste(year.folder, commands)
    assert good.returncode == 0, good.stderr
    assert "Signature Verified Successfully" in good.stdout
    old, new = (b"\n300\n", b"\n299\n") if name == "checkpoint" else (b"liuhen/files/1", b"liuhen/files/2")
    bad = paste(damaged(year, tmp_path / "copy", name, old, new), commands)
    assert bad.returncode != 0 and "Verified Successfully" not in bad.stdout


def test_go_accepts_the_log_and_its_proofs(year: Year, tmp_path: Path) -> None:
    said = check_log_folder(year.folder)
    assert said.startswith(f"{year.vkey.name} 300 ")
    copied = damaged(year, tmp_path / "copy", "tile/0/000", b"\x00", b"\x01")
    with pytest.raises(RefusedByGoError):
        check_log_folder(copied)


def test_python_unpacks_the_zip_into_the_folder(year: Year, tmp_path: Path) -> None:
    shutil.unpack_archive(year.zip, tmp_path / "unpacked")
    assert main([str(tmp_path / "unpacked")], environment={}) == 0
