"""docs/服务器.md walked through: its files and commands, in order, on a server of its own, over TLS."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cluster import Cluster, programs, running

GUIDE = Path(__file__).resolve().parents[1] / "docs/服务器.md"
BLOCK = re.compile(r"<!-- (stage|file): (\S+) -->\n```\w*\n(.*?)```", re.DOTALL)
ADDRESS = f"127.{os.getpid() % 200 + 20}.{os.getpid() // 200 % 250}.78"
"""All of 127/8 is the loopback, so that nobody else listens there."""
PEOPLE = "--person qian:钱:fgj:clerk --person sun:孙:fgj:approver --person li:李:jijian:supervisor "
PEOPLE += "--person zhao:赵:fgj:admin"
MADE_UP = {
    "IP:10.1.0.5": f"IP:{ADDRESS}",
    "10.1.0.5": ADDRESS,
    "10.1.0.0/16": "127.0.0.0/8",
    "@db.fgj.example/": f"@{ADDRESS}/",
    "db.fgj.example:5432": f"{ADDRESS}:5432",
    "sslrootcert=/etc/liuhen/ca.crt": "sslmode=verify-full&sslrootcert=../ca.crt",
    "--people 一单两库模板.xlsx": PEOPLE,
    "密码": "guide-pass",
}
"""What an office changes, and what a test must: here the network is the loopback."""
BLOCKS = {
    (kind, name): text.replace("\r", "") for kind, name, text in BLOCK.findall(GUIDE.read_text("utf-8"))
}


@dataclass(frozen=True)
class Office:
    """A server set up by the guide, and a folder for each computer."""

    cluster: Cluster
    folder: Path

    def text(self, kind: str, name: str) -> str:
        told = BLOCKS[kind, name]
        for old, new in MADE_UP.items():
            told = told.replace(old, new)
        return told

    def run(self, commands: str, at: str = "", **env: str) -> str:
        """What the commands print on the computer `at`; all of them succeed."""
        where = self.folder / at
        where.mkdir(exist_ok=True)
        (where / "口令.txt").write_text("一句测试口令\n", "utf-8")
        (where / "口令.txt").chmod(0o600)
        told = subprocess.run(
            ["/bin/sh", "-eu"],
            input=re.sub("^liuhen", "liuhen --passphrase-file 口令.txt", commands, flags=re.M).encode(),
            cwd=where,
            env=self._environment(where) | env,
            capture_output=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr.decode()
        assert "guide-pass" not in (told.stdout + told.stderr).decode()
        return told.stdout.decode()

    def _environment(self, where: Path) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LIUHEN"))}
        paths = [str(Path(sys.executable).parent), str(self.cluster.programs), os.environ["PATH"]]
        passes = where / "pgpass"
        passes.write_text(self.text("file", "pgpass") + self.text("file", "pgpass").replace("qian", "sun"))
        passes.chmod(0o600)
        more = {"PGPASSFILE": str(passes), "HOME": str(where), "XDG_DATA_HOME": str(where / "data")}
        return kept | more | {"PATH": os.pathsep.join(paths)}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    pytest.importorskip("psycopg")
    where = programs()
    if where is None or shutil.which("openssl") is None or not sys.platform.startswith("linux"):
        pytest.skip("PostgreSQL or openssl is not installed here, or one loopback address only")
    try:
        with running(where) as cluster:
            made = Office(cluster, tmp_path)
            made.run(made.text("stage", "certificate"))
            _set_up(made)
            yield made
    except RuntimeError as error:
        pytest.skip(f"PostgreSQL does not run here: {error}")


def _set_up(office: Office) -> None:
    """What the administrator does, but for the passwords, which are asked for at a terminal."""
    data = office.cluster.folder / "data"
    for name in ("server.crt", "server.key"):
        shutil.copy(office.folder / name, data / name)
        (data / name).chmod(0o600)
        shutil.chown(data / name, data.owner(), data.group())
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(office.text("file", "postgresql.conf"))
    rules = data / "pg_hba.conf"
    rules.write_text(office.text("file", "pg_hba.conf") + rules.read_text("utf-8"), "utf-8")
    office.cluster.stop("fast")
    office.cluster.start(f"-c listen_addresses={ADDRESS}")
    there = {"PGHOST": str(office.cluster.folder), "PGUSER": "liuhen", "PGDATABASE": "postgres"}
    office.run(office.text("stage", "admin"), **there)
    with office.cluster.connect() as plain:
        for role in ("qian", "sun", "jijian"):
            plain.execute(f"ALTER ROLE {role} PASSWORD 'guide-pass'")


@pytest.mark.slow
@pytest.mark.parametrize("start", ["begin", "or"], ids=["begun there", "moved there from a file"])
def test_the_guide_is_walked_through_to_its_end(office: Office, start: str) -> None:
    if start == "or":
        found = office.text("stage", "begin").partition(" --store")[0]
        office.run(found.replace("liuhen", "liuhen -L 原台账.db", 1), "first")
    told = office.run(office.text("stage", start), "first")
    assert ("已比对，两边完全相同" if start == "or" else "留痕台账已建立") in told
    assert f"sun@{ADDRESS}" in office.run(office.text("stage", "workstation"), "second")
    cared = office.run(office.text("stage", "care"), "second")
    assert "核验通过" in cared
    assert "完好" in cared


def test_every_block_of_the_guide_is_used_here() -> None:
    stages = {"certificate", "admin", "begin", "or", "workstation", "care"}
    files = {"postgresql.conf", "pg_hba.conf", "pgpass"}
    assert set(BLOCKS) == {("stage", one) for one in stages} | {("file", one) for one in files}
    assert GUIDE.read_text("utf-8").count("```") == 2 * len(BLOCKS)
    everything = "".join(BLOCKS.values())
    assert all(old in everything for old in MADE_UP)
