"""Building the public site: what changed is made and put, everything else stays untouched (specs/site.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from ledger.book import Book
from ledger.bundle import LogSigner, readme
from ledger.site import memory as memories
from ledger.site.draft import Draft, staging
from ledger.site.draw_page import draw_pages
from ledger.site.figure_page import figures
from ledger.site.folder import RECEIPTS, Standing, strange, survey
from ledger.site.log_files import Cosignatures, put_tiles, sign_head, standing_head
from ledger.site.memory import Edit, Memory, Part
from ledger.site.pages import Head, common, home, lists, published_draws, single
from ledger.site.plan_page import plan_page, plans, shown
from ledger.site.public import PublicFacts
from ledger.site.reads import Held, Noted, Stamps
from ledger.site.render import STYLE, Language, Page, Renderer, maker, style
from ledger.views import ReadFacts
from verifier import checkpoint as heads
from verifier import drawfolder, entry, note, paths
from verifier import facts as f
from verifier.bundle import note_text
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Facts

_IMPORT = b"import.closed"


@dataclass(frozen=True)
class Built:
    """A site as it was built: `changed` and `removed` are what was touched; `mended` what somebody else had
    changed or taken away, and the site has as it should be again."""

    target: Path
    head: heads.Checkpoint
    subject: str
    files: int
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    mended: tuple[str, ...]


def build(
    book: Book,
    log: LogSigner,
    target: Path,
    *,
    languages: Sequence[Language],
    page: bytes,
    guard: Callable[[heads.Checkpoint | None], None] = lambda _: None,
    cosignatures: Cosignatures = lambda _: (),
    translated: str = "",
    anew: bool = False,
) -> Built:
    """Build the site of `book` at `target`, or bring it up to its head.

    `page` is verify.html. `guard` is asked before the head is signed, with the head that the site shows now,
    which was found to be the beginning of this ledger. `translated` is a hash of what `languages` say. With
    `anew` every file is read and every page made again. Raises E-SITE-TARGET and E-SITE-STRANGE for files
    that are not ours, E-SITE-HISTORY for a site that shows another head, E-SITE-DISK. In every case of error
    the site is what it was.
    """
    target = target.absolute()
    place = memories.place(book.store.path.absolute(), target)
    maker_now = maker(translated)
    memory = None if anew else memories.load(place)
    try:
        standing = survey(target, memory)
        with staging(target) as beside:
            draft = Draft(target, beside, standing.files, (*standing.edited, *standing.unlisted))
            before = standing_head(target, standing)
            remembered = memory if standing.remembered and memory and memory.maker == maker_now else None
            site = _Site(book, draft, languages, remembered)
            put_tiles(draft, target, book.store, before)
            guard(before)
            site.put(log, page, cosignatures)
            _refuse_strangers(target, standing, draft)
            subject = _put_sums(draft, log)
            stamps = draft.commit()
    except OSError as error:
        raise _disk(target, error) from error
    head = heads.Checkpoint(log.vkey.name, site.head.size, site.head.root)
    memories.save(place, Memory(maker_now, subject, head.size, stamps, site.parts, site.edits))
    return Built(
        target,
        head,
        subject,
        draft.count(),
        tuple(sorted(draft.changed)),
        draft.removed,
        standing.edited,
    )


class _Site:
    """What goes into one build, beside the tiles."""

    def __init__(
        self, book: Book, draft: Draft, languages: Sequence[Language], memory: Memory | None
    ) -> None:
        self.head = book.store.head()
        self.parts: dict[str, Part] = {}
        self._book = book
        self._draft = draft
        self._memory = memory
        facts = book.facts()
        self._facts = Held(facts)
        self._stamps = Stamps(book.store.reader()) if isinstance(facts, ReadFacts) else None
        self._public = PublicFacts(self._facts)
        self._write = Renderer(languages, common(self._public)).write
        self.edits = self._edits()

    def put(self, log: LogSigner, page: bytes, cosignatures: Cosignatures) -> None:
        """Everything but the tiles and the lists of hashes."""
        draft = self._draft
        signed = sign_head(log, self.head, cosignatures)
        draft.put(paths.CHECKPOINT, signed)
        draft.put(paths.LOG_VKEY, note.vkey_file(log.vkey))
        draft.put(paths.README, readme())
        draft.put(paths.PAGE, page)
        draft.put(STYLE, style())
        for path in draft.standing():
            if path.startswith(RECEIPTS):
                draft.keep(path)
        for name in published_draws(self._public):
            self._part(f"files/{name}", partial(self._files, name))
        for name, _ in shown(self._public):
            self._pages(f"plan/{name}", partial(_one, plan_page, name))
        for name, _ in self._public.rows(f.DRAWS):
            self._pages(f"draw/{name}", partial(draw_pages, name=name))
        self._pages("plans", lambda facts: [plans(facts)])
        self._pages("figures", lambda facts: [figures(facts)])
        self._pages("single", lambda facts: [page for _, page in single(facts)])
        cosigned = tuple(line.name for line in note.parse(signed).signatures[1:])
        shown_head = Head(self.head.size, self.head.root.hex(), self.head.time, cosigned)
        for once in (home(self._public, shown_head), lists(self.edits)):
            for path, content in self._write(once):
                draft.put(path, content)

    def _files(self, name: str, facts: Facts) -> Iterator[str]:
        for path, pieces in drawfolder.folder(facts, name).items():
            self._draft.stream(path, pieces)
            yield path

    def _pages(self, name: str, make: Callable[[Facts], Iterable[Page]]) -> None:
        def write(facts: Facts) -> Iterator[str]:
            for page in make(facts):
                for path, content in self._write(page):
                    self._draft.put(path, content)
                    yield path

        self._part(name, write)

    def _part(self, name: str, make: Callable[[Facts], Iterable[str]]) -> None:
        """Make a part, unless what it was made from stands as it stood and its files are there."""
        last = self._memory.parts.get(name) if self._memory else None
        if (
            last is not None
            and self._stamps is not None
            and all(map(self._draft.stands, last.paths))
            and self._stamps.stamp(last.reads) == last.stamp
        ):
            for path in last.paths:
                self._draft.keep(path)
            self.parts[name] = last
            return
        noted = Noted(self._facts)
        made = tuple(make(PublicFacts(noted)))
        if self._stamps is not None:
            self.parts[name] = Part(frozenset(noted.reads), self._stamps.stamp(noted.reads), made)

    def _edits(self) -> tuple[Edit, ...]:
        """Every import of the ledger; those that the last build saw are not read again."""
        known = self._memory.edits if self._memory else ()
        start = self._memory.size if self._memory else 0
        found = list(known)
        for raw in self._book.store.entries(start, self.head.size):
            if _IMPORT in raw:
                body = entry.parse(raw).body
                if body.type == "import.closed":
                    data: f.Data = body.data  # type: ignore[assignment]
                    counts = (data["added"], data["changed"], data["removed"]["n"])
                    found.append(Edit(body.seq, body.time, data["register"], *counts))
        return tuple(found)


def _one(make: Callable[[Facts, str], Page], name: str, facts: Facts) -> list[Page]:
    return [make(facts, name)]


def _refuse_strangers(target: Path, standing: Standing, draft: Draft) -> None:
    """Files that no list names: those of a build that was cut short are ours, others are not."""
    others = [
        path
        for path in standing.unlisted
        if not draft.has(path) and paths.kind(path) not in (paths.Kind.HASHES, paths.Kind.ENTRIES)
    ]
    if others:
        raise strange(target, others)


def _put_sums(draft: Draft, log: LogSigner) -> str:
    lines = draft.sums()
    subject = sha256(lines).hexdigest()
    draft.put(paths.SUMS, lines)
    draft.put(paths.NOTE, note.sign_note(note_text(log.vkey.name, subject), log.vkey, log.sign))
    return subject


def _disk(target: Path, error: OSError) -> LiuhenError:
    return LiuhenError(
        "E-SITE-DISK",
        N_("The site could not be written: {reason}. What was there is there still."),
        where=str(target),
        remedy=N_("Make room on the disk or make the folder writable, then build again."),
        exit=Exit.DISK,
        reason=error.strerror or type(error).__name__,
    )
