"""A damaged ledger file: what is found, what is brought over, and what is never believed."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from ledger import backup
from ledger.backup import Known
from ledger.book import Book
from ledger.commands import draws, lists
from ledger.commands.bundles import export
from ledger.commands.private_content import erase_private
from ledger.keystore import unlock
from ledger.rescue import doctor, repair
from ledger.rescue.chain import Chain, ranges, walk
from ledger.rescue.pages import Pages
from ledger.rescue.repair import Repaired
from ledger.rescue.sources import FileSource
from ledger.store.tables import SCHEMA
from tests.office import PASSPHRASE, Office, digest, subject
from verifier import codec, entry
from verifier.errors import Exit, LiuhenError
from verifier.replay import verify_entries
from verifier.report import Verdict

PAGE = 4096


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that has drawn in a sealed draw, so that openings are kept; the ledger file, closed."""
    office = Office(tmp_path_factory.mktemp("made"))
    office.lists(subjects=400)
    office.policy(sealed=True)
    office.plan()
    office.task(sealed=True)
    office.freeze()
    office.commits()
    office.reveals()
    draws.run(office.book, office.clerk, "d1")
    office.book.close()
    return office.folder / "台账 ledger.db"


@pytest.fixture
def ledger(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copy(made, tmp_path / "台账.db"))


def entries_of(path: Path) -> list[bytes]:
    with Book.open(path, read_only=True) as book:
        return list(book.store.entries())


def openings_of(path: Path) -> set[tuple[bytes, bytes, bytes]]:
    with Book.open(path, read_only=True) as book:
        return set(book.store.openings())


def mend(
    path: Path, helpers: Sequence[Path] = (), known: Sequence[Known] = (), *, accept_loss: bool = False
) -> Repaired:
    with repair.opened(path, helpers) as rescue:
        target = path.with_name("新.db")
        return rescue.write(target, known, lambda _chain: (), accept_loss=accept_loss)


def codes(path: Path, *more: Path) -> set[str]:
    return {finding.code for finding in doctor.examine(path, (), more).findings}


@contextlib.contextmanager
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as its owner changes it: no trigger in the way, and all of them there again."""
    connection = sqlite3.connect(path, isolation_level=None)
    for (name,) in list(connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")):
        connection.execute(f"DROP TRIGGER {name}")
    try:
        yield connection
    finally:
        for statement in SCHEMA:
            if statement.startswith("CREATE TRIGGER"):
                connection.execute(statement)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


def test_pages_give_the_rows_that_sqlite_gives(ledger: Path) -> None:
    source = FileSource(ledger)
    assert [set(source.entries(seq)) for seq in range(source.size)] == [{raw} for raw in entries_of(ledger)]
    assert set(source.openings()) == openings_of(ledger)
    assert any(len(raw) > PAGE for raw in entries_of(ledger)), "no entry that needs more than a page"


@pytest.mark.parametrize("beside", ["nothing", "a journal", "an index", "both"])
@pytest.mark.parametrize("cut", [False, True], ids=["whole", "cut"])
def test_the_doctor_leaves_nothing_beside_the_file(beside: str, cut: bool, tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    path, folder = office.book.store.path, tmp_path / "looked at"
    folder.mkdir()
    ends = {"nothing": [], "a journal": ["-wal"], "an index": ["-shm"], "both": ["-wal", "-shm"]}[beside]
    for end in ("", *ends):
        (folder / f"y.db{end}").write_bytes(path.with_name(path.name + end).read_bytes())
    office.book.close()
    if cut:
        (folder / "y.db").write_bytes((folder / "y.db").read_bytes()[: 2 * PAGE])
    before = {one.name: one.read_bytes() for one in folder.iterdir() if not one.name.endswith("-shm")}
    names = sorted(one.name for one in folder.iterdir())
    doctor.examine(folder / "y.db")
    assert sorted(one.name for one in folder.iterdir()) == names
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_what_stands_in_the_journal_counts_where_it_was_committed(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    path = office.book.store.path
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    shutil.copy(path.with_name(path.name + "-wal"), copy.with_name("copy.db-wal"))
    size = office.book.store.head().size
    source = FileSource(copy)
    assert source.pages.journalled and walk([source]).size == size
    assert "D-JOURNAL" in codes(copy)
    journal = copy.with_name("copy.db-wal")
    journal.write_bytes(journal.read_bytes()[:-100])
    assert walk([FileSource(copy)]).size < size
    journal.write_bytes(journal.read_bytes()[:3000])
    assert "D-JOURNAL-BAD" in codes(copy)


@pytest.mark.parametrize("how", ["cut", "flipped"])
def test_of_a_damaged_journal_counts_what_sqlite_counts(how: str, tmp_path: Path) -> None:
    """At every frame: the same entries and the same head row as SQLite has when it recovers the file."""
    office = Office(tmp_path)
    office.lists()
    path = office.book.store.path
    file, journal = path.read_bytes(), path.with_name(path.name + "-wal").read_bytes()
    office.book.close()
    seen = set()
    for frame in range(32, len(journal), PAGE + 24):
        copy = tmp_path / f"{frame}.db"
        copy.write_bytes(file)
        damaged = journal[:frame]
        if how == "flipped":
            damaged = journal[: frame + 100] + bytes([journal[frame + 100] ^ 1]) + journal[frame + 101 :]
        copy.with_name(copy.name + "-wal").write_bytes(damaged)
        source = FileSource(copy)
        source.close()
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            try:
                (held,) = connection.execute("SELECT count(*) FROM events").fetchone()
                (head,) = connection.execute("SELECT size FROM head").fetchone()
            except sqlite3.OperationalError:
                held = head = 0
        assert (source.held, source.head.size if source.head else 0) == (held, head), frame
        seen.add(held)
    assert len(seen) > 3


def test_a_sound_ledger_is_sound(ledger: Path) -> None:
    found = doctor.examine(ledger)
    assert found.exit is Exit.PASS and found.size == len(entries_of(ledger))
    assert {f.code for f in found.findings} <= {"D-CHAIN-STANDS", "D-BACKUP-NONE", "D-KEY-LOG"}


def zeroed(pages: range) -> Callable[[bytes], bytes]:
    def work(raw: bytes) -> bytes:
        start, end = pages.start * PAGE, pages.stop * PAGE
        return raw[:start] + bytes(end - start) + raw[end:]

    return work


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "wrong first bytes": (lambda raw: b"XQLite" + raw[6:], "D-FILE-MAGIC"),
    "first page gone": (zeroed(range(1)), "D-FILE-MAGIC"),
    "table pages gone": (zeroed(range(1, 4)), "D-FILE-PAGES"),
    "pages in the middle gone": (zeroed(range(30, 40)), "D-FILE-PAGES"),
    "cut in half": (lambda raw: raw[: len(raw) // 2], "D-FILE-CUT"),
    "cut within a page": (lambda raw: raw[: len(raw) - 1000], "D-FILE-CUT"),
    "every tenth page gone": (
        lambda raw: b"".join(
            bytes(PAGE) if at // PAGE % 10 == 5 else raw[at : at + PAGE] for at in range(0, len(raw), PAGE)
        ),
        "D-FILE-PAGES",
    ),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damage_is_named_and_with_a_copy_nothing_is_lost(what: str, ledger: Path, tmp_path: Path) -> None:
    damage, code = DAMAGES[what]
    whole, openings = entries_of(ledger), openings_of(ledger)
    copy = Path(shutil.copy(ledger, tmp_path / "copy.backup"))
    ledger.write_bytes(damage(ledger.read_bytes()))
    before = ledger.read_bytes()
    assert code in codes(ledger)
    made = mend(ledger, [copy])
    assert entries_of(made.copy.path) == whole
    assert openings_of(made.copy.path) == openings
    assert not made.lost
    assert ledger.read_bytes() == before
    with Book.open(made.copy.path, read_only=True) as book:
        assert verify_entries(book.store.entries(), "", book.open_private).verdict is Verdict.PASS
    assert doctor.examine(made.copy.path).exit is Exit.PASS


def test_the_pages_without_entries_cost_nothing(ledger: Path) -> None:
    """Without its first page the file needs no help: the entries stand in others."""
    whole = entries_of(ledger)
    ledger.write_bytes(zeroed(range(1))(ledger.read_bytes()))
    assert entries_of(mend(ledger).copy.path) == whole


def test_a_bundle_helps_as_well_as_a_copy(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    office.freeze()
    bundle = tmp_path / "核验包.zip"
    export(office.book, office.log, bundle)
    office.book.close()
    path = tmp_path / "台账 ledger.db"
    whole = entries_of(path)
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    made = mend(path, [bundle])
    assert entries_of(made.copy.path) == whole
    assert str(bundle) in made.taken


def test_what_is_lost_is_said_and_refused(ledger: Path) -> None:
    size = len(entries_of(ledger))
    raw = ledger.read_bytes()
    ledger.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(LiuhenError) as refused:
        mend(ledger)
    assert refused.value.code == "E-REPAIR-LOSS" and refused.value.exit is Exit.REFUSED
    assert not ledger.with_name("新.db").exists()
    made = mend(ledger, accept_loss=True)
    assert made.lost == ranges(range(made.copy.head.size, size))
    assert made.after == f"{made.copy.ledger.hex()}:{made.copy.head.size}:{made.copy.head.root.hex()}"
    assert made.lacking == 0


def test_a_loss_without_a_head_row_names_as_many_entries_as_there_were(ledger: Path) -> None:
    size = len(entries_of(ledger))
    with changing(ledger) as connection:
        connection.execute("DELETE FROM head")
        connection.execute("DELETE FROM events WHERE seq = 5")
    with pytest.raises(LiuhenError) as refused:
        mend(ledger)
    assert refused.value.params["lost"] == f"5–{size - 1}"
    assert (refused.value.params["size"], refused.value.params["seen"]) == (5, size)


@pytest.mark.parametrize("at", ["page", "rows"])
def test_a_disk_that_does_not_give_the_file_back_is_named(
    at: str, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_pages: Pages, *_number: int) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Pages, at, refuse)
    with pytest.raises(LiuhenError) as refused:
        doctor.examine(ledger)
    assert refused.value.code == "E-DOCTOR-READ" and refused.value.exit is Exit.DISK


def test_a_head_that_somebody_saw_is_named_by_the_next_ledger(ledger: Path) -> None:
    with pytest.raises(LiuhenError) as refused:
        mend(ledger, known=[Known(999, root=bytes(32), told="纸上")])
    assert refused.value.code == "E-REPAIR-LOSS"
    made = mend(ledger, known=[Known(999, root=bytes(32), told="纸上")], accept_loss=True)
    assert made.after.endswith(f":999:{bytes(32).hex()}")
    assert made.lost.endswith("–998")


def test_another_history_is_refused_even_when_loss_is_accepted(ledger: Path) -> None:
    with pytest.raises(LiuhenError) as refused:
        mend(ledger, known=[Known(3, root=bytes(32), told="纸上")], accept_loss=True)
    assert refused.value.code == "E-REPAIR-FORK"


def test_two_signed_entries_for_one_place_are_two_histories(tmp_path: Path) -> None:
    """The same person wrote on in a copy and in the ledger, each time with a key that knew of one only."""
    (tmp_path / "甲").mkdir()
    office = Office(tmp_path / "甲")
    office.book.close()
    shutil.copytree(tmp_path / "甲", tmp_path / "乙")
    for name in "甲乙":
        clerk = unlock(tmp_path / name / "keys/qian-clerk.key", PASSPHRASE)
        with Book.open(tmp_path / name / "台账 ledger.db", clock=office.clock) as book:
            lists.import_records(book, clerk, "subjects", [subject(1)], reason=name, source=digest(name))
    with pytest.raises(LiuhenError) as refused:
        mend(tmp_path / "甲/台账 ledger.db", [tmp_path / "乙/台账 ledger.db"], accept_loss=True)
    assert refused.value.code == "E-REPAIR-FORK"


def test_a_changed_entry_is_not_believed_whoever_keeps_it(ledger: Path) -> None:
    with changing(ledger) as connection:
        (raw,) = connection.execute("SELECT entry FROM events WHERE seq = 7").fetchone()
        changed = raw[:-1] + bytes([raw[-1] ^ 1])
        connection.execute("UPDATE events SET entry = ?, leaf = ? WHERE seq = 7", (changed, bytes(32)))
    found = doctor.examine(ledger)
    (changed_finding,) = [f for f in found.findings if f.code == "D-CHAIN-CHANGED"]
    assert changed_finding.params == {"seq": 7, "reason": "signature"}
    assert found.size == 7 and "D-CHAIN-BEYOND" in codes(ledger)
    assert mend(ledger, accept_loss=True).copy.head.size <= 7


def test_a_leaf_beside_a_true_entry_is_only_a_column(ledger: Path) -> None:
    whole = entries_of(ledger)
    with changing(ledger) as connection:
        connection.execute("UPDATE events SET leaf = ? WHERE seq = 7", (bytes(32),))
    assert "D-CHAIN-LEAF" in codes(ledger)
    assert entries_of(mend(ledger).copy.path) == whole


def test_an_opening_that_opens_nothing_is_left_out(ledger: Path) -> None:
    kept = openings_of(ledger)
    assert kept
    with changing(ledger) as connection:
        commitment = min(kept)[0]
        connection.execute("DELETE FROM openings WHERE commitment = ?", (commitment,))
        value = codec.encode("换")
        connection.execute("INSERT INTO openings VALUES (?, ?, ?)", (commitment, bytes(16), value))
        connection.execute("INSERT INTO openings VALUES (?, ?, ?)", (bytes(32), bytes(16), value))
    assert "D-OPENINGS-STRAY" in codes(ledger)
    made = mend(ledger)
    assert (made.dropped, made.lacking) == (2, 1)
    assert openings_of(made.copy.path) == {one for one in kept if one[0] != commitment}


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DROP TRIGGER events_never_go", "D-FILE-LAYOUT"),
        ("PRAGMA application_id = 7", "D-FILE-LAYOUT"),
        ("PRAGMA user_version = 9", "D-FILE-NEWER"),
        ("DELETE FROM facts WHERE kind = 'key'", "D-VIEWS"),
        ("UPDATE facts SET value = x'90' WHERE kind = 'key'", "D-VIEWS"),
    ],
)
def test_what_another_program_did_to_the_file_is_named(statement: str, code: str, ledger: Path) -> None:
    with contextlib.closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        connection.execute(statement)
    assert code in codes(ledger)
    assert entries_of(mend(ledger).copy.path)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("DELETE FROM head", "unreadable"),
        ("UPDATE head SET size = size + 3", "size"),
        ("UPDATE head SET root = zeroblob(32)", "root"),
        ("UPDATE head SET frontier = x''", "root"),
    ],
)
def test_a_head_row_that_is_not_that_of_the_entries(statement: str, reason: str, ledger: Path) -> None:
    with changing(ledger) as connection:
        connection.execute(statement)
    (finding,) = [f for f in doctor.examine(ledger).findings if f.code == "D-HEAD-ROW"]
    assert finding.params["reason"] == reason
    made = mend(ledger, accept_loss=reason == "size")
    assert made.copy.head.size == len(entries_of(made.copy.path))


def test_an_import_that_is_not_closed_is_not_brought_over(tmp_path: Path) -> None:
    """Chunks and close were one transaction: half of it is nothing."""
    office = Office(tmp_path)
    office.lists(subjects=400)
    kinds = [entry.parse(raw).body.type for raw in office.book.store.entries()]
    chunk = max(seq for seq, kind in enumerate(kinds) if kind == "import.chunk")
    office.book.close()
    path = tmp_path / "台账 ledger.db"
    with changing(path) as connection:
        connection.execute("DELETE FROM events WHERE seq > ?", (chunk,))
    first = max(seq for seq in range(chunk) if kinds[seq] != "import.chunk")
    assert mend(path, accept_loss=True).copy.head.size == first + 1


def test_openings_erased_since_do_not_come_back_from_a_copy(tmp_path: Path) -> None:
    office = Office(tmp_path)
    row = subject(1)
    lists.import_records(
        office.book,
        office.clerk,
        "subjects",
        [row],
        private={row[0]: {"telephone": "0952-0000001", "legal_representative": "法人甲"}},
        reason="建库",
        source=digest("甲"),
    )
    copy = backup.make(office.book, tmp_path / "b").path
    before = openings_of(copy)
    commitment = min(before)[0]
    office.confirm(
        "approver", erase_private(office.book, office.clerk, [commitment], "个人信息保护法第四十七条")
    )
    office.book.close()
    path = tmp_path / "台账 ledger.db"
    path.write_bytes(zeroed(range(1))(path.read_bytes()))
    made = mend(path, [copy])
    assert openings_of(made.copy.path) == {one for one in before if one[0] != commitment}
    assert made.lacking == 0


@pytest.mark.parametrize("data", [b"", b"x", bytes(100_000), b"SQLite format 3\0" + bytes(50)])
def test_what_holds_nothing_of_a_ledger_is_said_to(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(data)
    found = doctor.examine(path)
    assert found.size == 0 and found.exit is Exit.UNREADABLE
    with pytest.raises(LiuhenError) as refused:
        mend(path, accept_loss=True)
    assert refused.value.code == "E-REPAIR-NOTHING"


def test_no_file_is_written_over(ledger: Path) -> None:
    ledger.with_name("新.db").write_bytes(b"")
    with pytest.raises(LiuhenError) as refused:
        mend(ledger)
    assert refused.value.code == "E-REPAIR-EXISTS"


@pytest.mark.parametrize("seed", range(6))
def test_random_damage_never_stops_the_doctor_and_never_lets_a_wrong_entry_pass(
    seed: int, ledger: Path
) -> None:
    whole = entries_of(ledger)
    raw = bytearray(ledger.read_bytes())
    chance = random.Random(seed)
    for _ in range(1 << seed):
        at = chance.randrange(len(raw))
        raw[at : at + chance.choice((1, 16, 4096))] = os.urandom(1)
    ledger.write_bytes(raw)
    found = doctor.examine(ledger)
    assert found.exit in (Exit.PASS, Exit.FAIL, Exit.UNREADABLE)
    chain: Chain = walk([FileSource(ledger)])
    if chain.settled:
        made = mend(ledger, accept_loss=True)
        assert entries_of(made.copy.path) == whole[: made.copy.head.size]


def test_drafts_are_not_left_behind(ledger: Path) -> None:
    mend(ledger)
    assert not [path for path in ledger.parent.iterdir() if path.name.startswith(".")]


def test_ranges_of_numbers_are_short() -> None:
    assert ranges([3, 4, 5, 9]) == "3–5, 9"
    assert ranges([]) == ""
    assert (ranges(range(3, 3)), ranges(range(3, 4)), ranges(range(3, 9))) == ("", "3", "3–8")
    assert ranges(range(7, 2**53)) == f"7–{2**53 - 1}", "as somebody claims, and at once"
