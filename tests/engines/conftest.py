"""A PostgreSQL server of its own for the tests of the engine: begun once, thrown away at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def _programs() -> Path | None:
    """The folder of initdb and pg_ctl, wherever a distribution puts them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return places[-1].parent if places else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The connection string of an empty server, over a socket in a folder of its own."""
    pytest.importorskip("psycopg")
    programs = _programs()
    if programs is None or os.name != "posix":
        pytest.skip("PostgreSQL is not installed here")
    owner = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as name:
        folder = Path(name)
        if owner:
            shutil.chown(folder, **owner)
        data, options = folder / "data", f"-k {folder} -c listen_addresses= -c fsync=off"

        def program(*words: str) -> None:
            told = subprocess.run(words, capture_output=True, text=True, cwd=folder, **owner)  # type: ignore[call-overload]
            if told.returncode:
                pytest.skip(f"{Path(words[0]).name}: {told.stderr[-200:]}")

        program(str(programs / "initdb"), "-D", str(data), "-U", "liuhen", "-A", "trust", "-E", "UTF8")
        control = str(programs / "pg_ctl")
        log = str(folder / "log")
        program(control, "-D", str(data), "-l", log, "-w", "-o", options, "start")
        try:
            yield f"host={folder} user=liuhen dbname=postgres"
        finally:
            program(control, "-D", str(data), "-m", "immediate", "stop")
