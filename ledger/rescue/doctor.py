"""`liuhen doctor`: look at a ledger file, whatever its state, and say what is damaged and what still stands.

Nothing is written and no passphrase is asked. SQLite is asked as far as it can open the file; entries are
read past it, page by page, so that a file without its first page is looked at like any other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger import backup, views
from ledger.backup import Known
from ledger.cosigning.heads import Heads
from ledger.keyfile import exposed, is_folder, key_files, load
from ledger.rescue import heads
from ledger.rescue.chain import Chain, Fault, beyond, ranges, walk
from ledger.rescue.findings import Finding, Grade
from ledger.rescue.sources import FileSource
from ledger.store import file as sqlite_file
from ledger.store.tables import APPLICATION_ID, SCHEMA, TABLES, USER_VERSION
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.merkle import leaf_hash
from verifier.note import Vkey
from verifier.plainfile import open_plain

_SHOWN = 5
"""Complaints of SQLite that are shown."""


@dataclass(frozen=True)
class Diagnosis:
    """What was found. `size` entries of the ledger `ledger` stand, under `root`; of `told` at most was
    spoken somewhere."""

    path: Path
    origin: str
    ledger: bytes
    size: int
    root: bytes
    told: int
    findings: tuple[Finding, ...]

    @property
    def damaged(self) -> bool:
        return any(finding.kind.grade is Grade.DAMAGED for finding in self.findings)

    @property
    def ledger_damaged(self) -> bool:
        """Whether the ledger itself is, and not key files alone."""
        worst = {finding.code for finding in self.findings if finding.kind.grade is Grade.DAMAGED}
        return bool(worst - {"D-KEY-FILE"})

    @property
    def other(self) -> bool:
        """Whether another ledger stands here than the one that was."""
        return any(finding.kind.grade is Grade.OTHER for finding in self.findings)

    @property
    def exit(self) -> Exit:
        """4 where nothing stands, 1 where something is damaged or this is not the ledger that was here."""
        if not self.size:
            return Exit.UNREADABLE
        return Exit.FAIL if self.damaged or self.other else Exit.PASS


def examine(
    path: Path, key_folders: Sequence[Path] = (), more: Sequence[Path] = (), published: Sequence[Path] = ()
) -> Diagnosis:
    """Look at the ledger file, the key files in `key_folders`, the copies in `more` and those beside it, and
    the `published` checkpoints, bundles or sites.

    Raises E-DOCTOR-FILE where there is no file, E-DOCTOR-READ where the disk does not give it back.
    """
    if not path.is_file():
        raise LiuhenError(
            "E-DOCTOR-FILE",
            N_("There is no file to look at."),
            where=str(path),
            remedy=N_(
                "Give the ledger's file. Where the disk is gone, look for a copy: liuhen restore COPY; where "
                "only a bundle is left: liuhen repair BUNDLE --to FILE"
            ),
        )
    try:
        with closing(FileSource(path)) as source:
            return _examined(path, source, key_folders, more, published)
    except OSError as error:
        raise LiuhenError(
            "E-DOCTOR-READ",
            N_("The disk does not give the file back ({reason})."),
            where=str(error.filename or path),
            remedy=N_("Let someone look who may read it, and close other programs that have it open.")
            if isinstance(error, PermissionError)
            else N_("Copy what can be copied of it to another disk and look at that copy."),
            exit=Exit.DISK,
            reason=error.strerror or type(error).__name__,
        ) from error


def _examined(
    path: Path,
    source: FileSource,
    key_folders: Sequence[Path],
    more: Sequence[Path],
    published: Sequence[Path],
) -> Diagnosis:
    unread = Unread()
    known = [one for one in (heads.of_note(path),) if one]
    for place in published:
        head, _signed = heads.published(place, source.origin)
        known.append(Known(head.size, root=head.root, told=str(place)))
    asked = [one.size for one in known]
    with unread.noting(backup.note_path(path)) as note:
        note.read_bytes()
    with unread.noting(Heads.beside(path).folder):
        asked += heads.sizes(path)
    opened = source.opened()
    chain = walk([source], asked=asked, openings=opened.get)
    findings = [
        *_file(path, source),
        *_chain(source, chain),
        *_facts(path, source, chain, opened),
        *_keys(key_folders, chain, unread),
        *_beside(path, source),
        *_copies(path, chain, more, unread),
        *_heads(path, chain, known, unread),
        *unread.findings(),
    ]
    told = max(source.size, source.head.size if source.head else 0, chain.size)
    return Diagnosis(
        path, chain.origin or source.origin, chain.ledger, chain.size, chain.root, told, tuple(findings)
    )


class Unread:
    """Files and folders beside the ledger that could not be read; what they say is then not known."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    @contextmanager
    def noting(self, path: Path) -> Iterator[Path]:
        """Note instead of raising when `path`, or a file in it, is not given by the system."""
        try:
            yield path
        except FileNotFoundError:
            return
        except OSError as error:
            self._reasons[str(error.filename or path)] = error.strerror or type(error).__name__

    def findings(self) -> Iterator[Finding]:
        for path, reason in sorted(self._reasons.items()):
            yield Finding("D-UNREAD", {"path": path, "reason": reason})


def _file(path: Path, source: FileSource) -> Iterator[Finding]:
    pages = source.pages
    if not pages.magic:
        yield Finding("D-FILE-MAGIC", {})
    elif (pages.whole < pages.declared or pages.length % pages.page_size) and not pages.journalled:
        yield Finding("D-FILE-CUT", {"held": pages.whole, "declared": pages.declared})
    try:
        with sqlite_file.looking(path) as connection:
            yield from _asked(connection)
    except (sqlite3.Error, LiuhenError, UnicodeDecodeError) as error:
        reason = error.params.get("reason", error.code) if isinstance(error, LiuhenError) else error
        yield Finding("D-FILE-PAGES", {"reason": str(reason)})


def _asked(connection: sqlite3.Connection) -> Iterator[Finding]:
    """What SQLite says of a file that it opens."""
    complaints = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(100)")]
    if complaints != ["ok"]:
        shown = [line.replace("\n", " ") for line in complaints[:_SHOWN]]
        yield Finding("D-FILE-PAGES", {"reason": "; ".join(shown)})
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > USER_VERSION:
        yield Finding("D-FILE-NEWER", {})
        return
    names = []
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        names.append("application_id")
    if version != USER_VERSION:
        names.append("user_version")
    marks = ", ".join("?" * len(TABLES))
    found = {
        row[0]: row[1]
        for row in connection.execute(
            f"SELECT name, sql FROM sqlite_schema WHERE tbl_name IN ({marks}) AND sql IS NOT NULL",  # noqa: S608
            TABLES,
        )
    }
    reference = {statement.split()[2]: statement for statement in SCHEMA}
    names += sorted(
        name for name in {*found, *reference} if found.get(name) != reference.get(name) and name is not None
    )
    if names:
        yield Finding("D-FILE-LAYOUT", {"names": ", ".join(names)})


def _chain(source: FileSource, chain: Chain) -> Iterator[Finding]:
    if chain.size:
        yield Finding("D-CHAIN-STANDS", {"last": chain.size - 1, "root": chain.root.hex()})
    told = source.head.size if source.head else 0
    if chain.fault is Fault.MISSING or (chain.fault is None and (chain.size < told or not chain.size)):
        yield Finding("D-CHAIN-MISSING", {"seq": chain.size})
    elif chain.fault is not None:
        yield Finding("D-CHAIN-CHANGED", {"seq": chain.size, "reason": chain.fault.value})
    rest = list(beyond(chain, source))
    if chain.fault is not Fault.MISSING and rest[:1] == [chain.size]:
        rest = rest[1:]
    if rest:
        yield Finding("D-CHAIN-BEYOND", {"seqs": ranges(rest)})
    wrong = [seq for seq in range(chain.size) if any(leaf_hash(k.raw) != k.leaf for k in source.kept(seq))]
    if wrong:
        yield Finding("D-CHAIN-LEAF", {"seqs": ranges(wrong)})
    head = source.head
    if head is None:
        yield Finding("D-HEAD-ROW", {"reason": "unreadable"})
    elif head.size != chain.size:
        yield Finding("D-HEAD-ROW", {"reason": "size", "told": head.size, "held": chain.size})
    elif (head.leaf, head.root, source.frontier) != (
        chain.leaf,
        chain.root,
        b"".join(chain.frontier.hashes),
    ):
        yield Finding("D-HEAD-ROW", {"reason": "root"})
    if chain.breaches:
        yield Finding("D-RULES", {"seqs": ranges(chain.breaches)})


def _facts(path: Path, source: FileSource, chain: Chain, opened: Mapping[bytes, object]) -> Iterator[Finding]:
    stray = sum(not chain.opens(opening) for opening in source.openings())
    if stray:
        yield Finding("D-OPENINGS-STRAY", {"n": stray})
    lacking = sum(c not in opened and not chain.erased(c) for c in chain.places)
    if lacking:
        yield Finding("D-OPENINGS-LACK", {"n": lacking})
    if not chain.size or chain.size != (source.head.size if source.head else -1):
        return
    try:
        with sqlite_file.looking(path) as connection:
            alike = views.agree(connection, chain.facts)
    except (sqlite3.Error, LiuhenError, ValueError):
        return
    if not alike:
        yield Finding("D-VIEWS", {})


def _keys(folders: Sequence[Path], chain: Chain, unread: Unread) -> Iterator[Finding]:
    held = chain.facts.get(f.LEDGER, f.ONE)
    log = Vkey.parse(held.log_vkey).public if held else None
    publics = set()
    for folder in folders:
        files: list[Path] = []
        with unread.noting(folder):
            files = key_files(folder)
            yield from (Finding("D-DRAFT", {"path": str(p)}) for p in sorted(folder.glob(".*.tmp")))
            for inner in filter(is_folder, folder.iterdir()):
                with unread.noting(inner):
                    any(inner.iterdir())
        for path in files:
            with unread.noting(path):
                open_plain(path).close()
                try:
                    public = load(path).info.public
                    if path.parent == folder:
                        publics.add(public)
                except LiuhenError:
                    yield Finding("D-KEY-FILE", {"path": str(path)})
            if exposed(path):
                yield Finding("D-KEY-OPEN", {"path": str(path)})
    if log is not None and log not in publics:
        yield Finding("D-KEY-LOG", {"folders": ", ".join(map(str, folders))})


def _beside(path: Path, source: FileSource) -> Iterator[Finding]:
    journal = path.with_name(path.name + "-wal")
    if journal.is_file() and journal.stat().st_size:
        if source.pages.journalled:
            yield Finding("D-JOURNAL", {"pages": source.pages.journalled, "path": str(journal)})
        else:
            yield Finding("D-JOURNAL-BAD", {"path": str(journal)})
    for draft in sorted(path.absolute().parent.glob(f".{glob_safe(path.name)}.*.tmp*")):
        yield Finding("D-DRAFT", {"path": str(draft)})


def glob_safe(name: str) -> str:
    """A name that a pattern takes literally."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def copies_of(path: Path) -> list[Path]:
    """The copies at hand: where the note says, in that folder, and beside the ledger; the newest first."""
    noted = backup.last(path)
    folders = [path.absolute().parent]
    if noted is not None:
        folders.append(Path(noted.path).parent)
    found = {
        copy.resolve(): copy
        for folder in folders
        for copy in (folder.glob(f"{glob_safe(path.stem)}-*.backup") if is_folder(folder) else ())
    }
    return sorted(found.values(), key=lambda copy: (_entries_in_name(path, copy), copy.name), reverse=True)


def _entries_in_name(path: Path, copy: Path) -> int:
    size = copy.name.removeprefix(f"{path.stem}-").partition("-")[0]
    return int(size) if size.isdecimal() else 0


def _copies(path: Path, chain: Chain, more: Sequence[Path], unread: Unread) -> Iterator[Finding]:
    """Copies are looked at until a sound one of this ledger is found."""
    noted = backup.last(path)
    if noted is not None:
        with unread.noting(Path(noted.path).parent) as folder:
            any(folder.iterdir())
    found = [*more, *copies_of(path)]
    for copy in found:
        try:
            read = None
            with unread.noting(copy):
                if copy.exists():
                    open_plain(copy).close()
                read = backup.read(copy)
        except LiuhenError as error:
            yield Finding("D-BACKUP-BAD", {"path": str(copy), "reason": error.code})
            continue
        if read is None:
            continue
        if chain.ledger and read.ledger != chain.ledger:
            yield Finding("D-BACKUP-BAD", {"path": str(copy), "reason": "E-BACKUP-OTHER"})
            continue
        yield Finding("D-BACKUP-GOOD", {"path": str(copy), "n": read.head.size})
        return
    if not found:
        yield Finding("D-BACKUP-NONE", {})


def _heads(path: Path, chain: Chain, known: Sequence[Known], unread: Unread) -> Iterator[Finding]:
    signed = []
    with unread.noting(Heads.beside(path).folder):
        signed = list(heads.beside(path, chain.facts, chain.origin)) if chain.size else []
    shown = False
    for seen in signed:
        told = heads.known(seen, ", ".join(("log", *seen.cosigners) if seen.by_log else seen.cosigners))
        finding = _compared(chain, told)
        if finding.code == "D-HEADS-GOOD":
            if shown:
                continue
            shown = True
        yield finding
    for one in known:
        yield _compared(chain, one)


def _compared(chain: Chain, one: Known) -> Finding:
    if chain.size and not one.is_of(chain.ledger):
        return Finding("D-LEDGER-OTHER", {"who": one.told, "origin": chain.origin})
    if one.size > chain.size:
        return Finding("D-HEADS-BEHIND", {"who": one.told, "n": one.size, "held": chain.size})
    if any(heads.contradicting([one], chain.roots, chain.leaves)):
        return Finding("D-HEADS-FORK", {"who": one.told, "n": one.size})
    return Finding("D-HEADS-GOOD", {"who": one.told, "n": one.size})
