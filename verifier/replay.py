"""Replays a chain and says what holds: the whole verification of a bundle or of a ledger.

Entries stream: memory is bounded by the facts they leave behind, not by their number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from hashlib import sha256

import verifier
from verifier import collector, drawfolder, entry, merkle, note, paths, private, tiles, timestamp
from verifier import facts as f
from verifier.bundle import Bundle, Steady, check_sums, read_sums
from verifier.checkpoint import Checkpoint, in_order, parse_checkpoint, verify_cosignature
from verifier.errors import LiuhenError, Malformed
from verifier.facts import MemoryFacts
from verifier.findings import KEPT as KEPT_FINDINGS
from verifier.findings import Findings
from verifier.ids import is_practice
from verifier.law.dues import Dues
from verifier.law.judge import Judge, Openings, no_openings
from verifier.merkle import Frontier
from verifier.note import Note, Vkey
from verifier.openings import KEPT
from verifier.openings import RULE as OPENINGS_RULE
from verifier.openings import Openings as Held
from verifier.remembered import Memory, Noting, Remembered
from verifier.report import (
    NOWHERE,
    SELF,
    Anchor,
    Anchors,
    Basis,
    Check,
    DrawState,
    Finding,
    Location,
    Outcome,
    Report,
    Status,
    Verdict,
    ids_in,
    strongest,
)
from verifier.rules import rules
from verifier.signatures import Signatures
from verifier.timestamp import Stamp

LEAVES = 4096
"""Leaf hashes that are put into a tree at a time."""
BUNDLE_RULES = ("bundle.files", "bundle.hashes", "bundle.note")


class Replay:
    """Feed entries in order, then ask for the report."""

    def __init__(
        self, openings: Openings = no_openings, expected: int = 0, workers: int | None = None
    ) -> None:
        self.facts = MemoryFacts()
        self.judge = Judge(self.facts, openings)
        self.findings = Findings()
        self.size = 0
        """entries fed, those verified before included"""
        self.last_time: str | None = None
        self.held = Held()
        """openings whose places in the chain are looked for"""
        self._signatures = Signatures(expected, workers)
        self._read = 0
        """entries whose form was looked at"""
        self._signed = 0
        """entries whose signature was given to be verified"""
        self._frontier = Frontier()
        """the tree of the first leaves: `_grown` adds the others"""
        self._roots: dict[int, bytes] = {}
        self._leaves = bytearray()
        """32 bytes an entry, to recompute earlier heads"""
        self._since = 0
        """entries that were verified before"""

    def resume(self, state: Remembered) -> None:
        """Go on from a head that was verified whole before."""
        self.facts = state.facts
        self.judge.resume(self.facts, state.tally, state.signed, state.unsealed)
        self.findings += state.findings
        self.last_time = state.last_time
        self._leaves += state.leaves
        self._since = self.size = state.size
        self.hashed(state.levels())
        self._roots.update(self._roots_of(size for size in self._roots if size <= state.size))

    def state(self, head: Checkpoint, files: Mapping[str, str], read: Callable[[str], bytes]) -> Remembered:
        """What to go on from, after the last entry and before `settle`."""
        self._finish()
        return Remembered(
            head.origin,
            head.size,
            head.root,
            self.facts,
            Counter(self.judge.tally) - Counter((*BUNDLE_RULES, "log.tree")),
            Counter(self.judge.signed),
            dict(self.judge.unsealed),
            tuple(self.findings),
            self.last_time or "",
            bytes(self._leaves),
            dict(files),
            {tile.path: content for tile, content in tiles.GrowingTiles.at(head.size, read).partial()},
        )

    def remember_root(self, size: int) -> None:
        """Keep the root at this size, to compare with a head the reader gave."""
        self._roots[size] = merkle.EMPTY_ROOT

    def root_at(self, size: int) -> bytes | None:
        return self._roots.get(size) if size <= self.size else None

    def root(self) -> bytes:
        """The root of the entries fed."""
        return self._grown(self._frontier, self.size).root()

    def hashed(self, levels: tiles.GrowingTiles) -> None:
        """Take the tree from the hash tiles of the entries fed, where somebody has hashed them already."""
        self._frontier.size, self._frontier.hashes = self.size, levels.hashes()

    def feed(self, raw: bytes, leaf: bytes | None = None) -> None:
        """Judge the next entry, whatever its bytes are; `leaf` is its leaf hash, where the caller has it."""
        seq = self.size
        self._read += 1
        try:
            read = entry.parse(raw, leaf)
        except Malformed as error:
            leaf = leaf or merkle.leaf_hash(raw)
            self._grow(leaf)
            newer = error.code == "E-ENTRY-V"
            rule, status = ("entry.known", Status.INCONCLUSIVE) if newer else ("entry.canonical", Status.FAIL)
            self.findings.append(Finding(rule, status, Location(entry=seq), "", error.english()))
            self.judge.skip(leaf)
            return
        self._grow(read.leaf)
        self.last_time = read.body.time
        if self.held.given:
            self.held.see(read.body, self.facts)
        if found := self.judge.judge(read):
            self.findings += found
        public = self.judge.signer
        if public is not None:
            self._signed += 1
            place, job = (seq, read.body.stream), (public, read.body_bytes, read.signature)
            if bad := self._signatures.add(place, job):
                self._unsigned(bad)

    def _grow(self, leaf: bytes) -> None:
        self._leaves += leaf
        self.size += 1
        if self.size in self._roots:
            self._roots[self.size] = self.root()

    def _finish(self) -> None:
        """Wait for the signatures and count what was asked of every entry."""
        self._unsigned(self._signatures.finish())
        self.judge.tally.update({"entry.canonical": self._read, "entry.signature": self._signed})
        self._read = self._signed = 0

    def _unsigned(self, bad: Iterable[tuple[int, str]], expected: str = "a valid signature") -> None:
        for seq, stream in bad:
            place = Location(entry=seq, stream=stream)
            self.findings.append(Finding("entry.signature", Status.FAIL, place, expected, "none"))

    def settle(self, as_of: str | None) -> None:
        """Judge what is due at the head, as of its time or of the time given."""
        self._finish()
        heads = [(key, head) for key, head in self.facts.rows(f.PAST_HEADS) if int(key) >= self._since]
        roots = self._roots_of(head.size for _, head in heads)
        for key, claimed in heads:
            root = roots[claimed.size]
            if root != claimed.root:
                place = Location(entry=int(key), stream=claimed.stream)
                expected = f"root {root.hex()} of the first {claimed.size} entries"
                found = claimed.root.hex()
                self.findings.append(Finding("log.cosigners", Status.FAIL, place, expected, found))
        today = (as_of or self.last_time or "")[:10]
        if today:
            self.findings += Dues(self.facts, today, self.judge.tally).findings()

    def _roots_of(self, sizes: Iterable[int]) -> dict[int, bytes]:
        """The roots of the first entries, for each of these numbers of them."""
        frontier = Frontier()
        return {size: self._grown(frontier, size).root() for size in sorted({*sizes})}

    def _grown(self, frontier: Frontier, size: int) -> Frontier:
        """The frontier, grown to `size` leaves, some at a time."""
        while frontier.size < size:
            end = min(size, frontier.size + LEAVES)
            part = bytes(self._leaves[32 * frontier.size : 32 * end])
            frontier.extend(part[at : at + 32] for at in range(0, len(part), 32))
        return frontier

    def untouched(self, draw: str) -> bool:
        """Whether no entry read now changed a draw or its teams."""
        return isinstance(self.facts, Noting) and draw not in self.facts.touched

    def leaves(self) -> Iterator[bytes]:
        """The leaf hashes of the entries, in order."""
        return (bytes(self._leaves[start : start + 32]) for start in range(0, len(self._leaves), 32))

    def close(self) -> None:
        self._signatures.close()

    @property
    def ledger(self) -> f.Ledger | None:
        return self.facts.get(f.LEDGER, f.ONE)

    def draws(self) -> Iterator[Outcome]:
        """The draws for the report, with g of their tasks."""
        states = {
            "frozen": DrawState.OPEN,
            "executed": DrawState.COMPLETED,
            "aborted": DrawState.ABORTED,
            "recorded": DrawState.ELSEWHERE,
        }
        for name, draw in self.facts.rows(f.DRAWS):
            task = self.facts.get(f.TASKS, draw.task)
            parties = []
            for holder in sorted(set(draw.parties.values())):
                held = self.facts.get(f.HOLDERS, holder)
                parties.append(f"{holder} ({held.unit if held else ''})")
            yield Outcome(
                name,
                draw.task,
                states[draw.state],
                task.outcomes if task else 0,
                draw.outcome.get("seed", ""),
                tuple(parties),
                draw.question["public"],
            )


@dataclass
class _Material:
    """What the subject of a verification carries, beside its entries."""

    subject: str
    anchor: Anchor
    cosigned: bool
    bundle: bool


def _report(replay: Replay, material: _Material, strict: bool) -> Report:
    ledger = replay.ledger
    head = replay.facts.get(f.HEAD, f.ONE)
    draws = tuple(replay.draws())
    held = [draw for _, draw in replay.facts.rows(f.DRAWS)]
    size = replay.size
    tail = None if head is None else 0 if material.cosigned else size - 1 - head.foreign
    founders = sorted({k.holder for _, k in replay.facts.rows(f.KEYS) if k.founder})
    checks = tuple(_checks(replay, material))
    return Report(
        subject=material.subject,
        tool_version=verifier.__version__,
        checks=checks,
        ledger=ledger.id.hex() if ledger else None,
        head=f"{size}:{replay.root().hex()}",
        last_time=replay.last_time,
        anchor=material.anchor,
        tail=tail,
        outcomes=draws,
        not_unsealed=sum(d.question["sealed"] and not d.unsealed for d in held if d.state == "executed"),
        elsewhere=sum(_drawn_elsewhere(replay.facts, d) for d in held),
        acts=replay.judge.acts,
        founders=tuple(founders),
        practice=ledger is not None and is_practice(ledger.origin),
        strict=strict,
        asked=dict(replay.judge.tally),
        names=_names(replay.facts, checks),
    )


def _names(facts: f.Facts, checks: Iterable[Check]) -> dict[str, str]:
    """Names of the officers, subjects and holders that findings speak of, as of the head."""
    found: dict[str, str] = {}
    for one in {one for check in checks for one in ids_in(check)}:
        for register in ("officers", "subjects"):
            if row := facts.get(f.register(register), one):
                found[one] = str(row.record.get("name", one))
        if one not in found and (holder := facts.get(f.HOLDERS, one)):
            found[one] = holder.name
    return found


def _drawn_elsewhere(facts: f.Facts, draw: f.Draw) -> bool:
    """Whether another platform drew, or another department drew the subjects of a completed draw."""
    task = facts.get(f.TASKS, draw.task)
    given = task is not None and "elsewhere" in task.data
    return draw.state == "recorded" or (given and draw.state == "executed")


def _checks(replay: Replay, material: _Material) -> Iterator[Check]:
    """Every finding; for a rule without one: pass when it was asked, else n/a."""
    for name, rule in rules().items():
        found = replay.findings.of(name)
        if not found:
            asked = replay.judge.tally[name] > 0
            found = [Finding(name, Status.PASS if asked else Status.NA)]
        yield from (Check.of(finding, rule) for finding in found)
    for name in replay.findings.rules() - rules().keys():
        raise LookupError(f"rule {name} is not in the catalogue")


def verify_entries(
    entries: Iterable[bytes], subject: str, openings: Openings = no_openings, as_of: str | None = None
) -> Report:
    """Verify a chain of raw entries that stands in no bundle, such as a ledger file."""
    return replay_entries(entries, subject, openings, as_of)[0]


@collector.paused()
def replay_entries(
    entries: Iterable[bytes], subject: str, openings: Openings = no_openings, as_of: str | None = None
) -> tuple[Report, f.Facts]:
    """As `verify_entries`, with what is known at the end."""
    replay = Replay(openings)
    try:
        for raw in entries:
            replay.feed(raw)
        replay.settle(as_of)
    finally:
        replay.close()
    return _report(replay, _Material(subject, SELF, False, False), False), replay.facts


def verify_bundle(
    bundle: Bundle,
    anchors: Anchors,
    as_of: str | None = None,
    strict: bool = False,
    workers: int | None = None,
) -> Report:
    """Verify a bundle: files, log, chain, law, draws. Raises `Malformed` for what is no bundle."""
    return replay_bundle(bundle, anchors, as_of, strict, workers)[0]


@collector.paused()
def replay_bundle(
    bundle: Bundle,
    anchors: Anchors,
    as_of: str | None = None,
    strict: bool = False,
    workers: int | None = None,
    memory: Memory | None = None,
) -> tuple[Report, f.Facts]:
    """As `verify_bundle`, with what is known at the head; going on from what `memory` holds, where it can."""
    bundle = Steady(bundle)
    sums = read_sums(bundle)
    openings = _openings(bundle)
    memory = memory or Memory(asked=False)
    checkpoint, signed = parse_checkpoint(bundle.read(paths.CHECKPOINT))
    vkey = note.parse_vkey_file(bundle.read(paths.LOG_VKEY))
    replay = Replay(openings.get, checkpoint.size, workers)
    replay.held = openings
    try:
        if anchors.head:
            replay.remember_root(anchors.head[0])
        held = memory.held if _continues(memory.held, checkpoint, openings) else None
        if held is not None:
            replay.resume(held)
        known = held.files if held else {}
        replay.findings += [x for x in check_sums(bundle, sums, known) if x.status is not Status.PASS]
        replay.judge.tally.update(BUNDLE_RULES)
        _read_log(replay, bundle, checkpoint, held)
        if held is not None and replay.findings.of("log.tree"):
            memory.held, memory.departs = None, True
            head = anchors.head or (held.size, held.root.hex())
            return replay_bundle(bundle, replace(anchors, head=head), as_of, strict, workers, memory)
        memory.used = held is not None
        files = dict(sums.hashes)
        here = None
        if memory.asked and not openings.given and not replay.findings.of("log.tree"):
            here = replay.state(checkpoint, files, _reading(bundle))
        replay.settle(as_of)
        _judge_log(replay, checkpoint, signed, vkey)
        cosigned = _judge_cosignatures(replay, signed, vkey)
        _judge_stamps(replay, checkpoint.origin, anchors.stamps)
        _judge_tiles(replay, bundle, checkpoint.size)
        if openings.given:
            replay.judge.tally.update((OPENINGS_RULE, KEPT))
            replay.findings += openings.findings(paths.OPENINGS, replay.facts)
        same = {path for path, hashed in known.items() if files.get(path) == hashed}
        _judge_draws(replay, bundle, paths.OPENINGS in bundle.paths(), same)
    finally:
        replay.close()
    anchor = strongest(_anchors(replay, anchors, signed))
    report = _report(replay, _Material(sums.subject, anchor, cosigned, True), strict)
    if here is not None and report.verdict is Verdict.PASS and len(here.findings) < KEPT_FINDINGS:
        memory.kept = here
    return report, replay.facts


def _continues(held: Remembered | None, checkpoint: Checkpoint, openings: Held) -> bool:
    """Whether it can be that the log goes on from what is held. An inspector's openings change what is known
    of old entries, so nothing is kept or used with them."""
    return (
        held is not None
        and held.origin == checkpoint.origin
        and held.size <= checkpoint.size
        and not openings.given
    )


def _openings(bundle: Bundle) -> Held:
    if not bundle.has(paths.OPENINGS):
        return Held()
    return Held(private.decode_openings(bundle.read(paths.OPENINGS)))


def _read_log(replay: Replay, bundle: Bundle, checkpoint: Checkpoint, held: Remembered | None) -> None:
    replay.judge.tally["log.tree"] += 1

    def wrong(mismatch: tiles.TileMismatch) -> None:
        place = Location(entry=mismatch.entry, file=mismatch.path)
        replay.findings.append(Finding("log.tree", Status.FAIL, place, mismatch.expected, mismatch.found))

    reader = tiles.TileReader(_reading(bundle), checkpoint.size, checkpoint.root, wrong)
    start, levels = (held.size, held.levels()) if held else (0, tiles.GrowingTiles())
    try:
        for raw, leaf in reader.hashed(start, levels):
            replay.feed(raw, leaf)
        replay.hashed(levels)
    except tiles.TileMismatch as error:
        wrong(error)
    except Malformed as error:
        place = Location(entry=replay.size, file=error.where or None)
        replay.findings.append(Finding("log.tree", Status.FAIL, place, "", error.english()))


def _reading(bundle: Bundle) -> Callable[[str], bytes]:
    def read(path: str) -> bytes:
        """A file of the log; a hash tile that is missing is wrong and no reason to stop, as entries are."""
        is_hashes = not path.startswith("tile/entries/")
        return b"" if is_hashes and not bundle.has(path) else bundle.read(path)

    return read


def _judge_log(replay: Replay, checkpoint: Checkpoint, signed: Note, vkey: Vkey) -> None:
    """The head is signed by the key in force, for the origin of entry 0."""
    ledger = replay.ledger
    origin = ledger.origin if ledger else vkey.name
    file = Location(file=paths.CHECKPOINT)
    replay.judge.tally["log.checkpoint"] += 1
    if checkpoint.origin != origin or not note.verify(signed, vkey):
        replay.findings.append(
            Finding("log.checkpoint", Status.FAIL, file, f"signed by {vkey} for {origin}", checkpoint.origin)
        )
    replay.judge.tally["log.current"] += 1
    if ledger is None or str(vkey) != ledger.log_vkey:
        expected = ledger.log_vkey if ledger else "entry 0"
        replay.findings.append(
            Finding("log.current", Status.FAIL, Location(file=paths.LOG_VKEY), expected, str(vkey))
        )


def _judge_cosignatures(replay: Replay, signed: Note, vkey: Vkey) -> bool:
    """Every further line is a valid cosignature under a key the ledger names, in order; True if any is."""
    place = Location(file=paths.CHECKPOINT)
    named = [Vkey.parse(text) for text, _ in replay.facts.rows(f.COSIGNERS)]
    others = [s for s in signed.signatures if (s.name, s.key_id) != (vkey.name, vkey.key_id)]
    good = [
        s for s in others if any(s in signed.signed_by(k) and verify_cosignature(signed, k) for k in named)
    ]
    if others:
        replay.judge.tally["log.cosignatures"] += 1
    if len(good) != len(others) or not in_order(signed, vkey):
        found = ", ".join(s.name for s in others if s not in good)
        replay.findings.append(
            Finding("log.cosignatures", Status.FAIL, place, "lines under keys that the ledger names", found)
        )
    return bool(good)


def _judge_stamps(replay: Replay, origin: str, stamps: Iterable[Stamp]) -> None:
    """Each time-stamp that the reader gave is signed by the authority they trust, over a head of this log."""
    for stamp in stamps:
        replay.judge.tally["log.stamps"] += 1
        expected = f"a time-stamp over a head of this ledger: {stamp.name}"
        try:
            token = timestamp.read(stamp.token)
            timestamp.check(token, stamp.certificates)
        except LiuhenError as error:
            found = error.english()
            if error.code == timestamp.NO_LIBRARY:
                replay.findings.append(Finding("log.stamps", Status.INCONCLUSIVE, NOWHERE, expected, found))
                continue
        else:
            head = timestamp.stamped_head(token.imprint, origin, replay.leaves())
            if head is not None:
                found = f"size {head.size}, {token.time}, {token.authority}"
                replay.findings.append(Finding("log.stamps", Status.PASS, NOWHERE, expected, found))
                continue
            found = "another head"
        replay.findings.append(Finding("log.stamps", Status.FAIL, NOWHERE, expected, found))


def _judge_tiles(replay: Replay, bundle: Bundle, size: int) -> None:
    """No tile beside those of this size, but earlier partial ones that are prefixes (a site)."""
    for path in bundle.paths():
        if path.startswith("tile/") and not _belongs(bundle, path, size):
            replay.findings.append(
                Finding(
                    "bundle.files", Status.FAIL, Location(file=path), "a tile of this log", "another file"
                )
            )


def _belongs(bundle: Bundle, path: str, size: int) -> bool:
    tile = tiles.parse_path(path)
    current = tiles.now_in(tile, size) if tile else None
    if tile is None or current is None:
        return False
    if tile == current:
        return True
    return bundle.has(current.path) and tiles.is_prefix(tile, bundle.read(path), bundle.read(current.path))


def _judge_draws(replay: Replay, bundle: Steady, inspector: bool, same: Set[str]) -> None:
    """Each folder of a draw is complete and is what the chain gives; one whose files are the `same` as were
    compared before, of a draw that no new entry changed, is not compared again."""
    present = [path for path in bundle.paths() if path.startswith("draws/")]
    for name in sorted({path.split("/")[1] for path in present}):
        replay.judge.tally["draw.files"] += 1
        draw = replay.facts.get(f.DRAWS, name)
        place = Location(file=f"draws/{name}")
        if draw is None or not drawfolder.published(draw, openings=inspector):
            replay.findings.append(
                Finding("draw.files", Status.FAIL, place, "a draw whose result is public", name)
            )
            continue
        if same >= {f"draws/{name}/{file}" for file in drawfolder.FILES} and replay.untouched(name):
            continue
        try:
            replay.findings += _compare(replay, bundle, name)
        except LiuhenError as error:
            replay.findings.append(Finding("draw.files", Status.FAIL, place, "", error.english()))


def _compare(replay: Replay, bundle: Steady, name: str) -> Iterator[Finding]:
    for path, pieces in drawfolder.folder(replay.facts, name).items():
        if not bundle.has(path):
            yield Finding("draw.files", Status.FAIL, Location(file=path), "a file of the draw", "missing")
            continue
        hashed = sha256()
        with bundle.open(path) as file:
            for row, piece in enumerate(pieces, start=1):
                hashed.update(piece)
                found = file.read(len(piece))
                if found != piece:
                    yield Finding(
                        "draw.files", Status.FAIL, Location(file=path, row=row), _shown(piece), _shown(found)
                    )
                    break
            else:
                if rest := file.read(200):
                    yield Finding("draw.files", Status.FAIL, Location(file=path), "the end", _shown(rest))
                else:
                    bundle.stays(path, hashed.digest())


def _shown(piece: bytes) -> str:
    return piece[:200].decode("utf-8", "replace").strip()


def _anchors(replay: Replay, given: Anchors, signed: Note) -> Iterator[Anchor]:
    """What the reader knew from elsewhere, and whether it matches."""
    ledger = replay.ledger
    if given.id is not None:
        yield Anchor(Basis.ID, given.id, ledger is not None and ledger.id.hex() == given.id)
    if given.head is not None:
        size, root = given.head
        found = replay.root_at(size)
        yield Anchor(Basis.HEAD, f"{size}:{root}", found is not None and found.hex() == root)
    for text in given.cosigners:
        cosigner = Vkey.parse(text)
        yield Anchor(Basis.COSIGNED, text, verify_cosignature(signed, cosigner) is not None)
