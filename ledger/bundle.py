"""Writing a bundle 核验包, as a folder or as one zip (design §6, specs/bundle.md).

Everything is written into a hidden folder beside the target, read back and checked, and then renamed; so a
bundle is there whole or not at all, and the head is signed only after the tiles on the disk gave its root
again. Memory holds one entry bundle and the list of files, whatever the size of the ledger.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from verifier import checkpoint as heads
from verifier import note, paths, private, zipform
from verifier.bundle import FolderBundle, check_sums, note_text, open_bundle
from verifier.checkpoint import Checkpoint
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.merkle import Frontier, leaf_hash
from verifier.report import Status
from verifier.tiles import TileReader, write_tiles

_PIECE = 1 << 20
_REPLACED = "replaced"


@dataclass(frozen=True)
class LogSigner:
    """The log key: its vkey (named like the origin) and what signs with it."""

    vkey: note.Vkey
    sign: note.Sign


@dataclass(frozen=True)
class DrawFolder:
    """The three files of an executed draw, as `verifier.drawfiles` gives them."""

    draw: str
    seed: bytes
    tickets: Iterable[bytes]
    teams: Iterable[bytes]

    def files(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        """(path, pieces) of each file."""
        yield f"draws/{self.draw}/seed.txt", [self.seed]
        yield f"draws/{self.draw}/tickets.csv", self.tickets
        yield f"draws/{self.draw}/teams.csv", self.teams


@dataclass(frozen=True)
class Written:
    """A bundle that was written: where, its head, and the SHA-256 hex of its SHA256SUMS."""

    target: Path
    head: Checkpoint
    subject: str
    files: int


def write_bundle(
    target: Path,
    *,
    entries: Iterable[bytes],
    size: int,
    log: LogSigner,
    root: bytes | None = None,
    draws: Iterable[DrawFolder] = (),
    openings: Iterable[private.Opening] | None = None,
    cosignatures: Iterable[str] = (),
    page: bytes | None = None,
) -> Written:
    """Write the bundle of `size` entries to `target`: one zip when its name ends in ``.zip``, else a folder.

    `entries` are raw entries from number 0 on, exactly `size` of them, under `root` where it is known: a
    ledger whose entries give another one is not signed (``E-EXPORT-ROOT``); `cosignatures` lines (with
    newline) over this head, in any order; `openings` only in an inspector's bundle, which is then readable
    by its owner alone. An earlier bundle at `target` is replaced, anything else is refused
    (``E-EXPORT-TARGET``). Raises `LiuhenError` ``E-EXPORT-…``; exit 7 when the disk is full or cannot be
    written. In every case of error nothing is left behind and what was at `target` stays.
    """
    target = target.absolute()
    _check_target(target)
    try:
        _clear_abandoned(target)
        with _staging(target) as staging:
            folder = staging / "bundle"
            folder.mkdir(mode=0o777 if openings is None else 0o700)
            files = _Files(folder)
            head = _write_log(files, entries, size, root, log, cosignatures)
            for draw in draws:
                for path, pieces in draw.files():
                    files.write(path, pieces)
            if openings is not None:
                files.write(paths.OPENINGS, [private.encode_openings(openings)])
            if page is not None:
                files.write(paths.PAGE, [page])
            files.write(paths.README, [readme()])
            subject = _write_sums(files, log)
            _check_written(folder)
            if target.suffix == ".zip":
                packed = staging / "bundle.zip"
                packed.touch(mode=0o666 if openings is None else 0o600, exist_ok=False)
                _pack(folder, packed)
                packed.replace(target)
            else:
                _move_folder(folder, target, staging / _REPLACED)
    except Malformed as error:
        error.at(str(target))
        raise
    except OSError as error:
        raise LiuhenError(
            "E-EXPORT-DISK",
            N_("The bundle could not be written: {reason}. Nothing was changed."),
            where=str(target),
            remedy=N_("Make room on the disk or choose another folder, then export again."),
            exit=Exit.DISK,
            reason=error.strerror or type(error).__name__,
        ) from error
    return Written(target, head, subject, files.count())


class _Files:
    """The files of a bundle under way: each is written once, and its SHA-256 kept."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._hashes: dict[str, str] = {}

    def write(self, path: str, pieces: Iterable[bytes]) -> None:
        paths.check_path(path)
        if path in self._hashes or paths.kind(path) is paths.Kind.OTHER:
            raise Malformed("E-EXPORT-PATH", N_("A bundle has no such file, or has it already."), where=path)
        place = self._root.joinpath(*path.split("/"))
        place.parent.mkdir(parents=True, exist_ok=True)
        hashed = sha256()
        with place.open("xb") as file:
            for piece in pieces:
                hashed.update(piece)
                file.write(piece)
        self._hashes[path] = hashed.hexdigest()

    def read(self, path: str) -> bytes:
        return self._root.joinpath(*path.split("/")).read_bytes()

    def sums(self) -> Iterator[bytes]:
        for path, digest in sorted(self._hashes.items()):
            yield f"{digest}  {path}\n".encode("ascii")

    def count(self) -> int:
        return len(self._hashes)


def _write_log(
    files: _Files,
    entries: Iterable[bytes],
    size: int,
    root: bytes | None,
    log: LogSigner,
    cosignatures: Iterable[str],
) -> Checkpoint:
    tree = Frontier()

    def counted() -> Iterator[bytes]:
        for entry in entries:
            tree.append(leaf_hash(entry))
            yield entry

    for path, content in write_tiles(counted()):
        files.write(path, [content])
    if tree.size != size:
        raise LiuhenError(
            "E-EXPORT-SIZE",
            N_("The ledger gave {found} entries instead of {size}."),
            exit=Exit.FAIL,
            found=tree.size,
            size=size,
        )
    if root not in (None, tree.root()):
        raise LiuhenError(
            "E-EXPORT-ROOT",
            N_("The entries of the ledger are not those it was written with; nothing was signed."),
            remedy=N_("The file was damaged or changed. Keep it; see where: liuhen verify"),
            exit=Exit.FAIL,
        )
    head = Checkpoint(log.vkey.name, size, tree.root())
    for _ in TileReader(files.read, size, head.root).entries():
        pass
    signed = heads.sign_checkpoint(head, log.vkey, log.sign)
    for line in cosignatures:
        signed = heads.with_cosignature(signed, line)
    files.write(paths.LOG_VKEY, [note.vkey_file(log.vkey)])
    files.write(paths.CHECKPOINT, [signed])
    return head


def _write_sums(files: _Files, log: LogSigner) -> str:
    lines = b"".join(files.sums())
    subject = sha256(lines).hexdigest()
    files.write(paths.SUMS, [lines])
    files.write(paths.NOTE, [note.sign_note(note_text(log.vkey.name, subject), log.vkey, log.sign)])
    return subject


def readme() -> bytes:
    """README.txt, how to check by hand: the same in every bundle, it claims nothing about the ledger."""
    return b"\xef\xbb\xbf" + Path(__file__).with_name("bundle_readme.txt").read_bytes()


def _check_written(folder: Path) -> None:
    """Read back what was written; a damaged disk is found here, not by the reader."""
    for finding in check_sums(FolderBundle(folder)):
        if finding.status is not Status.PASS:
            raise LiuhenError(
                "E-EXPORT-CHECK",
                N_("The bundle just written does not pass its own check ({rule})."),
                where=finding.location.file or "",
                exit=Exit.DISK,
                rule=finding.rule,
            )


def _pack(folder: Path, packed: Path) -> None:
    bundle = FolderBundle(folder)
    with packed.open("r+b") as file:
        zipform.write_zip(file, ((path, partial(_pieces, bundle, path)) for path in bundle.paths()))
        file.flush()
        os.fsync(file.fileno())
    open_bundle(packed).close()


def _pieces(bundle: FolderBundle, path: str) -> Iterator[bytes]:
    with bundle.open(path) as file:
        while piece := file.read(_PIECE):
            yield piece


@contextmanager
def _staging(target: Path) -> Iterator[Path]:
    """A new hidden folder beside `target`, for its owner alone, removed at the end."""
    folder = target.parent / f".{target.name}.{secrets.token_hex(4)}.part"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clear_abandoned(target: Path) -> None:
    """Remove what an export to `target` left when it was killed; an earlier bundle it had taken away for the
    moment comes back."""
    abandoned = re.compile(re.escape(f".{target.name}.") + "[0-9a-f]{8}[.]part")
    for folder in [path for path in target.parent.iterdir() if abandoned.fullmatch(path.name)]:
        earlier = folder / _REPLACED
        if earlier.exists() and not target.exists():
            earlier.rename(target)
        shutil.rmtree(folder, ignore_errors=True)


def _move_folder(folder: Path, target: Path, replaced: Path) -> None:
    """Put `folder` at `target`; an earlier bundle goes to `replaced` and comes back if that fails."""
    if not target.exists():
        folder.rename(target)
        return
    target.rename(replaced)
    try:
        folder.rename(target)
    except BaseException:
        replaced.rename(target)
        raise


def _check_target(target: Path) -> None:
    """Refuse to replace what is not a bundle."""
    if not target.parent.is_dir():
        raise _refuse_target(target, N_("The folder to write into does not exist."))
    if target.suffix == ".zip":
        if os.path.lexists(target) and not _is_zip_bundle(target):
            raise _refuse_target(target, N_("A file of this name exists and is not a bundle."))
    elif os.path.lexists(target) and not _is_folder_bundle(target):
        raise _refuse_target(target, N_("A folder of this name exists and is not a bundle."))


def _is_zip_bundle(target: Path) -> bool:
    if target.is_symlink() or not target.is_file() or not zipfile.is_zipfile(target):
        return False
    with zipfile.ZipFile(target) as earlier:
        names = set(earlier.namelist())
    return {paths.SUMS, paths.NOTE, paths.CHECKPOINT} <= names


def _is_folder_bundle(target: Path) -> bool:
    if target.is_symlink() or not target.is_dir():
        return False
    try:
        found = FolderBundle(target).paths()
    except Malformed:
        return False
    known = all(paths.kind(path) is not paths.Kind.OTHER for path in found)
    return not any(target.iterdir()) or (known and {paths.SUMS, paths.CHECKPOINT} <= set(found))


def _refuse_target(target: Path, what: str) -> LiuhenError:
    return LiuhenError(
        "E-EXPORT-TARGET",
        what,
        where=str(target),
        remedy=N_("Choose another name; an export replaces only an earlier bundle."),
        exit=Exit.USAGE,
    )
