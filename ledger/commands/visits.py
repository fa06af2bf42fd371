"""Visits, signatures, publication, corrections and attachments (R112–R131, design §9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ledger.book import Book, Deed, Written, seal_private
from ledger.commands.draws import draw_of, team_of
from ledger.commands.find import holders_with, officer_name, teams_by_rank, waiting_for
from ledger.commands.keys import fresh_id
from ledger.commands.plans import task_of
from ledger.keystore import Signer
from verifier import facts as f
from verifier import schema
from verifier.calendar import Deadline
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.corrections import UNKNOWN, as_it_stands
from verifier.law.dues import Dues
from verifier.law.joined import origin
from verifier.private import Opening


@dataclass(frozen=True)
class Record:
    """附件5 of one visit. Officers default to the lawful team, items to all of the task checked without a
    problem. With `paper` (names, SHA-256 of the signed scan; no names: the team's) a second holder confirms;
    else each officer signs by key."""

    draw: str
    subject: str
    occurred: str
    until: str = ""
    officers: Sequence[str] = ()
    methods: Sequence[str] = ("on_site",)
    items: Sequence[Mapping[str, Value]] = ()
    results: Sequence[str] = ("01",)
    subject_signature: str = "signed"
    unsigned_reason: str = ""
    witness: str = ""
    findings: str = ""
    opinion: str = ""
    paper: tuple[Sequence[str], bytes] | None = None
    visit: str = field(default_factory=lambda: fresh_id("visit"))


def record_visit(
    book: Book,
    signer: Signer,
    draw: str,
    subject: str,
    *,
    occurred: str,
    until: str = "",
    officers: Sequence[str] = (),
    methods: Sequence[str] = ("on_site",),
    items: Sequence[Mapping[str, Value]] = (),
    results: Sequence[str] = ("01",),
    subject_signature: str = "signed",
    unsigned_reason: str = "",
    witness: str = "",
    findings: str = "",
    opinion: str = "",
    paper: tuple[Sequence[str], bytes] | None = None,
    visit: str = "",
) -> tuple[str, Written]:
    """附件5: record one visit; gives its id. See `Record`."""
    one = Record(
        draw,
        subject,
        occurred,
        until,
        officers,
        methods,
        items,
        results,
        subject_signature,
        unsigned_reason,
        witness,
        findings,
        opinion,
        paper,
        visit or fresh_id("visit"),
    )
    return one.visit, record_visits(book, signer, [one])


def record_visits(book: Book, signer: Signer, records: Sequence[Record]) -> Written:
    """Record several visits, all of them or none."""
    return book.write(signer, lambda facts: [_recorded(book, facts, one) for one in records])


def _recorded(book: Book, facts: f.Facts, one: Record) -> Deed:
    held = draw_of(facts, one.draw)
    team = team_of(facts, one.draw, one.subject)
    task = task_of(facts, held.task)
    _require_first(facts, one.draw, one.subject)
    all_fine: list[Value] = [
        {"item": item, "checked": True, "ordered": False, "corrected": False, "result": "未发现问题"}
        for item in task.data["items"]
    ]
    data: dict[str, Value] = {
        "visit": one.visit,
        "draw": one.draw,
        "subject": one.subject,
        "occurred": one.occurred,
        "officers": list(one.officers or team.members()),
        "methods": list(one.methods),
        "items": [dict(box) for box in one.items] or all_fine,
        "results": list(one.results),
        "subject_signature": one.subject_signature,
    }
    if one.until:
        data["until"] = one.until
    if one.unsigned_reason:
        data["unsigned_reason"] = one.unsigned_reason
    if one.paper:
        names, scan = one.paper
        signed = list(names) or [officer_name(facts, officer) for officer in team.members()]
        data["paper"] = {"names": signed, "scan": scan}
    openings: list[Opening] = []
    for name, text in (("findings", one.findings), ("opinion", one.opinion), ("witness", one.witness)):
        if text:
            data[name], opening = seal_private(book.origin, f"visit/{one.visit}", name, text)
            openings.append(opening)
    return Deed("visit.recorded", f"visit/{one.visit}", data, tuple(openings))


def _require_first(facts: f.Facts, draw: str, subject: str) -> None:
    """The law asks this when a record takes effect; on paper that is only at its confirmation."""
    ref = facts.get(f.VISIT_OF, f"{draw}/{subject}")
    if ref is not None:
        raise LiuhenError(
            "visit.once",
            N_("The visit of {subject} is recorded already: {visit}."),
            remedy=N_("Correct what is wrong in it: liuhen correct {seq} …; or void it: liuhen void {seq}"),
            exit=Exit.REFUSED,
            subject=subject,
            visit=ref.key,
            seq=visit_of(facts, ref.key).seq,
        )


def require_keys(facts: f.Facts, officers: Sequence[str]) -> None:
    """Raise E-VISIT-KEYS unless every officer has a key to sign with."""
    without = sorted(set(officers) - set(holders_with(facts, ["officer"])))
    if without:
        raise LiuhenError(
            "E-VISIT-KEYS",
            N_("These officers have no key to sign with: {officers}."),
            remedy=N_("Let them sign on paper and give the scan: --scan FILE; or enrol keys: liuhen key new"),
            exit=Exit.REFUSED,
            officers=", ".join(without),
        )


def require_names(facts: f.Facts, subject: str, officers: Sequence[str], names: Sequence[str]) -> None:
    """Raise E-VISIT-NAMES unless every officer of the team, by name or id, is among those who signed the
    paper. Others may have signed too."""
    missing = [o for o in officers if o not in names and officer_name(facts, o) not in names]
    if missing:
        raise LiuhenError(
            "E-VISIT-NAMES",
            N_("The paper is not signed by {officers}, of the team for {subject}."),
            remedy=N_("Name everybody who signed; who did not go is replaced first: liuhen recuse {subject}"),
            exit=Exit.REFUSED,
            officers=", ".join(f"{officer_name(facts, o)} ({o})" for o in missing),
            subject=subject,
        )


def visit_of(facts: f.Facts, visit: str) -> f.Visit:
    """Raises E-VISIT-UNKNOWN."""
    held = facts.get(f.VISITS, visit)
    if held is None:
        raise LiuhenError(
            "E-VISIT-UNKNOWN",
            N_("There is no recorded visit {visit}."),
            remedy=N_("See the visits: liuhen inspect show; one on paper waits for confirmation"),
            exit=Exit.REFUSED,
            visit=visit,
        )
    return held


def sign_visit(book: Book, officer: Signer, visit: str) -> Written:
    """An officer's signature by key under a recorded visit."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        return [Deed("visit.signed", f"visit/{visit}", {"visit": visit, "of": visit_of(facts, visit).leaf})]

    return book.write(officer, decide)


def register_results(
    book: Book, signer: Signer, visits: Sequence[str], where: Mapping[str, Value]
) -> Written:
    """公示登记 of one or more visits with the same channel, date and address."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        return [
            Deed(
                "result.published",
                f"visit/{visit}",
                {"visit": visit, "of": visit_of(facts, visit).leaf, **where},
            )
            for visit in visits
        ]

    return book.write(signer, decide)


def correct(book: Book, signer: Signer, seq: int, field: str, new: Value, reason: str) -> Written:
    """更正 a field of entry `seq`; takes effect when an approver confirms. Private fields stay private."""
    target = book.entry(seq)

    def decide(facts: f.Facts) -> Sequence[Deed]:
        old = target.body.data.get(field)
        ref = facts.get(f.CORRECTABLE, target.leaf.hex())
        stands = as_it_stands(facts, ref, field) if ref is not None else UNKNOWN
        if stands is not UNKNOWN:
            old = stands  # type: ignore[assignment]
        value = new
        openings: tuple[Opening, ...] = ()
        kind = schema.EVENTS[target.body.type]
        if field in kind.private:
            owner = kind.owner.format(**{k: v for k, v in target.body.data.items() if isinstance(v, str)})
            value, opening = seal_private(book.origin, owner, field, new)
            openings = (opening,)
        data: dict[str, Value] = {"of": target.leaf, "field": field, "new": value, "reason": reason}
        if old is not None:
            data["old"] = old
        return [Deed("corrected", target.body.stream, data, openings)]

    return book.write(signer, decide)


def void(book: Book, signer: Signer, seq: int, reason: str) -> Written:
    """作废 entry `seq`; takes effect when an approver confirms."""
    target = book.entry(seq)
    return book.write(
        signer, lambda _facts: [Deed("voided", target.body.stream, {"of": target.leaf, "reason": reason})]
    )


def attach(
    book: Book, signer: Signer, name: str, file: bytes, size: int, seq: int | None = None, kind: str = ""
) -> Written:
    """Name a scan or photo by its SHA-256, beside entry `seq` where given; `kind` of EVIDENCE_KINDS."""
    data: dict[str, Value] = {"name": name, "file": file, "size": size}
    if kind:
        data["kind"] = kind
    if seq is not None:
        data["of"] = book.entry(seq).leaf
    return book.write(signer, lambda _facts: [Deed("attached", "attachments", data)])


@dataclass(frozen=True)
class Due:
    """A drawn subject and how far its visit is.

    `state`: open, waiting (on paper, not confirmed), unsigned, effective, published. `limit`: the last day to
    publish, None before the visit or while it cannot be told; `late` as of today.
    """

    team: f.Team
    state: str
    visit: str = ""
    occurred: str = ""
    leaf: bytes = b""
    waiting: int = -1
    """seq of the paper record that waits"""
    limit: Deadline | None = None
    published: str = ""
    late: bool = False

    def limit_words(self, provisional: str) -> str:
        """The last day, `provisional` added while a calendar is missing, "-" when there is none."""
        if self.limit is None:
            return "-"
        if self.limit.latest is None:
            return f"≥ {self.limit.earliest} {provisional}"
        return self.limit.latest.isoformat()

    def data(self, names: Mapping[str, str]) -> dict[str, object]:
        """For reports; `names` by subject."""
        limit = self.limit
        return {
            "subject": self.team.subject,
            "name": names.get(self.team.subject, ""),
            "team": list(self.team.members()),
            "state": self.state,
            "visit": self.visit,
            "occurred": self.occurred,
            "publish_by": limit.latest.isoformat() if limit and limit.latest else None,
            "provisional": bool(limit and limit.latest is None),
            "published": self.published,
            "late": self.late,
        }


def waiting_visits(facts: f.Facts, draw: str) -> dict[str, tuple[str, f.Pending]]:
    """Records on paper of a draw that wait for a second person, with their leaf, by subject."""
    return {
        act.data["subject"]: (leaf, act)
        for leaf, act in waiting_for(facts, "visit.recorded")
        if act.data["draw"] == draw
    }


def unfinished(facts: f.Facts) -> dict[str, list[str]]:
    """Subjects whose recorded visit is neither published nor void, by draw."""
    found: dict[str, list[str]] = {}
    for _, visit in facts.rows(f.VISITS):
        if visit.state in ("recorded", "effective"):
            found.setdefault(visit.data["draw"], []).append(visit.data["subject"])
    return found


def dues(facts: f.Facts, draw: str, today: str, subjects: Iterable[str] | None = None) -> list[Due]:
    """Every drawn subject of a draw by rank, with its visit and the last day to publish (R130); where
    `subjects` are given, these alone."""
    held = draw_of(facts, draw)
    policy = facts.get(f.POLICIES, held.policy)
    judge = Dues(facts, today, Counter())
    top = origin(facts, draw)
    pending = waiting_visits(facts, top)
    rows = []
    for team in teams_by_rank(facts, draw, subjects):
        ref = facts.get(f.VISIT_OF, f"{top}/{team.subject}")
        visit = facts.get(f.VISITS, ref.key) if ref else None
        if ref is None or visit is None:
            rows.append(_not_recorded(team, pending.get(team.subject)))
            continue
        limit = judge.publication(ref.key, visit, held, policy.values) if policy else None
        day = date.fromisoformat(visit.published or today)
        state = "unsigned" if visit.state == "recorded" else visit.state
        rows.append(
            Due(
                team,
                state,
                ref.key,
                visit.data["occurred"][:10],
                visit.leaf,
                -1,
                limit,
                visit.published,
                limit is not None and limit.judge(day) is False,
            )
        )
    return rows


def _not_recorded(team: f.Team, waiting: tuple[str, f.Pending] | None) -> Due:
    if waiting is None:
        return Due(team, "open")
    leaf, act = waiting
    day = act.data["occurred"][:10]
    return Due(team, "waiting", act.data["visit"], day, bytes.fromhex(leaf), act.seq)
