"""`liuhen confirm`: what waits, for whom, and several with one passphrase."""

from __future__ import annotations

import pytest

from tests.cli.counter import Counter, counter, office
from tests.office import PASSPHRASE
from verifier.errors import Exit

__all__ = ["counter", "office"]


@pytest.fixture
def waiting(office: Counter) -> Counter:
    """Three revocations by the admin wait: entries 4, 5 and 6."""
    for n, role in enumerate(("supervisor", "observer", "approver")):
        words = ("key", "new", f"p{n}", "--name", f"某{n}", "--unit", "fgj", "--role", role)
        office.does(*words)
        office.does("key", "enroll", office.folder / "keys" / f"p{n}.enrol", by="zhao-admin")
    for n in range(3):
        office.does("key", "revoke", f"p{n}", "--reason", "调离", "--yes", by="zhao-admin")
    return office


def seqs(office: Counter) -> list[int]:
    return [act["seq"] for act in office.json("confirm")["waiting"]]


def test_what_waits_is_listed_in_words(waiting: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    out = waiting.does("confirm")
    assert "7. 2026-03-02" in out
    assert "赵一 zhao-admin：注销密钥 某0 p0 调离；可由任何其他人确认" in out
    assert "liuhen" in out.splitlines()[-1]
    assert "confirm 7" in out.splitlines()[-1]


def test_several_are_confirmed_with_one_passphrase_in_one_transaction(waiting: Counter) -> None:
    assert waiting.types("confirm", "7", "9", answers=[PASSPHRASE], by="sun-approver") == Exit.PASS
    assert seqs(waiting) == [8]
    written = waiting.json("log", "list", "--last", "2")["entries"]
    assert [(e["seq"], e["type"]) for e in written] == [(10, "confirmed"), (11, "confirmed")]


def test_all_leaves_what_one_may_not_confirm(waiting: Counter) -> None:
    assert waiting.run("confirm", "--all", by="zhao-admin") == Exit.REFUSED
    assert "E-CONFIRM-NOT-YOURS" in waiting.err
    waiting.does("confirm", "--all", by="sun-approver")
    assert seqs(waiting) == []


def test_a_person_is_asked_which(waiting: Counter) -> None:
    assert waiting.types("confirm", answers=["7, 8", PASSPHRASE], by="sun-approver") == Exit.PASS
    assert seqs(waiting) == [9]
    assert waiting.types("confirm", answers=["*", PASSPHRASE], by="sun-approver") == Exit.PASS
    assert seqs(waiting) == []


def test_an_answer_without_a_number_confirms_nothing(waiting: Counter) -> None:
    assert waiting.types("confirm", answers=["no"], by="sun-approver") == Exit.STOPPED
    assert seqs(waiting) == [7, 8, 9]


@pytest.mark.parametrize("seq", ["0", "3", "99"])
def test_an_entry_that_does_not_wait_is_refused(waiting: Counter, seq: str) -> None:
    assert waiting.run("confirm", "7", seq, by="sun-approver") == Exit.REFUSED
    assert "E-CONFIRM-NONE" in waiting.err
    assert seqs(waiting) == [7, 8, 9]


def test_one_does_not_confirm_ones_own_act(waiting: Counter) -> None:
    assert waiting.run("confirm", "7", by="zhao-admin") == Exit.REFUSED
    assert "act.confirmed" in waiting.err
    assert seqs(waiting) == [7, 8, 9]


def test_nothing_waits(office: Counter) -> None:
    assert "Nothing waits" in office.does("confirm")
