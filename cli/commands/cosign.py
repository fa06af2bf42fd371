"""`liuhen cosign`: cosigners 联署方, who sign the heads of the ledger (C2SP tlog-witness)."""

from __future__ import annotations

from pathlib import Path

import click

from cli.cosigned import as_data, in_words
from cli.cosigner import add_to, read_vkey
from cli.desk import Desk, pass_desk, read_file
from cli.examples import example
from cli.i18n import _, render_error
from cli.table import table
from cli.typed import confirming, quoted
from ledger.book import Book, Written
from ledger.commands import bundles, heads
from ledger.cosigning import compare as comparing
from ledger.cosigning.compare import Shown
from ledger.cosigning.heads import everybody, named
from ledger.durable import DOCUMENT, disk_error, write_whole
from ledger.forms.digits import grouped
from verifier import evidence as evidences
from verifier import facts as f
from verifier import note, tlogpolicy
from verifier.checkpoint import Checkpoint
from verifier.errors import N_, Exit, LiuhenError
from verifier.evidence import MAX_EVIDENCE, Evidence
from verifier.law.heads import cosigners_missing
from verifier.merkle import leaf_hash
from verifier.note import Signature, Vkey
from verifier.tlogpolicy import Witness
from verifier.vocabulary import Role
from verifier.witness import MAX_ANSWER

REQUEST = ".add-checkpoint"
Taken = list[tuple[Checkpoint, Signature]]


@click.group(help=_("Cosigners (联署方): who outside the office signs its heads"))
def command() -> None: ...


add_to(command)


@command.command(
    "name",
    help=_("Name a cosigner in the ledger; another holder confirms.")
    + example("liuhen --as zhao-admin cosign name 联署方公钥.vkey --unit jijian"),
)
@click.argument("vkey")
@click.option("--unit", required=True, help=_("Unit of the cosigner, by id"))
@pass_desk
def name(desk: Desk, vkey: str, unit: str) -> None:
    key = read_vkey(vkey)
    written = heads.name_cosigner(desk.book, desk.signer(Role.ADMIN), str(key), unit)
    desk.answer(
        _("Cosigner {name} of {unit} recorded; another person confirms.").format(name=key.name, unit=unit),
        next_step=confirming(desk.facts, written.leaf),
        data={"vkey": str(key), "unit": unit},
        written=written,
    )


@command.command(
    "policy",
    help=_(
        "How many cosigners make a head final: take the policy FILE (C2SP tlog-policy) into use; without "
        "FILE show what is in use."
    )
    + example("liuhen cosign policy 联署规则.txt"),
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@pass_desk
def policy(desk: Desk, file: Path | None) -> None:
    book = desk.reading()
    folder = heads.heads_of(book)
    cosigners = named(book.facts())
    if file is not None:
        taken = tlogpolicy.parse(read_file(file, tlogpolicy.MAX_POLICY))
        _require_fitting(book, taken)
        folder.keep_policy(read_file(file, tlogpolicy.MAX_POLICY))
    in_use = folder.policy() or everybody(cosigners)
    known = {key.public for key in cosigners}
    rows = [
        [w.name, w.vkey.name, w.url or _("by file"), _("yes") if w.vkey.public in known else _("no")]
        for w in in_use.witnesses
    ]
    lines = table([_("Name"), _("Cosigner"), _("Address"), _("In the ledger")], rows)
    lines += [f"group {g.name} {g.least} {' '.join(g.members)}" for g in in_use.groups]
    lines.append(_("Final when: {quorum}").format(quorum=in_use.quorum))
    desk.answer(*lines, next_step="liuhen cosign status", data={"quorum": in_use.quorum, "cosigners": rows})


def _require_fitting(book: Book, policy: tlogpolicy.Policy) -> None:
    ledger = book.facts().get(f.LEDGER, f.ONE)
    if ledger is not None and not policy.accepts_log(Vkey.parse(ledger.log_vkey)):
        raise LiuhenError(
            "E-POLICY-LOG",
            N_("The policy file is for another log."),
            remedy=N_("Its line “log” holds the key of this ledger: {vkey}"),
            exit=Exit.UNREADABLE,
            vkey=ledger.log_vkey,
        )


@command.command(
    "request",
    help=_(
        "Ask cosigners to sign the head as it is now. TARGET is an address (http…) or a folder or file for "
        "the request, which is carried to the cosigner; without TARGET the addresses of the policy file are "
        "asked. Whether they answer or not, the ledger goes on."
    )
    + example("liuhen cosign request http://127.0.0.1:8641", "liuhen cosign request U盘"),
)
@click.argument("target", required=False)
@click.option(
    "--cosigner", "called", default="", metavar="NAME", help=_("Which cosigner (default: the only one)")
)
@click.option("--old", type=click.IntRange(0), help=_("Entries that the cosigner saw last (by file)"))
@pass_desk
def request(desk: Desk, target: str | None, called: str, old: int | None) -> None:
    book = desk.book
    asked = _asked(desk, target, called)
    signed = _signed_head(desk)
    size = book.store.head().size
    if target is None or "://" in target:
        _over_http(desk, signed, asked)
        return
    place = Path(target)
    place = place / f"{size}{REQUEST}" if place.is_dir() else place
    made = heads.request(book, signed, asked[0].vkey, old)
    try:
        write_whole(place, made.request.encode(), DOCUMENT)
    except OSError as error:
        raise disk_error(place, error) from error
    desk.answer(
        _("Request for {name} over {size} entries: {file}").format(
            name=made.cosigner.name, size=size, file=place
        ),
        _("Carry it to the cosigner, and what comes back here."),
        next_step=f"liuhen cosign accept {quoted(place.with_suffix('.cosig'))}",
        data={"file": str(place), "size": size, "old": made.request.old},
    )


def _asked(desk: Desk, target: str | None, called: str) -> list[Witness]:
    """Whom to ask, and where."""
    facts = desk.facts
    if target is not None:
        key = heads.only_cosigner(facts, called)
        return [Witness(key.name, key, target if "://" in target else "")]
    kept = heads.heads_of(desk.book).policy()
    known = set(named(facts))
    fitting = [w for w in kept.witnesses if w.url and w.vkey in known] if kept else []
    fitting = [w for w in fitting if called in ("", w.name, w.vkey.name)]
    if not fitting:
        raise click.UsageError(
            _("No address is known: give one, or a folder for the request, or addresses in the policy file.")
        )
    return fitting


def _signed_head(desk: Desk) -> bytes:
    """The head as it is now, signed: as it is kept, else with the log key."""
    head = desk.book.store.head()
    folder = heads.heads_of(desk.book)
    kept = folder.get(head.size)
    if kept is not None and kept[0].root == head.root:
        return note.render(kept[1])
    signed = bundles.sign_head(desk.book, desk.log_signer())
    folder.keep(signed)
    return signed


def _over_http(desk: Desk, signed: bytes, asked: list[Witness]) -> None:
    """Ask one after the other; who does not answer stops none of the others."""
    taken: Taken = []
    failed: list[LiuhenError] = []
    for one in asked:
        try:
            taken += heads.ask(desk.book, signed, one.vkey, one.url)
        except LiuhenError as error:
            failed.append(error)
    for told in failed if taken else failed[:-1]:
        click.echo(render_error(told), err=True)
    if failed and not taken:
        raise failed[-1]
    _tell_taken(desk, taken, None)


@command.command(
    "accept",
    help=_("Take what came back from a cosigner by file (.cosig).")
    + example("liuhen cosign accept 120.cosig", "liuhen cosign accept 120.cosig --record"),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--record/--no-record",
    default=None,
    help=_("Record it as an entry too (default: where a draw waits for it)"),
)
@pass_desk
def accept(desk: Desk, files: tuple[Path, ...], record: bool | None) -> None:
    taken: Taken = []
    for file in files:
        found = heads.accept(desk.book, read_file(file, MAX_ANSWER), desk.facts)
        if isinstance(found, int):
            raise LiuhenError(
                "E-COSIGN-OLD",
                N_("The cosigner saw {size} entries last, which the request did not start from."),
                where=str(file),
                remedy=N_("Make the request again from there: liuhen cosign request FOLDER --old {size}"),
                exit=Exit.FAIL,
                size=found,
            )
        taken += found
    _tell_taken(desk, taken, record)


def _tell_taken(desk: Desk, taken: Taken, record: bool | None) -> None:
    waiting = _waiting_draw(desk.facts, taken)
    written: Written | None = None
    if record or (record is None and waiting):
        written = heads.record(desk.book, desk.signer(Role.CLERK), taken)
    standing = heads.standing(desk.book, desk.facts)
    lines = [
        _("Cosigned by {name}: head of {size} entries").format(name=line.name, size=head.size)
        for head, line in taken
    ]
    step = f"liuhen draw ceremony {waiting}" if waiting else "liuhen bundle export 核验包.zip"
    desk.answer(
        *lines,
        *([in_words(standing)] if standing else []),
        next_step=step,
        data={"cosigned": [[line.name, head.size] for head, line in taken], **as_data(standing)},
        written=written,
    )


def _waiting_draw(facts: f.Facts, taken: Taken) -> str:
    """The draw that waits for these cosignatures; "" for none."""
    largest = max((head.size for head, _line in taken), default=0)
    for name, draw in facts.rows(f.DRAWS):
        if largest > draw.seq and cosigners_missing(facts, draw):
            return name
    return ""


@command.command(
    "status",
    help=_("How far the newest signed head is: signed, cosigned k of n, final.")
    + example("liuhen cosign status"),
)
@pass_desk
def status(desk: Desk) -> None:
    book = desk.reading()
    facts = book.facts()
    standing = heads.standing(book, facts)
    if standing is None:
        desk.answer(
            _("This ledger names no cosigner yet."),
            next_step="liuhen cosign name " + _("VKEY") + " --unit " + _("UNIT"),
            data={"cosigners": []},
        )
        return
    folder = heads.heads_of(book)
    rows = [[key.name, folder.seen_by(key) or "-", key.key_id.hex()] for key in named(facts)]
    fresh = not standing.missing and standing.size == standing.entries
    desk.answer(
        in_words(standing),
        *table([_("Cosigner"), _("Signed entries"), _("Key id")], rows, right=(1,)),
        next_step="liuhen bundle export 核验包.zip" if fresh else "liuhen cosign request .",
        data={"cosigners": rows, **as_data(standing)},
    )


@command.command(
    "compare",
    help=_(
        "Compare two heads of one ledger: ONE and OTHER are bundles, or files with a checkpoint as a "
        "cosigner or reader kept it; without OTHER the ledger here is compared. Heads that contradict each "
        "other become an evidence file.\n\nExit code 0 one history, 1 two histories or entries missing here, "
        "3 cannot be told."
    )
    + example("liuhen cosign compare 旧核验包.zip 新核验包.zip", "liuhen cosign compare checkpoint"),
)
@click.argument("one", type=click.Path(path_type=Path))
@click.argument("other", required=False, type=click.Path(path_type=Path))
@click.option("--log", "log", default="", metavar="VKEY", help=_("Key of the log: line or log.vkey"))
@click.option("--to", "target", type=click.Path(path_type=Path), help=_("File for the evidence"))
@pass_desk
def compare(desk: Desk, one: Path, other: Path | None, log: str, target: Path | None) -> int:
    vkey = read_vkey(log) if log else None
    first = comparing.show(one)
    second = comparing.show(other) if other is not None else _own(desk, first)
    if second is None:
        return _told_behind(desk, first)
    found = comparing.compare(first, second, vkey)
    sizes = {"small": found.small.size, "large": found.large.size}
    if other is None and found.agree is not False and _behind(desk, first):
        return _told_behind(desk, first)
    if found.agree is None:
        desk.answer(
            _("Cannot be told: the entries of the larger head are needed."),
            next_step="liuhen cosign compare " + _("ONE") + " " + _("BUNDLE"),
            data={"agree": None, **sizes},
        )
        return Exit.INCONCLUSIVE
    if found.agree:
        told = _("One history: the head of {small} entries is the beginning of the one of {large}.")
        desk.answer(told.format(**sizes), next_step="liuhen verify", data={"agree": True, **sizes})
        return Exit.PASS
    place = target or Path(f"{found.small.size}-{found.large.size}.evidence")
    lines = [_("Two histories: the ledger signed heads that contradict each other.")]
    lines += [f"  {head.size}: {grouped(head.root.hex())}" for head in (found.small, found.large)]
    if found.evidence is not None:
        try:
            write_whole(place, found.evidence.encode(), DOCUMENT)
        except OSError as error:
            raise disk_error(place, error) from error
        lines.append(_("Evidence, which convicts by itself: {file}").format(file=place))
    desk.answer(
        *lines,
        next_step=f"liuhen cosign evidence {quoted(place)}",
        data={"agree": False, "evidence": str(place) if found.evidence else "", **sizes},
    )
    return Exit.FAIL


def _behind(desk: Desk, shown: Shown) -> bool:
    """Whether the log key of the ledger here signed a head with more entries than there are."""
    book = desk.reading()
    ledger = book.facts().get(f.LEDGER, f.ONE)
    more = shown.head.size > book.store.head().size
    return bool(ledger and more and note.verify(shown.signed, Vkey.parse(ledger.log_vkey)))


def _told_behind(desk: Desk, shown: Shown) -> int:
    here = desk.reading().store.head().size
    desk.answer(
        _("Entries are missing here: the ledger has {here}, its log key signed a head of {size}.").format(
            here=here, size=shown.head.size
        ),
        _("It was put back from an older copy. Write nothing into it, and find the newest copy."),
        next_step="liuhen restore " + _("COPY"),
        data={"agree": None, "behind": True, "small": here, "large": shown.head.size},
    )
    return Exit.FAIL


def _own(desk: Desk, shown: Shown) -> Shown | None:
    """The newest signed head of the ledger here that is kept; None where none is and `shown` is ahead anyway.

    Raises E-COMPARE-OWN where none is kept.
    """
    book = desk.reading()
    ledger = book.facts().get(f.LEDGER, f.ONE)
    entries = book.store.head().size
    kept = next((pair for pair in heads.heads_of(book).kept() if pair[0].size <= entries), None)
    if kept is None and _behind(desk, shown):
        return None
    if kept is None:
        raise LiuhenError(
            "E-COMPARE-OWN",
            N_("No head of this ledger is kept here as it was signed."),
            remedy=N_("Export a bundle, and compare with that: liuhen cosign compare ONE BUNDLE"),
            exit=Exit.INCONCLUSIVE,
        )
    head, signed = kept

    def leaves() -> list[bytes]:
        return [leaf_hash(raw) for raw in book.store.entries(0, head.size)]

    return Shown(head, signed, Vkey.parse(ledger.log_vkey) if ledger else None, leaves)


@command.command(
    "evidence",
    help=_(
        "Check an evidence file of two contradicting heads; nothing else is needed. With --log, that it is "
        "against the log with this key.\n\nExit code 0 it convicts, 1 it does not."
    )
    + example(
        "liuhen cosign evidence 96-120.evidence", "liuhen cosign evidence 96-120.evidence --log log.vkey"
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--log", "log", default="", metavar="VKEY", help=_("Key of the log: line or log.vkey"))
@pass_desk
def evidence(desk: Desk, file: Path, log: str) -> int:
    vkey = read_vkey(log) if log else None
    found = evidences.parse(read_file(file, MAX_EVIDENCE))
    if vkey is not None and vkey != found.vkey:
        raise LiuhenError(
            "E-EVIDENCE-KEY",
            N_("The evidence is against another key: {vkey}"),
            where=str(file),
            exit=Exit.FAIL,
            vkey=str(found.vkey),
        )
    guilty = evidences.convicts(found)
    desk.answer(
        *_told(found, guilty),
        next_step="" if guilty else "liuhen cosign compare " + _("ONE") + " " + _("OTHER"),
        data={"convicts": guilty, "vkey": str(found.vkey)},
    )
    return Exit.PASS if guilty else Exit.FAIL


def _told(found: Evidence, guilty: bool) -> list[str]:
    if not guilty:
        return [_("This file convicts nobody: the two heads are not shown to contradict each other.")]
    old, new = found.heads()
    lines = [
        _("Convicted: whoever holds this key signed two histories."),
        f"  {found.vkey}",
        f"  {old.size}: {grouped(old.root.hex())}",
        f"  {new.size}: {grouped(new.root.hex())}",
    ]
    if found.root:
        told = _("Under the second head the first {size} entries have the root")
        lines += [told.format(size=old.size), f"  {grouped(found.root.hex())}"]
    lines.append(_("Compare the key with that of the ledger: log.vkey, or entry 0."))
    return lines
