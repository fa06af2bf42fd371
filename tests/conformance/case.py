"""A case: one bundle as a file, who made it and what they did, and what every verifier must say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger.bundle import LogSigner, write_bundle
from tests.bundles import Files, Year, read_files
from tests.conformance.dice import seeded
from tests.forgery import Forger, Stories, Story
from tests.office import ORIGIN, Office
from tests.verifier.small_bundle import zip_bytes
from verifier import codec, entry, note
from verifier.bundle import note_text
from verifier.checkpoint import Checkpoint
from verifier.errors import Malformed
from verifier.merkle import leaf_hash, root
from verifier.note import Algorithm, Vkey, make_vkey
from verifier.private import Opening, encode_openings

REFUSED = "refused"
TELLERS = (
    "year",
    "task",
    "drawn",
    "sealed_year",
    "unsealed_year",
    "asked_year",
    "corrected",
    "exhausted",
    "filled",
    "careful",
    "cosigned",
    "bundles",
    "erased",
    "conflict",
)


@dataclass(frozen=True)
class Made:
    """The bytes of a case and the options of `verify-bundle`."""

    data: bytes
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """`must` maps the rules at issue to their status; `may` names rules that may be red with them,
    None is any."""

    name: str
    who: str
    deed: str
    make: Callable[[Workshop], bytes | Made]
    verdict: str = REFUSED
    must: Mapping[str, str] = field(default_factory=dict)
    may: tuple[str, ...] | None = ()
    hungry: bool = False
    """Made to exhaust a reader: to be judged within the limits of time and memory."""
    large: bool = False
    """Too large for every run of the tests."""

    def made(self, shop: Workshop) -> Made:
        """The case, the same bytes every time."""
        with seeded(f"case {self.name}"):
            done = self.make(shop)
        return done if isinstance(done, Made) else Made(done)


Maker = Callable[["Workshop"], bytes | Made]


class Cases:
    """The cases of one module, in order."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.all: list[Case] = []

    def add(self, name: str, who: str, deed: str, make: Maker, **expected: Any) -> None:
        self.all.append(Case(f"{self.prefix}/{name}", who, deed, make, **expected))

    def case(self, name: str, who: str, deed: str, **expected: Any) -> Callable[[Maker], Maker]:
        """`add` as a decorator."""

        def register(make: Maker) -> Maker:
            self.add(name, who, deed, make, **expected)
            return make

        return register


class SeededStories(Stories):
    """The honest offices, each of a seed of its own, so that their order does not matter."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.offices: list[Office] = []

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in TELLERS:
            return found

        def tell(*args: Any, **options: Any) -> Any:
            with seeded(f"story {name} {args} {sorted(options.items())}"):
                story = found(*args, **options)
            if story.office not in self.offices:
                self.offices.append(story.office)
            return story

        return tell


class Workshop:
    """Where cases are made: the honest offices and their year's bundles."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stories = SeededStories(folder)

    @cached_property
    def year(self) -> Year:
        year: Year = self.stories.bundles()
        return year

    @property
    def files(self) -> Files:
        """The public bundle of the year."""
        return read_files(self.year.folder)

    @property
    def inspector(self) -> Files:
        return read_files(self.year.inspector)

    def whole(self) -> Forger:
        """The chain of the year, open for more."""
        return Story(self.year.office).whole()

    def resign(self, files: Mapping[str, bytes]) -> Files:
        return self.year.resign(files)

    def pack(self, files: Mapping[str, bytes]) -> bytes:
        return zip_bytes(files)

    def altered(
        self, changes: Mapping[str, bytes | None], *, sign: bool = True, base: str = "files"
    ) -> bytes:
        """The year with files replaced (None: left out), the list signed again or left as it was."""
        files = {**getattr(self, base), **changes}
        kept = {path: data for path, data in files.items() if data is not None}
        return self.pack(self.resign(kept) if sign else kept)

    def signed(self, text: str) -> bytes:
        """A note signed by the log key."""
        return note.sign_note(text, self.year.vkey, self.year.office.log.sign)

    def head(self, entries: list[bytes] | None = None, **changes: Any) -> Checkpoint:
        """The head of the year or of other entries, with changes."""
        raw = self.year.entries() if entries is None else entries
        told = {"origin": ORIGIN, "size": len(raw), "root": root([leaf_hash(one) for one in raw])}
        return Checkpoint(**{**told, **changes})

    def bundle(self, entries: list[bytes], openings: tuple[Opening, ...] = ()) -> Files:
        """These entries around no draw folder, their head signed by the log key that entry 0 names."""
        target = self.stories.fresh()
        write_bundle(target, entries=entries, size=len(entries), log=self.log_of(entries), draws=())
        files = read_files(target)
        if openings:
            files["private/openings.msgpack"] = encode_openings(sorted(openings, key=lambda o: o.commitment))
            files = self.resign_by(files, self.log_of(entries))
        return files

    def with_draws(self, entries: list[bytes]) -> Files:
        """Entries in the place of the year's, the year's draw folders beside them."""
        target = self.stories.fresh()
        self.year.rewrite(target, entries)
        return read_files(target)

    def log_of(self, entries: list[bytes]) -> LogSigner:
        """The log key that the first readable entry names; any office's where none does."""
        named = ""
        for raw in entries[:1]:
            try:
                named = str(entry.parse(raw).body.data.get("log_vkey", ""))
            except Malformed:
                break
        offices = [self.year.office, *self.stories.offices]
        keys = {str(self.vkey_of(office)): office for office in offices}
        office = keys.get(named, self.year.office)
        return LogSigner(self.vkey_of(office), office.log.sign)

    @staticmethod
    def vkey_of(office: Office) -> Vkey:
        return make_vkey(office.book.origin, office.log.public, Algorithm.LOG)

    @staticmethod
    def resign_by(files: Files, log: LogSigner) -> Files:
        listed = {path: data for path, data in files.items() if not path.startswith("SHA256SUMS")}
        sums = "".join(f"{sha256(data).hexdigest()}  {path}\n" for path, data in sorted(listed.items()))
        text = note_text(log.vkey.name, sha256(sums.encode()).hexdigest())
        return {
            **listed,
            "SHA256SUMS": sums.encode(),
            "SHA256SUMS.note": note.sign_note(text, log.vkey, log.sign),
        }

    def attached(self, forger: Forger | None = None) -> tuple[Forger, bytes]:
        """A chain and, not in it, the body of a harmless last entry: a photograph of one byte, attached."""
        chain = forger or self.whole()
        data = {"name": "照片", "file": bytes(32), "size": 1}
        chain.append(self.year.office.clerk, "attached", data, "attachments")
        body = chain.chain.pop().body_bytes
        chain.raw.pop()
        return chain, body

    def with_body(self, change: Callable[[bytes], bytes]) -> bytes:
        """The year with one more entry whose body is altered before the clerk signs it."""
        chain, body = self.attached()
        altered = change(body)
        raw = codec.encode([altered, self.year.office.clerk.sign(entry.message(altered))])
        return self.pack(self.with_draws([*chain.raw, raw]))

    def with_raw(self, change: Callable[[bytes, bytes], bytes]) -> bytes:
        """The year with one more entry whose raw bytes are made of its body and signature."""
        chain, body = self.attached()
        raw = change(body, self.year.office.clerk.sign(entry.message(body)))
        return self.pack(self.with_draws([*chain.raw, raw]))
