"""Signatures carried by file: showing what is asked, writing and taking the files (design §4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cli.desk import Desk, read_file
from cli.drawing.steps import standing
from cli.i18n import _
from cli.onward import onward
from cli.telling import Teller, kind_name, time_shown
from cli.typed import quoted
from ledger.commands import requests, statements
from ledger.commands.requests import Request
from ledger.durable import write_whole
from ledger.forms.digits import grouped
from verifier import facts as f
from verifier import statement
from verifier.facts import MemoryFacts
from verifier.statement import Carried
from verifier.vocabulary import Role
from verifier.wording import printable

LIMIT = 1 << 22
"""Bytes of a request or statement file at most."""


def told(request: Request) -> Iterator[str]:
    """What is signed, in words: ledger, act, the entry it answers with all fields, and its hash."""
    facts = MemoryFacts()
    for key_id, holder, name in request.names:
        facts.put(f.KEYS, key_id.hex(), f.Key(b"", holder, "", (), 0))
        facts.put(f.HOLDERS, holder, f.Holder(name, ""))
    answered = request.entry
    tell = Teller(facts, lambda leaf: answered.body.seq if leaf == answered.leaf else None, lambda _c: None)
    yield _("Ledger of {office} ({origin}), id:").format(
        office=printable(request.office), origin=printable(request.origin)
    )
    yield f"  {grouped(request.ledger.hex())}"
    yield _("You sign: {what}").format(what=kind_name(request.kind))
    for name, text in tell.fields({k: v for k, v in request.data.items() if k not in ("of", "m")}):
        yield f"  {name}: {text}"
    yield _("It answers entry {seq} of {time}, {what}, by {who}:").format(
        seq=answered.body.seq,
        time=time_shown(answered.body.time),
        what=kind_name(answered.body.type),
        who=tell.who(answered),
    )
    for name, text in tell.fields(answered.body.data):
        yield f"  {name}: {text}"
    for row in request.rows:
        for _name, text in tell.fields({"rows": [row]}):
            yield f"    {text}"
    yield _("Hash of that entry, computed here from what you see:")
    yield f"  {grouped(answered.leaf_hex)}"


def write_request(desk: Desk, request: Request, folder: Path) -> None:
    """Write the request file and say how it goes on."""
    path = folder / f"{request.kind}-{request.entry.leaf_hex[:8]}.request"
    write_whole(path, requests.write_file(request))
    desk.answer(
        _("Request written: {path}").format(path=path),
        _("Carry it to the other machine; there: liuhen sign answer {name}").format(name=path.name),
        _("Then carry the .statement file back."),
        next_step=f"liuhen sign accept {path.stem}-{_('HOLDER')}.statement",
        data={"request": str(path), "kind": request.kind, "of": request.entry.leaf},
    )


def write_statement(desk: Desk, request: Request, folder: Path) -> None:
    """Sign a request with a key that is here, and write the statement file."""
    infos = desk.key_infos(origin=request.origin)
    signer = desk.open_key(desk.one_of(infos))
    carried, openings = requests.sign(signer, request)
    path = folder / f"{request.kind}-{request.entry.leaf_hex[:8]}-{signer.info.holder}.statement"
    write_whole(path, statement.write_file(carried, openings=openings))
    desk.answer(
        _("{holder} signed: {what}").format(holder=signer.info.holder, what=kind_name(request.kind)),
        _("Carry this file to the ledger: {path}").format(path=path),
        *([_("It holds a random number that is still sealed: give it to nobody else.")] if openings else []),
        next_step=f"liuhen sign accept {quoted(path)}",
        data={"statement": str(path), "kind": request.kind, "holder": signer.info.holder},
    )


def take(desk: Desk, files: Sequence[Path]) -> None:
    """Append carried statements as the acts of those who signed them, all or none."""
    read = [read_file(path, LIMIT) for path in files]
    carried: list[Carried] = [statement.read_file(data)[0] for data in read]
    openings = [opening for data in read for opening in statement.openings_in(data)]
    facts = desk.facts
    tell = Teller(facts, desk.book.store.find_leaf, desk.book.open_private)
    lines = [
        f"{tell.holder(one.by)}: {kind_name(one.statement().kind)} {tell.about(one.statement().data)}"
        for one in carried
    ]
    written = statements.append(desk.book, desk.signer(Role.CLERK), carried, openings)
    of_draws = sorted(
        {str(one.statement().data["draw"]) for one in carried if "draw" in one.statement().data}
    )
    of_plans = any(one.statement().kind.startswith("plan.") for one in carried)
    stands = [(name, standing(desk.facts, name)) for name in of_draws]
    desk.answer(
        *(_("Taken: {line}").format(line=line) for line in lines),
        *(_("Draw {draw}: {state}.").format(draw=name, state=now.line) for name, now in stands),
        next_step=stands[0][1].next_step if stands else onward(desk) if of_plans else "liuhen confirm",
        data={"taken": [one.statement().kind for one in carried]},
        written=written,
    )
