"""Forged ledgers: honest chains of the made-up office, cut where the attack begins, and entries put behind
them past the law, with the real keys and through the ledger's own codec.

A forger recomputes seq, prev and ver, signs with the key it was given and makes a new head; so nothing but
the law can see the lie.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ledger.commands import draws as draw_steps
from ledger.commands import fills, heads, keys, library, lists, notices, plans, reviews
from ledger.commands import visits as visit_steps
from ledger.commands.keys import Person
from ledger.keystore import Signer
from tests.bundles import Year, erase, whole_year
from tests.cosigner import COSIGNER, line_over
from tests.office import ORIGIN, PASSPHRASE, Office, digest
from verifier import draw as lot
from verifier import entry as entries
from verifier import facts as f
from verifier.checkpoint import Checkpoint
from verifier.entry import Body, Entry
from verifier.facts import MemoryFacts
from verifier.law.judge import Judge
from verifier.law.outcome import compute
from verifier.law.question import ask, frozen_data
from verifier.merkle import leaf_hash
from verifier.private import Opening
from verifier.timestamp import Stamp

Data = dict[str, Any]


class Forger:
    """A chain under forgery. `append` writes whatever it is told, well formed and signed."""

    def __init__(self, honest: Iterable[Entry]) -> None:
        self.chain = list(honest)
        self.raw = [e.raw for e in self.chain]

    @property
    def last(self) -> int:
        """seq of the last entry."""
        return len(self.raw) - 1

    @property
    def leaf(self) -> bytes:
        return leaf_hash(self.raw[-1]) if self.raw else bytes(32)

    @property
    def time(self) -> str:
        return self.chain[-1].body.time if self.chain else "2026-03-02T09:00:00+08:00"

    def append(self, signer: Signer, type_: str, data: Data, stream: str = "", **changes: Any) -> bytes:
        """Sign and append an event; `changes` are fields of the body. Its leaf hash."""
        place = stream or STREAMS.get(type_, "forged").format(**data)
        ver = 1 + sum(e.body.stream == place for e in self.chain)
        body = Body(
            ORIGIN,
            len(self.raw),
            self.leaf,
            self.time,
            signer.key_id,
            place,
            ver,
            type_,
            len(self.raw).to_bytes(16, "big"),
            data,
        )
        sealed = entries.seal(body._replace(**changes), signer.sign)
        self.chain.append(sealed)
        self.raw.append(sealed.raw)
        return sealed.leaf

    def confirm(self, signer: Signer, leaf: bytes | None = None) -> bytes:
        return self.append(signer, "confirmed", {"of": leaf or self.leaf}, "confirmations")

    def facts(self) -> MemoryFacts:
        """What the law knows of the chain."""
        facts = MemoryFacts()
        judge = Judge(facts)
        for one in self.chain:
            judge.judge(one)
        return facts

    def forged(self, at: int | None = None, **rest: Any) -> Forged:
        """The forged ledger; the lie stands in the last entry unless told otherwise."""
        return Forged(list(self.raw), self.last if at is None else at, **rest)


STREAMS = {
    "key.enrolled": "keys",
    "key.revoked": "keys",
    "policy.adopted": "policy",
    "calendar.adopted": "calendar",
    "plan.submitted": "plan/{plan}",
    "plan.approved": "plan/{plan}",
    "plan.published": "plan/{plan}",
    "task.created": "task/{task}",
    "task.excluded": "task/{task}",
    "visit.recorded": "visit/{visit}",
    "visit.signed": "visit/{visit}",
    "result.published": "visit/{visit}",
    "result.reviewed": "visit/{visit}",
    "visit.result": "visit/{visit}",
    "notice.sent": "draw/{draw}",
    "visit.extended": "draw/{draw}",
    "form.published": "form/{form}",
    "followup.recorded": "visit/{visit}",
    "followup.closed": "visit/{visit}",
    "bulletin.issued": "draw/{draw}",
    "task.reported": "draw/{draw}",
    "activity.recorded": "activities",
    "report.issued": "report/{report}",
    "case.archived": "task/{task}",
    "year.closed": "years",
    "duty.handed": "duties",
    "draw.frozen": "draw/{draw}",
    "draw.committed": "draw/{draw}",
    "draw.public_value": "draw/{draw}",
    "draw.revealed": "draw/{draw}",
    "draw.executed": "draw/{draw}",
    "draw.replaced": "draw/{draw}",
    "draw.aborted": "draw/{draw}",
    "draw.recorded": "draw/{draw}",
    "draw.unsealed": "draw/{draw}",
    "draw.filed": "draw/{draw}",
    "draw.attended": "draw/{draw}",
    "draw.printed": "draw/{draw}",
}


@dataclass
class Forged:
    """A forged ledger or bundle, and where the lie stands: entry number or file."""

    raw: list[bytes] = field(default_factory=list)
    seq: int | None = None
    file: str | None = None
    bundle: Path | None = None
    as_of: str | None = None
    openings: tuple[Opening, ...] = ()
    """private fields that this reader can open"""
    stamps: tuple[Stamp, ...] = ()
    """time-stamps that this reader was given"""


@dataclass(frozen=True)
class Forgery:
    """One row of the table: who does what, and which rule says so."""

    rule: str
    attacker: str
    deed: str
    forge: Callable[[Stories], Forged]
    status: str = "fail"


FORGERIES: list[Forgery] = []


def forgery(
    rule: str, attacker: str, deed: str, status: str = "fail"
) -> Callable[[Callable[[Stories], Forged]], Callable[[Stories], Forged]]:
    """Put a forgery into the table."""

    def register(forge: Callable[[Stories], Forged]) -> Callable[[Stories], Forged]:
        FORGERIES.append(Forgery(rule, attacker, deed, forge, status))
        return forge

    return register


@dataclass
class Story:
    """An honest office and all it wrote."""

    office: Office

    @property
    def entries(self) -> list[Entry]:
        return list(self.office.book.entries())

    def whole(self) -> Forger:
        return Forger(self.entries)

    def before(self, type_: str, nth: int = 0) -> Forger:
        """The chain up to the nth event of a type, without it."""
        chain = self.entries
        return Forger(chain[: self._find(chain, type_, nth)])

    def after(self, type_: str, nth: int = 0) -> Forger:
        chain = self.entries
        return Forger(chain[: self._find(chain, type_, nth) + 1])

    def data(self, type_: str, nth: int = 0, **changes: Any) -> Data:
        """The data of an honest event, with changes."""
        chain = self.entries
        return {**copy.deepcopy(dict(chain[self._find(chain, type_, nth)].body.data)), **changes}

    @staticmethod
    def _find(chain: list[Entry], type_: str, nth: int) -> int:
        return [e.body.seq for e in chain if e.body.type == type_][nth]

    def signer(self, person: Person) -> Signer:
        """A further key, made but not enrolled."""
        folder = self.office.folder / f"keys-{len(list(self.office.folder.iterdir()))}"
        return keys.new_key(folder, ORIGIN, person, PASSPHRASE, scrypt_n=2)


class Stories:
    """The honest offices that forgeries start from, each played once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def _office(self, name: str) -> Office:
        place = self._folder / name
        place.mkdir()
        return Office(place)

    @cache  # noqa: B019 - lives as long as the test module
    def year(self) -> Story:
        """The whole year, every result published."""
        office = self._office("year")
        office.year()
        return Story(office)

    @cache  # noqa: B019
    def task(self, name: str = "plain", **options: Any) -> Story:
        """Up to an approved task with options."""
        office = self._office(f"task-{name}")
        office.lists(officers=options.pop("officers", 8))
        office.policy()
        office.plan(*options.pop("rate", (1, 5)))
        if options.pop("make", True):
            office.task(**options)
        return Story(office)

    @cache  # noqa: B019
    def drawn(self, name: str = "drawn", public: str = "none", sealed: bool = False) -> Story:
        """A completed draw without visits."""
        office = self._office(name)
        office.ready(public=public, sealed=sealed)
        office.freeze()
        office.commits()
        if public != "none":
            written = draw_steps.public_value(office.book, office.clerk, "d1", "314159")
            office.confirm("observer", written)
        office.reveals()
        draw_steps.run(office.book, office.clerk, "d1")
        return Story(office)

    @cache  # noqa: B019
    def sealed_year(self) -> Story:
        """A sealed draw, all visits made and published, nothing unsealed."""
        office = self._office("sealed-year")
        office.ready(sealed=True)
        office.draw()
        office.clock.go("2026-03-10")
        office.publish([office.visit(subject) for subject in office.drawn()])
        return Story(office)

    @cache  # noqa: B019
    def unsealed_year(self) -> Story:
        """A sealed draw with a replacement, all visits made and published, then unsealed."""
        office = self._office("unsealed-year")
        office.ready(sealed=True)
        office.draw()
        first = office.drawn()[0]
        team = draw_steps.team_of(office.book.facts(), "d1", first)
        _, written = draw_steps.recuse(office.book, office.clerk, "d1", first, team.seats[0], "recusal")
        office.confirm("approver", written)
        office.clock.go("2026-03-10")
        office.publish([office.visit(subject) for subject in office.drawn()])
        draw_steps.unseal(office.book, office.clerk, "d1")
        return Story(office)

    @cache  # noqa: B019
    def asked_year(self, **values: Any) -> Story:
        """A year under a policy that asks for more; the first visit found a problem."""
        office = self._office("-".join(("asked", *values)))
        office.lists()
        office.policy(**values)
        office.plan()
        office.task()
        office.draw()
        office.clock.go("2026-03-10")
        first, *others = office.drawn()
        office.publish([office.visit(first, results=["09"]), *map(office.visit, others)])
        return Story(office)

    @cache  # noqa: B019
    def corrected(self) -> Story:
        """Corrections, a void, an absence and an exclusion on the way."""
        office = self._office("corrected")
        office.ready()
        lists.record_absence(office.book, office.clerk, "off-02", "2026-03-01", "2026-03-09", "leave")
        absence = office.book.store.head().size - 1
        done = visit_steps.correct(office.book, office.clerk, absence, "until", "2026-03-08", "笔误")
        office.confirm("approver", done)
        rows = office.book.facts().rows(f.register("subjects"))
        name = next(name for name, row in rows if "油气" in row.record.get("tags", ()))
        excluded = plans.exclude(office.book, office.clerk, "t1", name, "moved", digest("证据"))
        office.confirm("approver", excluded)
        office.draw()
        office.clock.go("2026-03-10")
        names = [office.visit(subject) for subject in office.drawn()]
        recorded = [e.body.seq for e in office.book.entries() if e.body.type == "visit.recorded"]
        for change in (
            visit_steps.correct(office.book, office.clerk, recorded[0], "results", ["03"], "笔误"),
            visit_steps.void(office.book, office.clerk, recorded[1], "重复"),
        ):
            office.confirm("approver", change)
        names[1] = office.visit(office.drawn()[1])
        office.publish(names)
        return Story(office)

    def _exhausted(self, name: str) -> Office:
        office = self._office(name)
        office.ready()
        office.draw()
        first = office.drawn()[0]
        for seat in (0, 1):
            member = draw_steps.team_of(office.book.facts(), "d1", first).members()[seat]
            _, written = draw_steps.recuse(office.book, office.clerk, "d1", first, member, "recusal")
            office.confirm("approver", written)
        fill = fills.Fill("d1", "recusal", ((first, 1),), (("fgj", "-", 1),))
        window = ("2026-03-02", "2026-10-31")
        _, written = fills.new_fill(office.book, office.clerk, fill, task="t2", window=window)
        office.confirm("approver", written)
        return office

    @cache  # noqa: B019
    def exhausted(self) -> Story:
        """A drawn office whose first visit had its two replacements; t2 fills seat 1, not drawn."""
        return Story(self._exhausted("exhausted"))

    @cache  # noqa: B019
    def filled(self) -> Story:
        """The same, and the 补抽 is drawn as d2."""
        office = self._exhausted("filled")
        office.clock.go("2026-03-05")
        office.draw("d2", "t2")
        return Story(office)

    @cache  # noqa: B019
    def careful(self) -> Story:
        """An office that asks for forms, notices, results by department and reviews, and has them all."""
        office = self._office("careful")
        office.lists()
        office.policy(forms=True, notice=True, joint_results=True, review=True)
        library.publish_form(
            office.book, office.clerk, "guandao", "检查表", "1", ["item-1"], digest("检查表")
        )
        other = Person("wu-scj", "吴六", "scj", ("clerk",))
        office.signers["partner"] = keys.new_key(office.folder / "scj", ORIGIN, other, PASSPHRASE, scrypt_n=2)
        keys.enroll(office.book, office.admin, keys.enrolment(office.partner, other.name))
        office.plan()
        office.task()
        office.draw()
        notice = notices.Notice(["item-1"], office.clock(), "2026-03-10")
        notices.send_notices(office.book, office.clerk, "d1", office.drawn(), notice)
        last = office.drawn()[-1]
        office.confirm(
            "approver", notices.extend(office.book, office.clerk, "d1", last, "2026-11-20", "需委托检验")
        )
        office.clock.go("2026-03-10")
        names = [office.visit(subject) for subject in office.drawn()]
        reviews.enter_results(office.book, office.partner, names, "scj", ["01"])
        reviews.review(office.book, office.approver, names, accepted=True)
        office.publish(names)
        return Story(office)

    @cache  # noqa: B019
    def cosigned(self) -> Story:
        """An office whose policy wants a cosigner over the frozen question, and that has it."""
        office = self._office("cosigned")
        office.lists()
        office.policy(cosigned_freeze=1)
        office.plan()
        office.task()
        office.confirm("observer", heads.name_cosigner(office.book, office.admin, str(COSIGNER), "jijian"))
        office.freeze()
        head = Checkpoint(ORIGIN, office.book.store.head().size, office.book.store.head().root)
        heads.record(office.book, office.clerk, [(head, line_over(head))])
        office.commits()
        office.reveals()
        draw_steps.run(office.book, office.clerk, "d1")
        return Story(office)

    @cache  # noqa: B019
    def bundles(self) -> Year:
        """The bundles of a whole year."""
        return whole_year(self.fresh(make=True))

    @cache  # noqa: B019
    def erased(self) -> Year:
        """A whole year after which what is private of an officer was erased."""
        return erase(whole_year(self.fresh(make=True)))

    def fresh(self, *, make: bool = False) -> Path:
        """A new place for a folder."""
        self._count += 1
        place = self._folder / f"place-{self._count}"
        if make:
            place.mkdir()
        return place

    @cache  # noqa: B019
    def conflict(self) -> Story:
        """An approved task, and a declared conflict of an officer with a pool subject."""
        story = self.task("conflict")
        office = story.office
        rows = office.book.facts().rows(f.register("subjects"))
        name = next(name for name, row in rows if "油气" in row.record["tags"])
        lists.declare_conflicts(office.book, office.clerk, [("off-00", name, None)])
        return story


def freeze_data(
    story: Story, forger: Forger, draw: str = "d1", task: str = "t1", parties: Any = None
) -> Data:
    """The honest data of a freeze at the end of a chain."""
    facts = forger.facts()
    held = facts.get(f.TASKS, task)
    assert held is not None
    if parties is None:
        parties = [story.office.clerk, story.office.supervisor]
    question = ask(facts, task, held.data, forger.time[:10])
    ids = sorted(signer.key_id.hex() for signer in parties)
    return copy.deepcopy(frozen_data(draw, task, held.data, ids, question))


def commit(forger: Forger, signer: Signer, r: str, draw: str = "d1", by: Signer | None = None) -> None:
    """A commitment of a party, signed by it or by another."""
    m = forger.facts().get(f.DRAWS, draw).m  # type: ignore[union-attr]
    party = signer.key_id.hex()
    data = {"draw": draw, "m": m, "party": party, "c": lot.commit_value(draw, m, party, r)}
    forger.append(by or signer, "draw.committed", data)


def reveal(forger: Forger, signer: Signer, r: str, draw: str = "d1") -> None:
    m = forger.facts().get(f.DRAWS, draw).m  # type: ignore[union-attr]
    data = {"draw": draw, "m": m, "party": signer.key_id.hex(), "r": r}
    forger.append(signer, "draw.revealed", data)


def outcome(forger: Forger, seed: str, draw: str = "d1") -> Data:
    """What a seed gives for the frozen question of a chain."""
    facts = forger.facts()
    held, frozen = facts.get(f.DRAWS, draw), facts.get(f.FROZEN, draw)
    assert held is not None and frozen is not None
    return {"draw": draw, "m": held.m, **compute(seed, held.question, frozen).data(seed)}


def enrol(forger: Forger, story: Story, signer: Signer, **changes: Any) -> bytes:
    """The enrolment of a further key by the administrator."""
    return forger.append(story.office.admin, "key.enrolled", {**keys.enrolment(signer, ""), **changes})


def import_rows(forger: Forger, signer: Signer, register: str, rows: list[list[Any]], **changes: Any) -> None:
    """Chunk and close of an import of new rows."""
    from verifier.lists import list_hash

    name = f"forged-{forger.last}"
    whole = list_hash(rows)
    forger.append(
        signer,
        "import.chunk",
        {"import": name, "index": 0, "register": register, "rows": rows},
        f"import/{name}",
    )
    closed = {
        "import": name,
        "register": register,
        "chunks": 1,
        "n": whole.n,
        "root": whole.root,
        "added": whole.n,
        "changed": 0,
        "removed": list_hash([]).value(),
        "reason": "更新",
        "reviewer": "qian-clerk",
        "source": digest("来源"),
    }
    forger.append(signer, "import.closed", {**closed, **changes}, f"import/{name}")
