"""`liuhen log`: the entries of the ledger, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click

from cli.cosigned import standing_lines
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.table import table
from cli.telling import Teller, kind_name, plain, seen_data, time_shown
from cli.typed import quoted
from ledger.audit.source import opened
from ledger.book import Book
from ledger.forms.digits import grouped
from verifier import entry as entries
from verifier.entry import Entry
from verifier.errors import N_, Exit, LiuhenError
from verifier.merkle import Frontier, leaf_hash
from verifier.openings import fields_of, seen
from verifier.wording import printable

LAST = 30
_FROM = click.option(
    "--from", "bundle", type=click.Path(path_type=Path), help=_("A bundle or ledger (default: the ledger)")
)


@dataclass(frozen=True)
class _Log:
    """What is read: the ledger of the desk, or another ledger or bundle. `option` is what a
    further command needs to read the same, `more` lines that only the ledger has."""

    size: int
    root: bytes
    entries: Callable[[int], Iterator[Entry]]
    tell: Teller
    option: str = ""
    more: tuple[str, ...] = ()


@contextmanager
def _log(desk: Desk, bundle: Path | None) -> Iterator[_Log]:
    """The entries to read. Raises what opening them raises."""
    if bundle is None:
        book = desk.reading()
        head = book.store.head()
        more = tuple(standing_lines(book, book.facts()))
        yield _Log(head.size, head.root, lambda start: _entries(book, start), teller(book), more=more)
        return
    with opened(bundle) as source:
        desk.elsewhere = source.origin
        tree, places = Frontier(), dict[bytes, int]()
        for seq, raw in enumerate(source.read()):
            leaf = leaf_hash(raw)
            tree.append(leaf)
            places[leaf] = seq
        yield _Log(
            source.size,
            tree.root(),
            lambda start: (one for one in source.entries() if one.body.seq >= start),
            Teller(source.facts(), places.get, source.open),
            f" --from {quoted(bundle)}",
        )


@click.group(help=_("The entries of the ledger"))
def command() -> None: ...


@command.command(
    "list",
    help=_("Entries, the newest last.")
    + example("liuhen log list --type draw.frozen --last 5", "liuhen log list --from 核验包.zip"),
)
@click.option("--type", "kind", default="", metavar="TYPE", help=_("Only of this type, such as draw.frozen"))
@click.option("--stream", default="", help=_("Only of this stream, such as draw/d1"))
@click.option("--last", type=click.IntRange(1), metavar="N", help=_("The newest N (default 30)"))
@click.option("--since", type=click.IntRange(0), default=0, metavar="SEQ", help=_("From this entry on"))
@_FROM
@pass_desk
def list_(desk: Desk, kind: str, stream: str, last: int | None, since: int, bundle: Path | None) -> None:
    with _log(desk, bundle) as held:
        _list(desk, held, kind, stream, last, since)


def _list(desk: Desk, held: _Log, kind: str, stream: str, last: int | None, since: int) -> None:
    wanted = None if (last is None and since) or (desk.as_json and last is None) else last or LAST
    start = since
    if wanted is not None and not (kind or stream):
        start = max(since, held.size - wanted)
    found = [e for e in held.entries(start) if kind in ("", e.body.type) and stream in ("", e.body.stream)]
    found = found if wanted is None else found[-wanted:]
    tell = held.tell
    rows = [
        [e.body.seq, time_shown(e.body.time), tell.who(e), kind_name(e.body.type), tell.about(e.body.data)]
        for e in found
    ]
    lines = table([_("No."), _("Time"), _("Who"), _("What"), _("About")], rows, right=(0,))
    lines.append(_("{shown} of {size} entries.").format(shown=len(found), size=held.size))
    lines += held.more
    desk.answer(
        *lines,
        next_step=(f"liuhen log show {found[-1].body.seq}" if found else "liuhen log list") + held.option,
        data={"size": held.size, "root": held.root, "entries": [_data(e) for e in found]},
    )


def _entries(book: Book, start: int) -> Iterator[Entry]:
    return map(entries.parse, book.store.entries(start))


def teller(book: Book) -> Teller:
    """What tells the entries of a ledger."""
    return Teller(book.facts(), book.store.find_leaf, book.open_private)


def _data(read: Entry) -> dict[str, object]:
    body = read.body
    return {
        "seq": body.seq,
        "time": body.time,
        "actor": body.actor.hex(),
        "stream": body.stream,
        "ver": body.ver,
        "type": body.type,
        "leaf": read.leaf_hex,
        "data": plain(body.data),
    }


@command.command(
    "show",
    help=_("One entry, every field of it.")
    + example("liuhen log show 0", "liuhen log show 0 --from 核验包.zip"),
)
@click.argument("seq", type=click.IntRange(0))
@_FROM
@pass_desk
def show(desk: Desk, seq: int, bundle: Path | None) -> None:
    with _log(desk, bundle) as held:
        _show(desk, held, seq, bundle)


def _show(desk: Desk, held: _Log, seq: int, bundle: Path | None) -> None:
    read = next(held.entries(seq), None)
    if read is None:
        raise LiuhenError(
            "E-LOG-SEQ",
            N_("There is no entry {seq}; the ledger has {size}."),
            remedy=N_("See them: liuhen log list"),
            exit=Exit.USAGE,
            seq=seq,
            size=held.size,
        )
    body = read.body
    facts, opener = held.tell.facts, held.tell.open
    places = {place[2]: seen(body.origin, place, facts, opener) for place in fields_of(body, facts)}
    tell = replace(held.tell, private=places)
    head = [
        (_("Entry"), f"{seq}  {kind_name(body.type)} ({printable(body.type)})"),
        (_("Time"), time_shown(body.time)),
        (_("Who"), tell.who(read)),
        (_("Key id"), grouped(body.actor.hex())),
        (_("Stream"), f"{printable(body.stream)} {body.ver}"),
        (_("Entry hash"), grouped(read.leaf_hex)),
        (_("Entry before"), grouped(body.prev.hex())),
    ]
    lines = [f"{name}: {text}" for name, text in head]
    lines += [f"  {name}: {text}" for name, text in tell.fields(body.data)]
    desk.answer(
        *lines,
        next_step="liuhen verify" + (f" {quoted(bundle)}" if bundle else ""),
        data={
            **_data(read),
            "prev": body.prev.hex(),
            "private": [seen_data(one) for one in places.values()],
        },
    )
