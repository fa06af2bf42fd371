"""A ledger put back from a backup, and a split view: each caught by the keys' memory, a cosigner, and heads.

Issue 5, “Done when”. Six ways, each alone: what the other two would have known is taken away first.
"""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.cosigning import cosigner as state
from tests.cli.clerk import Clerk
from tests.cli.test_cosign import cosign, name_cosigner, restored, size
from verifier.errors import Exit

OTHER_SUBJECTS = 30


@pytest.fixture(autouse=True)
def _cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state.create, "__defaults__", (2,))


@dataclass(frozen=True)
class Office:
    """An office whose lists were imported, cosigned and published, and that was then put back to before."""

    clerk: Clerk
    cosigner: Path
    published: Path
    seen: int

    def forget(self, *names: str) -> None:
        """The key files as they were at the backup, these alone or all."""
        keys = self.clerk.folder / "keys"
        for old in (self.clerk.folder / "旧钥匙").iterdir():
            if not names or old.name in names:
                shutil.copy2(old, keys / old.name)

    def rewrite(self) -> None:
        """Another history from the backup on, longer than the published one."""
        self.clerk.lists(OTHER_SUBJECTS)
        while size(self.clerk) <= self.seen:
            self.clerk.does("calendar", "adopt", str(2025 - size(self.clerk) % 5))

    def head_of(self, bundle: Path) -> Path:
        """The checkpoint that a reader kept of a bundle."""
        kept = bundle.with_suffix(".checkpoint")
        kept.write_bytes(zipfile.ZipFile(bundle).read("checkpoint"))
        return kept


@pytest.fixture
def back(clerk: Clerk) -> Office:
    folder = name_cosigner(clerk)
    before = (clerk.folder / "台账 ledger.db").read_bytes()
    shutil.copytree(clerk.folder / "keys", clerk.folder / "旧钥匙")
    clerk.lists()
    clerk.does("calendar", "adopt", "2025")
    cosign(clerk)
    published = clerk.folder / "甲.zip"
    clerk.does("bundle", "export", published)
    seen = size(clerk)
    restored(clerk, before)
    assert size(clerk) < seen
    assert seen & (seen - 1), "no power of two, of which a proof has no old root"
    return Office(clerk, folder, published, seen)


def test_a_rollback_is_caught_by_the_memory_of_the_keys(back: Office) -> None:
    """The clerk's key writes nothing more, the log's key signs no smaller head."""
    assert back.clerk.run("calendar", "adopt", "2025") == Exit.KEY
    assert "E-KEY-HISTORY" in back.clerk.err
    assert back.clerk.run("bundle", "export", back.clerk.folder / "乙.zip") == Exit.KEY
    assert "E-KEY-HISTORY" in back.clerk.err
    assert back.clerk.run("site", "build", back.clerk.folder / "site") == Exit.KEY


def test_a_rollback_is_caught_by_the_cosigner(back: Office) -> None:
    back.forget()
    made = back.clerk.json("cosign", "request", back.clerk.folder)
    answered = back.clerk.json("cosign", "sign", made["file"], "--with", back.cosigner)
    assert (answered["signed"], answered["status"]) == (False, 409)
    assert back.clerk.run("cosign", "accept", answered["file"]) == Exit.FAIL
    assert f"--old {back.seen}" in back.clerk.err
    assert back.clerk.run("cosign", "request", back.clerk.folder, "--old", back.seen) == Exit.FAIL
    assert "E-COSIGN-AHEAD" in back.clerk.err


@pytest.mark.parametrize("signed_here", [True, False], ids=["a head is kept here", "none is"])
def test_a_rollback_is_caught_by_comparing_heads(back: Office, signed_here: bool) -> None:
    """By the office with any head that somebody kept; by a reader with the one on paper."""
    back.forget()
    if signed_here:
        back.clerk.does("bundle", "export", back.clerk.folder / "乙.zip")
    for kept in (back.published, back.head_of(back.published)):
        assert back.clerk.run("cosign", "compare", kept) == Exit.FAIL
        assert "缺少条目" in back.clerk.out
    paper = back.clerk.json("verify", back.published)["head"]
    back.clerk.does("bundle", "export", back.clerk.folder / "乙.zip")
    assert back.clerk.run("verify", back.clerk.folder / "乙.zip", "--head", paper) == Exit.FAIL
    assert back.clerk.run("verify", back.clerk.folder / "乙.zip") == Exit.PASS, "by itself it is whole"


def test_a_ledger_that_is_not_behind_is_not_called_so(back: Office) -> None:
    back.forget()
    back.clerk.does("bundle", "export", back.clerk.folder / "乙.zip")
    assert back.clerk.run("cosign", "compare", back.clerk.folder / "乙.zip") == Exit.PASS
    forged = back.head_of(back.published)
    forged.write_bytes(forged.read_bytes().replace(b"\n%d\n" % back.seen, b"\n999999\n"))
    assert back.clerk.run("cosign", "compare", forged) == Exit.UNREADABLE, "no head of the log's key"


def test_a_split_view_is_caught_by_the_memory_of_the_keys(back: Office) -> None:
    """Who forgets nothing writes no second history; where only the log key remembers, it signs none."""
    assert back.clerk.run("calendar", "adopt", "2025") == Exit.KEY
    holders = [path.name for path in (back.clerk.folder / "旧钥匙").iterdir() if path.name != "log.key"]
    back.forget(*holders)
    back.rewrite()
    for words in (("bundle", "export", "乙.zip"), ("site", "build", "site"), ("cosign", "request", ".")):
        assert back.clerk.run(*words[:2], back.clerk.folder / words[2]) == Exit.KEY
        assert "E-KEY-HISTORY" in back.clerk.err


def test_a_split_view_is_caught_by_the_cosigner(back: Office) -> None:
    back.forget()
    back.rewrite()
    made = back.clerk.json("cosign", "request", back.clerk.folder)
    answered = back.clerk.json("cosign", "sign", made["file"], "--with", back.cosigner)
    assert (answered["signed"], answered["status"]) == (False, 409)
    made = back.clerk.json("cosign", "request", back.clerk.folder, "--old", back.seen)
    assert back.clerk.run("cosign", "sign", made["file"], "--with", back.cosigner) == Exit.FAIL, (
        back.clerk.err
    )
    assert "（422）" in back.clerk.err
    [evidence] = (back.cosigner / "evidence").iterdir()
    assert back.clerk.run("cosign", "evidence", evidence) == Exit.PASS, "and it keeps what convicts"


def test_a_split_view_is_caught_by_comparing_heads(back: Office) -> None:
    back.forget()
    back.rewrite()
    other = back.clerk.folder / "乙.zip"
    back.clerk.does("bundle", "export", other)
    place = back.clerk.folder / "证据.evidence"
    for pair in ((back.published, other), (back.head_of(back.published), other), (back.published,)):
        place.unlink(missing_ok=True)
        assert back.clerk.run("cosign", "compare", *pair, "--to", place) == Exit.FAIL
        assert "两套历史" in back.clerk.out
        assert back.clerk.run("cosign", "evidence", place) == Exit.PASS
    paper = back.clerk.json("verify", back.published)["head"]
    assert back.clerk.run("verify", other, "--head", paper) == Exit.FAIL
    assert back.clerk.run("verify", other) == Exit.PASS, "by itself it is whole"
