"""`repair` and `restore` by a clerk alone: the passphrase of the log key is asked for and may be left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.counter import Counter, counter, office
from tests.office import PASSPHRASE
from verifier.errors import Exit

__all__ = ["counter", "office"]

LEFT = "Not compared with the head that the log key remembers"


@pytest.fixture
def copy(office: Counter) -> Path:
    """A copy of the ledger; the note of it beside the ledger is gone."""
    office.does("backup", office.folder / "copies")
    for note in office.folder.glob("*.backup.json"):
        note.unlink()
    (found,) = (office.folder / "copies").glob("*.backup")
    return found


def commands(office: Counter, copy: Path) -> list[tuple[object, ...]]:
    """Both commands, on a ledger that is whole and for one that is gone."""
    gone = office.folder / "elsewhere"
    (gone / "keys").mkdir(parents=True)
    for key in (office.folder / "keys").iterdir():
        (gone / "keys" / key.name).write_bytes(key.read_bytes())
    repair = ("repair", office.ledger, "--to", office.folder / "new.db")
    return [repair, ("-L", gone / "ledger.db", "restore", copy)]


@pytest.mark.parametrize("which", [0, 1], ids=["repair", "restore"])
def test_enter_goes_on_and_the_answer_says_what_was_not_compared(
    office: Counter, copy: Path, which: int
) -> None:
    command = commands(office, copy)[which]
    assert office.types(*command, answers=["not it", ""]) == Exit.PASS, office.err
    assert LEFT in office.out and "Enter: go on without it" in office.asked[0]


@pytest.mark.parametrize("which", [0, 1], ids=["repair", "restore"])
def test_with_the_passphrase_it_is_compared_and_three_wrong_ones_are_refused(
    office: Counter, copy: Path, which: int
) -> None:
    command = commands(office, copy)[which]
    assert office.types(*command, answers=["wrong"] * 3) == Exit.KEY
    assert "E-KEY-PASSPHRASE" in office.err
    assert office.types(*command, answers=[PASSPHRASE]) == Exit.PASS, office.err
    assert LEFT not in office.out
