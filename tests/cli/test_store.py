"""A ledger on a server, at the counter: begun there, used from several computers, moved both ways."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from cli import placing
from cli.main import run
from ledger.book import Book
from ledger.store import Store, copying
from ledger.store.copying import Compared
from ledger.store.server import server_of
from tests.cli.clerk import Clerk
from tests.cluster import Cluster
from tests.office import ORIGIN
from verifier.entry import Body, parse, seal
from verifier.errors import Exit

_SCHEMAS = count(1)
LEDGER = "台账 ledger.db"


@pytest.fixture(autouse=True)
def data(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program keeps its data."""
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setattr(placing, "_data", lambda: folder)
    return folder


@pytest.fixture
def url(cluster: Cluster) -> str:
    """A place on the server where nothing is yet."""
    return server_of(cluster.url(f"counter{next(_SCHEMAS)}")).url


def ledger_of(path: Path) -> tuple[list[bytes], list[tuple[bytes, bytes, bytes]], object]:
    with Store.open(path, types=frozenset(), read_only=True) as store:
        return list(store.entries()), list(store.openings()), store.head()


@pytest.fixture
def pointed(clerk: Clerk, url: str) -> Iterator[Path]:
    """The clerk's ledger moved onto the server, and a file that names it."""
    clerk.does("move", clerk.folder / LEDGER, url)
    path = clerk.folder / "服务器.db"
    path.write_text(url + "\n", encoding="utf-8")
    yield path


def test_a_ledger_moves_to_a_server_and_back_byte_for_byte_and_says_what_it_compared(
    clerk: Clerk, url: str
) -> None:
    clerk.does("calendar", "adopt", "2026")
    here, back = clerk.folder / LEDGER, clerk.folder / "取回.db"
    told = clerk.does("move", here, url)
    assert "每一条记录逐字节、每个叶子哈希：6 条" in told
    assert "根哈希" in told
    assert f'-L "{url}" verify' in told
    clerk.does("move", url, back)
    assert ledger_of(back) == ledger_of(here)
    assert len(ledger_of(back)[0]) == 6


def test_the_facts_are_there_after_a_move(clerk: Clerk, pointed: Path) -> None:
    with Book.open(pointed, read_only=True) as book, Book.open(clerk.folder / LEDGER) as before:
        assert type(book.facts()) is type(before.facts())


def test_private_values_move_too(clerk: Clerk, url: str, tmp_path: Path) -> None:
    with Book.open(clerk.folder / LEDGER) as book, book.store.writing() as transaction:
        transaction.open_values([(bytes([n]) * 32, bytes(16), b"\x01") for n in range(1, 4)])
    assert "每一项不公开内容：3 项" in clerk.does("move", clerk.folder / LEDGER, url)


def test_a_difference_on_the_server_is_found(clerk: Clerk, pointed: Path, url: str, cluster: Cluster) -> None:
    """The entry before the last is another one: opening compares the last only, moving compares all."""
    schema = url.partition("schema=")[2]
    with cluster.connect(options=f"-c search_path={schema}") as plain:
        plain.execute("ALTER TABLE events DISABLE TRIGGER USER")
        plain.execute("UPDATE events SET entry = entry || '\\x00' WHERE seq = 2")
        plain.execute("ALTER TABLE events ENABLE TRIGGER USER")
    assert clerk.run("move", clerk.folder / LEDGER, url) == Exit.FAIL
    assert "seq 2" in clerk.err
    assert clerk.run("move", url, clerk.folder / "取回.db") != Exit.PASS
    assert not (clerk.folder / "取回.db").exists()


def test_a_move_cut_short_goes_on(clerk: Clerk, url: str) -> None:
    here = clerk.folder / LEDGER
    with Store.open(here, types=frozenset(), read_only=True) as source:
        path = clerk.folder / "begun.db"
        path.write_text(url + "\n")
        with Store.create(path, source.origin, types=frozenset()) as begun, begun.writing() as transaction:
            transaction.take([source.entry(0), source.entry(1)])
    clerk.does("move", here, url)
    assert ledger_of(path) == ledger_of(here)


def test_a_ledger_that_went_on_since_the_move_is_left_as_it_is(clerk: Clerk, pointed: Path, url: str) -> None:
    """What was erased there since does not come back from the file."""
    here = clerk.folder / LEDGER
    clerk.does("calendar", "adopt", "2026", ledger=pointed)
    with Store.open(here, types=frozenset()) as source, source.writing() as transaction:
        transaction.open_value(bytes(32), bytes(16), b"\x01")
    before = ledger_of(pointed)
    assert clerk.run("move", here, url) == Exit.USAGE
    assert "已有 6 条" in clerk.err
    assert "store show" in clerk.err
    assert ledger_of(pointed) == before


def test_a_move_over_another_history_of_the_same_name_is_refused(
    clerk: Clerk, pointed: Path, url: str
) -> None:
    here, keys = clerk.folder / LEDGER, clerk.folder / "again"
    shutil.copytree(clerk.folder / "keys", keys)
    clerk.does("calendar", "adopt", "2026", ledger=here)
    clerk.does("calendar", "adopt", "2025", ledger=pointed, keys=keys)
    with Store.open(here, types=frozenset()) as source, source.writing() as transaction:
        transaction.open_value(bytes(32), bytes(16), b"\x01")
    before = ledger_of(pointed)
    assert clerk.run("move", here, url) == Exit.REFUSED
    assert "接不上" in clerk.err
    assert ledger_of(pointed) == before


def test_a_file_has_its_name_when_all_of_it_is_there(
    clerk: Clerk, pointed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it ends, a power cut too: half a ledger is never found under the name of the whole."""
    back, compare = clerk.folder / "取回.db", copying.compare

    def looked(source: Store, target: Store) -> Compared:
        assert not back.exists()
        return compare(source, target)

    monkeypatch.setattr(copying, "compare", looked)
    before = set(clerk.folder.iterdir())
    clerk.does("move", pointed, back)
    assert set(clerk.folder.iterdir()) == before | {back}
    assert clerk.run("move", pointed, back) == Exit.USAGE


def test_another_ledger_on_the_server_is_not_overwritten(clerk: Clerk, url: str) -> None:
    path = clerk.folder / "other.db"
    path.write_text(url + "\n")
    Store.create(path, "practice/other.example/x", types=frozenset()).close()
    assert clerk.run("move", clerk.folder / LEDGER, url) == Exit.USAGE
    assert "practice/other.example/x" in clerk.err


def test_a_ledger_does_not_move_onto_itself(clerk: Clerk, pointed: Path, url: str) -> None:
    assert clerk.run("move", clerk.folder / LEDGER, clerk.folder / LEDGER) == Exit.USAGE
    assert clerk.run("move", pointed, url) == Exit.USAGE
    assert clerk.run("move", pointed, url.replace("liuhen@", "another@")) == Exit.USAGE
    assert "同一本台账" in clerk.err


def test_commands_work_on_the_address_alone(clerk: Clerk, pointed: Path, url: str, data: Path) -> None:
    told = clerk.does("calendar", "adopt", "2026", ledger=url)
    assert f'-L "{url}"' in told
    assert "6" in clerk.does("store", "show", ledger=url)
    assert clerk.does("verify", ledger=url)
    assert clerk.does("replay", "--at", "3", ledger=pointed)
    assert [path.name for path in data.iterdir()] == [path.name for path in data.glob("postgres-*")]


def test_a_backup_of_a_ledger_on_a_server_is_a_file(clerk: Clerk, pointed: Path) -> None:
    told = clerk.does("backup", clerk.folder / "备份", ledger=pointed)
    (copy,) = (clerk.folder / "备份").iterdir()
    assert str(copy) in told
    assert ledger_of(copy) == ledger_of(pointed)
    assert copy.read_bytes().startswith(b"SQLite format 3")
    restored = clerk.folder / "恢复.db"
    clerk.does("restore", copy, ledger=restored)
    assert ledger_of(restored) == ledger_of(pointed)


def test_a_copy_is_not_put_straight_onto_a_server(clerk: Clerk, pointed: Path) -> None:
    clerk.does("backup", clerk.folder / "备份")
    (copy,) = (clerk.folder / "备份").iterdir()
    assert clerk.run("restore", copy, ledger=pointed) == Exit.USAGE
    assert "liuhen move" in clerk.err


@pytest.mark.parametrize("words", [("todo",), ("move", "{url}", "x.db"), ("store", "use", "{url}")])
def test_an_address_with_a_password_is_refused_and_not_repeated(clerk: Clerk, words: tuple[str, ...]) -> None:
    bad = "postgresql://u:sesame@db.example/liuhen"
    ledger = bad if words == ("todo",) else clerk.folder / "new.db"
    assert clerk.run(*(word.format(url=bad) for word in words), ledger=ledger) == Exit.USAGE
    assert "密码" in clerk.err
    assert "sesame" not in clerk.err + clerk.out
    assert not (clerk.folder / "new.db").exists()


FORGED = (
    # The row is the next one in every respect that the server can see; its signature is of nobody.
    "INSERT INTO events (seq, stream, ver, type, id, leaf, entry) VALUES (%s, %s, %s, %s, %s, %s, %s)"
)


def test_a_ledger_with_a_row_that_nobody_signed_is_taken_out_and_what_stands_goes_on(
    clerk: Clerk, pointed: Path, url: str, cluster: Cluster
) -> None:
    """Any workstation's password is enough for such a row. It must not be the end of what was recorded."""
    with Store.open(pointed, types=frozenset(), read_only=True) as store:
        entries, last = store.head().size, parse(list(store.entries())[-1])
    old = last.body
    body = Body(
        *(old.origin, entries, last.leaf, old.time, old.actor),
        *("forged", 1, old.type, bytes(16), old.data),  # type: ignore[arg-type]
    )
    forged = seal(body, lambda _message: bytes(64))
    with cluster.connect(options=f"-c search_path={url.partition('schema=')[2]}") as plain:
        row = (body.seq, body.stream, body.ver, body.type, body.id, forged.leaf, forged.raw)
        plain.execute(FORGED, row)
    taken, sound = clerk.folder / "取出.db", clerk.folder / "修复.db"
    assert clerk.run("todo", ledger=pointed) == Exit.UNREADABLE
    assert "liuhen store fetch" in clerk.err
    assert clerk.run("doctor", ledger=pointed) == Exit.USAGE
    assert "liuhen store fetch" in clerk.err
    assert "取出" in clerk.does("store", "fetch", taken, ledger=pointed)
    assert clerk.run("doctor", taken, ledger=pointed) == Exit.FAIL
    assert "签名" in clerk.out
    clerk.does("repair", taken, "--to", sound, "--accept-loss", ledger=pointed)
    assert ledger_of(sound) == ledger_of(clerk.folder / LEDGER)
    assert clerk.run("store", "fetch", taken, ledger=pointed) == Exit.USAGE
    assert clerk.run("store", "fetch", clerk.folder / "x.db", ledger=sound) == Exit.USAGE


def test_what_is_taken_out_of_a_sound_ledger_is_that_ledger(clerk: Clerk, pointed: Path) -> None:
    with Store.open(pointed, types=frozenset()) as store, store.writing() as transaction:
        transaction.open_values([(bytes([n]) * 32, bytes(16), b"\x01") for n in range(1, 4)])
    clerk.does("store", "fetch", clerk.folder / "取出.db", ledger=pointed)
    assert ledger_of(clerk.folder / "取出.db") == ledger_of(pointed)


def test_a_computer_is_told_where_the_ledger_is(clerk: Clerk, pointed: Path, url: str) -> None:
    path = clerk.folder / "另一台" / "台账.db"
    assert ORIGIN in clerk.does("store", "use", url, ledger=path)
    assert path.read_text("utf-8").startswith("postgresql://")
    clerk.does("store", "use", url, ledger=path)
    assert clerk.run("store", "use", url, ledger=clerk.folder / LEDGER) == Exit.USAGE


def test_a_server_that_does_not_answer_leaves_nothing_behind(clerk: Clerk, tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    gone = f"postgresql://u@/liuhen?host={tmp_path}"
    assert clerk.run("store", "use", gone, ledger=path) == Exit.DISK
    assert "连不上台账服务器" in clerk.err
    assert not path.exists()


def test_a_ledger_is_begun_on_the_server(clerk: Clerk, url: str, tmp_path: Path) -> None:
    path = tmp_path / "新 台账.db"
    words = ("init", "ledger.new.example/x", "--office", "新单位", "--division", "640221", "--store", url)
    people = ("a:甲:x:admin", "b:乙:x:clerk", "c:丙:x:approver", "d:丁:y:supervisor")
    options = [word for one in people for word in ("--person", one)]
    for _again in range(2):
        told = clerk.does(*words, *options, ledger=path, keys=tmp_path / "新 密钥")
        assert "新单位" in told
    with Book.open(path, read_only=True) as book:
        assert book.store.head().size > 3
        assert book.store.place.startswith("postgresql://")


def test_a_ledger_that_is_not_begun_leaves_no_address_behind(clerk: Clerk, url: str, tmp_path: Path) -> None:
    """Or the next try would be told of a file that is there."""
    path, keys = tmp_path / "new.db", tmp_path / "keys of it"
    there = tmp_path / "other.db"
    there.write_text(url + "\n")
    Store.create(there, "practice/other.example/x", types=frozenset()).close()
    words = ("init", "ledger.new.example/x", "--office", "新单位", "--division", "640221", "--store", url)
    people = ("a:甲:x:admin", "b:乙:x:clerk", "c:丙:x:approver", "d:丁:y:supervisor")
    options = [word for one in people for word in ("--person", one)]
    assert clerk.run(*words, *options, ledger=path, keys=keys) == Exit.USAGE
    assert "practice/other.example/x" in clerk.err
    assert not path.exists()


def test_who_names_another_server_is_told_which_one_the_file_names(
    clerk: Clerk, pointed: Path, url: str
) -> None:
    assert clerk.run("store", "use", url + "_2", ledger=pointed) == Exit.USAGE
    assert url in clerk.err
    assert "小文件" in clerk.err


def test_the_administrators_script_is_printed(clerk: Clerk, capsys: pytest.CaptureFixture[str]) -> None:
    told = clerk.does("store", "sql", ORIGIN, "--schema", "lianxi")
    assert "CREATE ROLE lianxi_writer NOLOGIN" in told
    assert f"'{ORIGIN}'" in told
    assert clerk.run("store", "sql", "x'); DROP TABLE head; --") == Exit.USAGE
    assert clerk.run("store", "sql", ORIGIN, "--schema", "a; DROP") == Exit.USAGE
    assert run(["store", "sql", ORIGIN]) == Exit.PASS
