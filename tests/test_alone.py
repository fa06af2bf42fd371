"""The verifier works alone: with cryptography, msgpack and what those two need, nothing else of ours."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bundles import Year, whole_year

ROOT = Path(__file__).parents[1]
ALLOWED = ("cryptography", "msgpack")

PROBE = """
import sys
sys.path[:] = {paths!r} + [p for p in sys.path if "site-packages" not in p and "dist-packages" not in p]
from verifier.__main__ import main
code = main(sys.argv[1:])
import importlib.util
import json
print(json.dumps({{
    "code": code,
    "loaded": sorted({{name.partition(".")[0] for name in sys.modules}}),
    "reachable": [name for name in {others!r} if importlib.util.find_spec(name)],
}}), file=sys.stderr)
"""


def distributions(names: tuple[str, ...]) -> dict[str, importlib.metadata.Distribution]:
    """These distributions and, by name, whatever they need here and now."""
    found: dict[str, importlib.metadata.Distribution] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        held = importlib.metadata.distribution(name)
        found[name] = held
        for line in held.requires or ():
            if "extra ==" not in line:
                needed = re.match(r"[A-Za-z0-9._-]+", line)
                try:
                    importlib.metadata.distribution(needed[0] if needed else line)
                except importlib.metadata.PackageNotFoundError:
                    continue  # needed elsewhere: on another system or an older Python
                waiting.append(needed[0] if needed else line)
    return found


def top_levels(held: importlib.metadata.Distribution) -> set[str]:
    """First parts of the paths that a distribution installed, metadata and scripts aside."""
    tops = {file.parts[0] for file in held.files or () if file.parts[0] not in ("..", "__pycache__")}
    return {top for top in tops if not top.endswith((".dist-info", ".pth"))}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    return whole_year(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with verifier, the catalogue of rules and what an installation of it would bring."""
    place = tmp_path_factory.mktemp("alone")
    shutil.copytree(ROOT / "verifier", place / "verifier", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "specs/rules.toml", place / "verifier/rules.toml")
    for held in distributions(ALLOWED).values():
        for top in top_levels(held):
            source = Path(str(held.locate_file(top)))
            if source.is_dir():
                shutil.copytree(source, place / top, ignore=shutil.ignore_patterns("__pycache__", "tests"))
            elif source.exists():
                shutil.copy(source, place / top)
    return place


def everyone_else() -> list[str]:
    """Modules of every other distribution here, and our own other rooms."""
    kept = {top.partition(".")[0] for held in distributions(ALLOWED).values() for top in top_levels(held)}
    modules = set(importlib.metadata.packages_distributions()) - kept - {"verifier"}
    return sorted({m for m in modules if m.isidentifier()} | {"ledger", "cli", "tests"})


def run(alone: Path, *arguments: str) -> tuple[str, dict[str, object]]:
    probe = PROBE.format(paths=[str(alone)], others=everyone_else())
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", probe, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=alone,
        env={**os.environ, "LANG": "C.UTF-8"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *_, last = done.stderr.strip().split("\n")
    return done.stdout, json.loads(last)


@pytest.mark.parametrize("name", ["zip", "folder", "inspector"])
def test_a_bundle_passes_with_cryptography_and_msgpack_alone(name: str, alone: Path, year: Year) -> None:
    said, after = run(alone, str(getattr(year, name)), "--json")
    assert (after["code"], json.loads(said)["verdict"]) == (0, "pass")


def test_nothing_else_is_there_and_nothing_else_is_loaded(alone: Path, year: Year) -> None:
    others = everyone_else()
    assert {"click", "eventsourcing", "openpyxl", "pytest", "ledger", "cli"} <= set(others)
    _, after = run(alone, str(year.zip))
    assert after["reachable"] == []
    assert not set(others) & set(after["loaded"])  # type: ignore[call-overload]


def test_a_person_types_python_m_verifier(alone: Path, year: Year) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-m", "verifier", str(year.zip)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=alone,
        env={**os.environ, "LANG": "zh_CN.UTF-8", "PYTHONPATH": "", "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("核验通过")


def test_the_program_needs_what_it_says(alone: Path, year: Year, tmp_path: Path) -> None:
    """Without msgpack it does not start, so the tests above do look at this folder alone."""
    poorer = Path(shutil.copytree(alone, tmp_path / "poorer"))
    shutil.rmtree(poorer / "msgpack")
    done = subprocess.run(
        [sys.executable, "-S", "-m", "verifier", str(year.zip)],
        capture_output=True,
        text=True,
        cwd=poorer,
        env={**os.environ, "PYTHONPATH": ""},
        check=False,
    )
    assert done.returncode != 0 and "msgpack" in done.stderr
