"""`liuhen site build`: what the clerk is told, and that the next step it names works."""

from __future__ import annotations

import shlex

import pytest

from tests.cli.clerk import Clerk
from verifier.errors import Exit


def test_a_site_is_built_verified_and_brought_up_to_date(clerk: Clerk) -> None:
    clerk.lists()
    target = clerk.folder / "公示 网站"
    told = clerk.json("site", "build", target)
    assert told["mended"] == []
    assert (target / "pages/en/items.html").is_file()
    assert "核验通过" in clerk.does(*shlex.split(told["next"])[1:])
    (target / "pages/items.html").write_text("by hand")
    again = clerk.json("网站", "生成", target)
    assert again["mended"] == ["pages/items.html"]
    assert again["changed"] == ["pages/items.html"]
    assert clerk.json("site", "build", target, "--anew")["changed"] == []


def test_a_hand_in_the_folder_is_named(clerk: Clerk) -> None:
    target = clerk.folder / "site"
    clerk.does("site", "build", target)
    (target / "README.txt").unlink()
    assert "README.txt" in clerk.does("site", "build", target)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_files_of_others_are_named_in_the_language_of_the_clerk(
    clerk: Clerk, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = clerk.folder / "site"
    clerk.does("site", "build", target)
    (target / "robots.txt").write_bytes(b"x")
    monkeypatch.setenv("LANGUAGE", language)
    assert clerk.run("site", "build", target) == Exit.USAGE
    assert "robots.txt" in clerk.err
    assert ("do not belong" in clerk.err) == (language == "en")


def test_receipts_are_counted_and_each_verifies(clerk: Clerk) -> None:
    """A ledger without a draw has none; the option stands in the help with an example."""
    clerk.lists()
    told = clerk.json("site", "build", clerk.folder / "site", "--receipts")
    assert told["receipts"] == 0
    assert "--receipts" in clerk.does("site", "build", "--help")
