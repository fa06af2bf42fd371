"""Building the public site: what changed is made and put, everything else stays untouched (specs/site.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from ledger.book import Book
from ledger.bundle import LogSigner, readme
from ledger.cosigning.heads import Standing as HeadStanding
from ledger.receipts import Issuer, issuer
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
from ledger.site.receipt_files import draws_of, pool_files
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
    changed or taken away, and the site has as it should be again; `receipts` counts those of pool members."""

    target: Path
    head: heads.Checkpoint
    subject: str
    files: int
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    mended: tuple[str, ...]
    receipts: int = 0


def build(
    book: Book,
    log: LogSigner,
    target: Path,
    *,
    languages: Sequence[Language],
    page: bytes,
    guard: Callable[[heads.Checkpoint | None], None] = lambda _: None,
    cosignatures: Cosignatures = lambda _: (),
    cosigned: Callable[[], HeadStanding | None] = lambda: None,
    receipts: bool = False,
    translated: str = "",
    anew: bool = False,
) -> Built:
    """Build the site of `book` at `target`, or bring it up to its head.

    `page` is verify.html; `cosigned` tells how far the head is once it is signed. With `receipts` every pool
    member of a public draw gets one; a draw that has them in the site keeps them anyway. `guard` is asked
    before the head is signed, with the head that the site shows now, which was found to be the beginning of
    this ledger. `translated` is a hash of what `languages` say. With `anew` every file is read and every page
    made again. Raises E-SITE-TARGET and E-SITE-STRANGE for files that are not ours, E-SITE-HISTORY for a site
    that shows another head, E-SITE-FILES, E-SITE-DISK. In every case of error the site is what it was.
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
            site = _Site(book, draft, languages, standing, remembered, receipts)
            put_tiles(draft, target, book.store, before)
            guard(before)
            site.put(log, page, cosignatures, cosigned)
            _refuse_strangers(target, standing, draft)
            _refuse_too_many(target, draft)
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
        (*standing.edited, *site.mended),
        site.receipts,
    )


class _Site:
    """What goes into one build, beside the tiles."""

    def __init__(
        self,
        book: Book,
        draft: Draft,
        languages: Sequence[Language],
        standing: Standing,
        memory: Memory | None,
        receipts: bool,
    ) -> None:
        self.head = book.store.head()
        self.parts: dict[str, Part] = {}
        self.mended: list[str] = []
        self.receipts = 0
        self._standing = standing
        self._with_receipts = None if receipts else draws_of(standing.receipts)
        self._book = book
        self._draft = draft
        self._memory = memory
        facts = book.facts()
        self._facts = Held(facts)
        self._stamps = Stamps(book.store.reader()) if isinstance(facts, ReadFacts) else None
        self._public = PublicFacts(self._facts)
        self._write = Renderer(languages, common(self._public)).write
        self.edits = self._edits()

    def put(
        self,
        log: LogSigner,
        page: bytes,
        cosignatures: Cosignatures,
        cosigned: Callable[[], HeadStanding | None],
    ) -> None:
        """Everything but the tiles and the lists of hashes."""
        draft = self._draft
        signed = sign_head(log, self.head, cosignatures)
        draft.put(paths.CHECKPOINT, signed)
        draft.put(paths.LOG_VKEY, note.vkey_file(log.vkey))
        draft.put(paths.README, readme())
        draft.put(paths.PAGE, page)
        draft.put(STYLE, style())
        for name, _ in self._public.rows(f.DRAWS):
            if self._has_receipts(name):
                make = partial(self._receipts, name, signed)
                self.receipts += len(self._part(f"receipts/{name}", make, self._standing.sound))
        for path in draft.standing():
            if path.startswith(RECEIPTS) and not draft.has(path):
                draft.keep(path)
        for name in published_draws(self._public):
            self._part(f"files/{name}", partial(self._files, name))
        for name, _ in shown(self._public):
            self._pages(f"plan/{name}", partial(_one, plan_page, name))
        for name, _ in self._public.rows(f.DRAWS):
            with_receipts = self._has_receipts(name)
            part = f"draw/{name}{'/receipts' if with_receipts else ''}"
            self._pages(part, partial(draw_pages, name=name, receipts=with_receipts))
        self._pages("plans", lambda facts: [plans(facts)])
        self._pages("figures", lambda facts: [figures(facts)])
        self._pages("single", lambda facts: [page for _, page in single(facts)])
        lines = tuple(line.name for line in note.parse(signed).signatures[1:])
        shown_head = Head(self.head.size, self.head.root.hex(), self.head.time, lines, cosigned())
        for once in (home(self._public, shown_head), lists(self.edits)):
            for path, content in self._write(once):
                draft.put(path, content)

    def _has_receipts(self, name: str) -> bool:
        return self._with_receipts is None or name in self._with_receipts

    def _receipts(self, name: str, signed: bytes, facts: Facts) -> Iterator[str]:
        """Receipts of the pool: those that are there as they were listed stay, the others are made now."""
        issuing: Issuer | None = None
        for subject, path in pool_files(facts, name).items():
            if self._standing.sound(path):
                self._draft.keep(path)
            else:
                issuing = issuing or issuer(self._book, name, signed)
                if path in self._standing.receipts:
                    self.mended.append(path)
                self._draft.put(path, issuing.one(subject).encode(), one_of_many=True)
            yield path

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

    def _part(
        self,
        name: str,
        make: Callable[[Facts], Iterable[str]],
        stands: Callable[[str], bool] | None = None,
    ) -> tuple[str, ...]:
        """Make a part, unless what it was made from stands as it stood and its files are there; gives their
        paths."""
        last = self._memory.parts.get(name) if self._memory else None
        if (
            last is not None
            and self._stamps is not None
            and all(map(stands or self._draft.stands, last.paths))
            and self._stamps.stamp(last.reads) == last.stamp
        ):
            for path in last.paths:
                self._draft.keep(path)
            self.parts[name] = last
            return last.paths
        noted = Noted(self._facts)
        made = tuple(make(PublicFacts(noted)))
        if self._stamps is not None:
            self.parts[name] = Part(frozenset(noted.reads), self._stamps.stamp(noted.reads), made)
        return made

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


def _refuse_too_many(target: Path, draft: Draft) -> None:
    """More files than a bundle may have: nobody would verify it."""
    count = draft.count() + 2
    if count > paths.MAX_FILES:
        raise LiuhenError(
            "E-SITE-FILES",
            N_("The site would have {count} files; {limit} is the most that can be verified."),
            where=str(target),
            remedy=N_("Build without --receipts, and hand out receipts one by one: liuhen receipt"),
            exit=Exit.USAGE,
            count=count,
            limit=paths.MAX_FILES,
        )


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
