"""The platform beside the ledger: receipts, its export compared, its draw recorded, a list received."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.book import Book, Deed, Written
from ledger.commands import find
from ledger.commands.draws import draw_of
from ledger.commands.lists import Diff, diff, import_deeds
from ledger.importing.platforms import Known, Lot
from ledger.importing.records import Sheet
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Facts
from verifier.law.elsewhere import received
from verifier.law.platforms import Difference, compare
from verifier.law.question import absent
from verifier.lists import list_hash


def platform_of(facts: Facts) -> str:
    """The platform that the policy in force names, "" when it names none."""
    ledger = facts.get(f.LEDGER, f.ONE)
    policy = facts.get(f.POLICIES, ledger.policy) if ledger else None
    return str(policy.values.get("platform", "")) if policy else ""


def known(facts: Facts, draw: str = "") -> Known:
    """Names by which a platform may call subjects (of the frozen list of a draw, else of the register) and
    officers; a name that several have names nobody."""
    frozen = facts.get(f.FROZEN, draw) if draw else None
    if frozen is not None:
        pairs = [(name, subject) for _, subject, name in frozen.pool]
        roster = {officer for officer, _, _ in frozen.officers}
    else:
        pairs = [(row.record["name"], subject) for subject, row in facts.rows(f.register("subjects"))]
        roster = set()
    subjects: dict[str, str] = {}
    for name, subject in pairs:
        subjects[name] = "" if name in subjects else subject
    subjects |= {subject: subject for _, subject in pairs}
    officers: dict[str, tuple[str, ...]] = {}
    for officer, row in facts.rows(f.register("officers")):
        if not roster or officer in roster:
            other = row.record.get("other_certificate", {}).get("number", "")
            for called in {officer, row.record["name"], row.record["certificate"], other} - {""}:
                officers[called] = (*officers.get(called, ()), officer)
    return Known({name: subject for name, subject in subjects.items() if subject}, officers)


def lot_of(facts: Facts, name: str) -> Lot:
    """What a platform draws from in a draw that was frozen for it. Raises E-PLATFORM-OURS."""
    draw = draw_of(facts, name)
    frozen = facts.get(f.FROZEN, name)
    if draw.parties or draw.state != "frozen" or frozen is None:
        raise LiuhenError(
            "E-PLATFORM-OURS",
            N_("Draw {draw} is not an open draw of another platform."),
            remedy=N_("Freeze one for the platform: liuhen draw freeze --elsewhere"),
            exit=Exit.REFUSED,
            draw=name,
        )
    return Lot(
        {subject: stratum for stratum, subject, _ in frozen.pool},
        {s["id"]: s["k"] for s in draw.question["strata"]},
        frozenset(officer for officer, _, _ in frozen.officers) - absent(frozen),
        frozenset((officer, subject) for officer, subject in frozen.conflicts),
        sum(count for _, _, count in draw.question["seats"]),
    )


def _whole(book: Book, facts: Facts, register: str, sheet: Sheet) -> Diff:
    """The sheet as the whole of a register: what it lacks leaves."""
    named = {name for name, _ in sheet.records}
    gone = [name for name, _ in facts.rows(f.register(register)) if name not in named]
    return diff(book, facts, register, sheet.records, removed=gone)


def _imported(book: Book, facts: Facts, signer: Signer, register: str, sheet: Sheet, file: str) -> list[Deed]:
    change = _whole(book, facts, register, sheet)
    if change.empty:
        return []
    return import_deeds(
        change,
        register,
        reason=f"导入 {file}",
        reviewer=signer.info.holder,
        source=sheet.source_sha256,
        source_name=file,
    )


def receive(book: Book, signer: Signer, draw: str, sheet: Sheet, *, platform: str, file: str) -> Written:
    """登记平台抽取结果: what the platform drew as one import, and its record; another confirms."""

    def decide(facts: Facts) -> Sequence[Deed]:
        register = f"received.{draw}"
        deeds = _imported(book, facts, signer, register, sheet, file)
        shadow = _Shadow(facts, register, sheet)
        results, teams = received(shadow, draw)
        data: dict[str, Value] = {"draw": draw, "m": draw_of(facts, draw).m, "platform": platform}
        data |= {"file": sheet.source_sha256}
        data |= {"results": list_hash(results).value(), "teams": list_hash(teams).value()}
        return [*deeds, Deed("draw.recorded", f"draw/{draw}", data)]

    return book.write(signer, decide)


class _Shadow(f.MemoryFacts):
    """The facts as they will be when a register holds the rows of a sheet."""

    def __init__(self, facts: Facts, register: str, sheet: Sheet) -> None:
        super().__init__()
        self._facts, self._table = facts, f.register(register)
        for name, record in sheet.records:
            self.put(self._table, name, f.Row(dict(record), -1))

    def get(self, table: f.Table[f.T], key: str) -> f.T | None:
        return super().get(table, key) if table.name == self._table.name else self._facts.get(table, key)

    def rows(self, table: f.Table[f.T], prefix: str = "") -> Iterator[tuple[str, f.T]]:
        own = table.name == self._table.name
        return super().rows(table, prefix) if own else self._facts.rows(table, prefix)


def compare_with(
    book: Book, signer: Signer, draw: str, sheet: Sheet, *, platform: str, file: str
) -> tuple[Difference, Written]:
    """与平台比对: what the platform shows of a draw made here as one import, and how it differs. The same
    file compared again with the same outcome writes nothing."""
    made: list[Difference] = []

    def decide(facts: Facts) -> Sequence[Deed]:
        register = f"platform.{draw}"
        deeds = _imported(book, facts, signer, register, sheet, file)
        found = compare(_Shadow(facts, register, sheet), draw)
        made.append(found)
        last = [row for _, row in facts.rows(f.COMPARISONS, f"{draw}/")][-1:]
        same = [(row.file, (row.missing, row.extra, row.changed)) for row in last]
        if not deeds and same == [(sheet.source_sha256, found.counts)]:
            return ()
        data: dict[str, Value] = {
            "draw": draw,
            "m": draw_of(facts, draw).m,
            "platform": platform,
            "file": sheet.source_sha256,
            "n": len(sheet.records),
        }
        for name, ids in (("missing", found.missing), ("extra", found.extra), ("changed", found.changed)):
            data[name] = list_hash([s] for s in ids).value()
        return [*deeds, Deed("platform.compared", "platform", data)]

    written = book.write(signer, decide)
    return made[-1], written


def receipt(
    book: Book,
    signer: Signer,
    of: Sequence[bytes],
    *,
    platform: str,
    number: str,
    day: str,
    file: bytes | None = None,
) -> Written:
    """登记平台回执 of publications and draws, one entry each."""
    data: dict[str, Value] = {"platform": platform, "number": number, "date": day}
    if file:
        data["file"] = file
    deeds = [Deed("platform.receipt", "platform", {"of": leaf, **data}) for leaf in of]
    return book.write(signer, lambda _facts: deeds)


def publication_of(facts: Facts, kind: str, name: str) -> bytes:
    """Leaf hash of the last publication of a `plan` or a `list`. Raises E-PLATFORM-UNPUBLISHED."""
    plan = facts.get(f.PLANS, name) if kind == "plan" else None
    found = [plan.publication] if plan is not None and plan.publication else []
    if kind == "list":
        listed = [(ref.key, leaf) for leaf, ref in facts.rows(f.CORRECTABLE) if ref.kind == "list.published"]
        found = [bytes.fromhex(leaf) for key, leaf in sorted(listed) if key.split("/")[0] == name]
    if not found:
        raise LiuhenError(
            "E-PLATFORM-UNPUBLISHED",
            N_("{name} was not published yet."),
            remedy=N_("Publish it first: liuhen plan publish, liuhen list publish, liuhen result register"),
            exit=Exit.REFUSED,
            name=name,
        )
    return found[-1]


def results_without(facts: Facts, draw: str) -> list[bytes]:
    """Leaf hashes of the publications of a draw's results of which the platform gave no receipt yet."""
    had = {row.of for _, row in facts.rows(f.PLATFORM_RECEIPTS)}
    mine = {name for name, visit in facts.rows(f.VISITS) if visit.data["draw"] == draw}
    return [
        bytes.fromhex(leaf)
        for leaf, ref in facts.rows(f.CORRECTABLE)
        if ref.kind == "result.published" and ref.key in mine and leaf not in had
    ]


def channels(book: Book) -> dict[str, str]:
    """The channel of the last publication of each visit."""
    found: dict[str, str] = {}
    for entry in book.entries():
        if entry.body.type == "result.published":
            found[str(entry.body.data["visit"])] = str(entry.body.data["channel"])
    return found


def draw_shown(facts: Facts, name: str = "") -> str:
    """The completed draw named, else the only one; made here and no longer sealed, so that it may be entered
    on the platform. Raises E-PLATFORM-SEALED and as `find.completed_draw`."""
    name = find.completed_draw(facts, name)
    if draw_of(facts, name).veiled:
        raise LiuhenError(
            "E-PLATFORM-SEALED",
            N_("Draw {draw} is sealed: entering it on a platform would tell who was drawn."),
            remedy=N_("Unseal it when its visits are made: liuhen draw unseal {draw}"),
            exit=Exit.REFUSED,
            draw=name,
        )
    return name


def assigned_rows(facts: Facts, task: str, sheet: Sheet) -> Value:
    """The list of a received sheet as `task.created` names it."""
    shadow = _Shadow(facts, f"assigned.{task}", sheet)
    rows = shadow.rows(f.register(f"assigned.{task}"))
    return list_hash([name, row.record] for name, row in rows).value()


def assigned_deeds(
    book: Book, facts: Facts, signer: Signer, task: str, sheet: Sheet, file: str
) -> list[Deed]:
    """The import of a received list, before its task."""
    return _imported(book, facts, signer, f"assigned.{task}", sheet, file)
