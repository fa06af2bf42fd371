"""`liuhen verify`: judge a bundle, or the ledger itself."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

import click

from cli import console
from cli.commands.rule import named, tell
from cli.desk import Desk, pass_desk, read_file
from cli.examples import example
from cli.explaining import Verified, language, news
from cli.i18n import _
from cli.typed import quoted
from ledger import durable
from ledger.audit.source import opened
from ledger.store import is_ledger
from verifier import remembered
from verifier.bundle import open_bundle
from verifier.errors import LiuhenError
from verifier.facts import Facts
from verifier.ids import is_date, is_time
from verifier.merkle import Frontier, leaf_hash
from verifier.note import Algorithm, Vkey
from verifier.plainfile import open_plain
from verifier.remembered import Memory, Remembered
from verifier.replay import replay_bundle, replay_entries
from verifier.report import Anchor, Anchors, Basis, Report, read_anchors, strongest
from verifier.timestamp import MAX_TOKEN, Stamp

_QUIET = 2.0
"""Seconds before progress is shown."""


_NEW = click.Path(path_type=Path)


@click.command(
    help=_(
        "Verify a bundle (folder or .zip); without BUNDLE the ledger itself.\n\n"
        "Exit code 0 passed, 1 failed, 3 inconclusive, 4 not readable."
    )
    + example(
        "liuhen verify 核验包.zip --json",
        "liuhen verify",
        "liuhen verify --explain draw.seed",
        "liuhen verify 核验包.zip --evidence 证据 --docx 核验意见书.docx --html 核验报告.html",
    )
)
@click.argument("bundle", required=False, type=click.Path(path_type=Path))
@click.option("--id", "ledger_id", metavar="HEX", help=_("Ledger id known from elsewhere, may be grouped"))
@click.option("--head", metavar="SIZE:ROOT", help=_("Head known from elsewhere, may be grouped"))
@click.option("--cosigner", "cosigners", metavar="VKEY", multiple=True, help=_("A cosigner you trust"))
@click.option(
    "--stamp",
    "stamps",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("A time-stamp over a head of the ledger (.tsr, RFC 3161)"),
)
@click.option(
    "--tsa",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("Certificates of the time-stamp authority (PEM, its root among them)"),
)
@click.option("--as-of", metavar="DATE", help=_("Judge deadlines as of this date instead of the last entry"))
@click.option("--strict", is_flag=True, help=_("A remark counts as a failure"))
@click.option(
    "--since",
    metavar="SIZE:ROOT",
    help=_("Report only what is new since this head, which the entries must continue"),
)
@click.option(
    "--state",
    type=_NEW,
    help=_("Keep in this file of yours what passed; the next time only what is new is read"),
)
@click.option("--explain", "rule_id", metavar="RULE", help=_("Explain a rule instead of verifying"))
@click.option(
    "--evidence", type=_NEW, help=_("Write what is red into a new folder that others can check alone")
)
@click.option("--docx", type=_NEW, help=_("Write the verdict as a paper to sign (核验意见书)"))
@click.option("--html", type=_NEW, help=_("Write the report as a page"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def command(
    desk: Desk,
    bundle: Path | None,
    ledger_id: str | None,
    head: str | None,
    cosigners: tuple[str, ...],
    stamps: tuple[Path, ...],
    tsa: Path | None,
    as_of: str | None,
    strict: bool,
    since: str | None,
    state: Path | None,
    rule_id: str | None,
    evidence: Path | None,
    docx: Path | None,
    html: Path | None,
    yes: bool,
) -> int:
    if rule_id is not None:
        tell(desk, named(rule_id))
        return 0
    _require_fitting(bundle, head, since, state, evidence, cosigners, stamps, tsa)
    for path in (docx, html):
        if path is not None:
            desk.may_replace(path, yes=yes)
    anchors = replace(_anchors(ledger_id, head or since, cosigners), stamps=_stamps(stamps, tsa))
    when, memory = _time(as_of), None
    if bundle is None:
        report, facts = _of_ledger(desk, anchors, when, strict)
    else:
        memory = None if state is None else Memory(_held(state))
        with open_bundle(bundle) as held:
            report, facts = replay_bundle(held, anchors, when, strict, memory=memory)
    told = Verified(report, facts, bundle or desk.ledger, language())
    if since is not None and anchors.head is not None and report.anchor.matches:
        told = _only_new(told, anchors.head[0])
    explained = told.explained()
    written = told.write(explained, docx, html, evidence if explained else None)
    if evidence is not None and not explained:
        written.append(_("No check is red, so there is no evidence to write."))
    if state is not None and memory is not None:
        written += _remember(state, memory)
    _show(told.json(explained) if desk.as_json else told.text(explained))
    for line in written:
        click.echo(line, err=desk.as_json)
    return int(told.report.exit)


def _require_fitting(
    bundle: Path | None,
    head: str | None,
    since: str | None,
    state: Path | None,
    evidence: Path | None,
    cosigners: Sequence[str],
    stamps: Sequence[Path],
    tsa: Path | None,
) -> None:
    """Raises `click.UsageError` for what does not go together."""
    if since is not None and head is not None:
        raise click.UsageError(_("--since is a head to compare with; leave out --head."))
    if state is not None and (since is not None or bundle is None):
        raise click.UsageError(_("--state goes with a bundle, and without --since."))
    if evidence is not None and bundle is None:
        raise click.UsageError(
            _(
                "Evidence is made of a bundle: liuhen bundle export, "
                "then liuhen verify BUNDLE --evidence FOLDER"
            )
        )
    if bool(stamps) != (tsa is not None):
        raise click.UsageError(_("A time-stamp needs the certificates: --stamp FILE --tsa CERTIFICATES"))
    if bundle is not None and is_ledger(bundle):
        step = f"liuhen -L {quoted(bundle)} verify"
        raise click.UsageError(_("This is a ledger, not a bundle. To verify it: {step}").format(step=step))
    if bundle is None and (cosigners or stamps):
        raise click.UsageError(
            _("Cosignatures and time-stamps are compared with a bundle; name the bundle to verify.")
        )


def _held(path: Path) -> Remembered | None:
    """What was kept in the file; None where there is none, or it is in doubt."""
    if not path.exists():
        return None
    with open_plain(path) as file:
        return remembered.decode(file.read())


def _remember(path: Path, memory: Memory) -> Iterator[str]:
    """Keep what passed for the next time; says what was read now."""
    was = memory.held
    if memory.departs:
        yield _("The bundle does not continue the head kept in {file}; everything was verified.").format(
            file=path
        )
    elif was is not None and memory.used:
        yield _("The first {n} entries passed before and were not read again ({file}).").format(
            n=was.size, file=path
        )
    elif path.exists():
        yield _(
            "{file} was not used: damaged, or of another program or ledger. Everything was verified."
        ).format(file=path)
    if memory.kept is not None and not memory.departs:
        durable.write_whole(path, remembered.encode(memory.kept))
        head = f"{memory.kept.size}:{memory.kept.root.hex()}"
        yield _("Kept in {file}: the head {head}.").format(file=path, head=head)


def _only_new(told: Verified, size: int) -> Verified:
    with opened(told.path, told.facts) as source:
        since = news(told.report, size, source)
    return replace(told, report=since.report, since=since)


def _anchors(ledger_id: str | None, head: str | None, cosigners: Sequence[str]) -> Anchors:
    try:
        anchors = read_anchors(ledger_id, head, cosigners)
        known = [Vkey.parse(line).algorithm is Algorithm.COSIGNATURE for line in anchors.cosigners]
    except ValueError as error:
        form = _("64 hex digits") if str(error) == "--id" else _("COUNT:ROOT, the root of 64 hex digits")
        told = _("this has not the right form; it is {form}").format(form=form)
        raise click.BadParameter(told, param_hint=str(error)) from error
    except LiuhenError as error:
        raise click.BadParameter(_("this has not the right form"), param_hint="--cosigner") from error
    if not all(known):
        raise click.BadParameter(_("this has not the right form"), param_hint="--cosigner")
    return anchors


def _stamps(files: Sequence[Path], tsa: Path | None) -> tuple[Stamp, ...]:
    """The tokens given, each with the certificates that the reader trusts."""
    if tsa is None:
        return ()
    certificates = read_file(tsa)
    return tuple(Stamp(file.name, read_file(file, MAX_TOKEN), certificates) for file in files)


def _time(text: str | None) -> str | None:
    if text is None or is_time(text):
        return text
    if is_date(text):
        return f"{text}T23:59:59+08:00"
    raise click.BadParameter(_("this has not the right form"), param_hint="--as-of")


def _of_ledger(desk: Desk, anchors: Anchors, as_of: str | None, strict: bool) -> tuple[Report, Facts]:
    """The report of the ledger file, whose subject is the root of all its entries, and its facts."""
    book = desk.reading()
    size = book.store.head().size
    tree = Frontier()
    root_then: bytes | None = None

    def fed() -> Iterator[bytes]:
        nonlocal root_then
        for raw in _watched(book.store.entries(0, size), size):
            tree.append(leaf_hash(raw))
            if anchors.head and tree.size == anchors.head[0]:
                root_then = tree.root()
            yield raw

    report, facts = replay_entries(fed(), "", book.open_private, as_of)
    found = []
    if anchors.id is not None:
        found.append(Anchor(Basis.ID, anchors.id, report.ledger == anchors.id))
    if anchors.head is not None:
        given, root = anchors.head
        matches = root_then is not None and root_then.hex() == root
        found.append(Anchor(Basis.HEAD, f"{given}:{root}", matches))
    anchor = strongest(found)
    subject = tree.root().hex()
    return replace(report, subject=subject, of_ledger=True, anchor=anchor, strict=strict), facts


def _watched(entries: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The entries, their count shown on a terminal when it takes long."""
    started = shown = monotonic()
    for number, raw in enumerate(entries, 1):
        yield raw
        now = monotonic()
        if sys.stderr.isatty() and now - started > _QUIET and (now - shown > 0.5 or number == size):
            shown = now
            console.over(_("Entry {n} of {size}").format(n=number, size=size), end=number == size)


def _show(text: str) -> None:
    """A reader that goes away (`| head`) does not change the verdict."""
    with contextlib.suppress(BrokenPipeError):
        click.echo(text, nl=False)
        sys.stdout.flush()
