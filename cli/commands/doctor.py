"""`liuhen doctor`: what is damaged of a ledger, what still stands, and what to do (体检)."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.typed import quoted
from cli.witnessed import against_published
from ledger.forms.digits import grouped
from ledger.rescue import doctor
from ledger.rescue.doctor import Diagnosis
from ledger.rescue.findings import REASONS, REPAIR, Finding, Grade
from ledger.store.server import pointed
from verifier.errors import N_, Exit, LiuhenError
from verifier.wording import printable

MARKS = {
    Grade.STANDS: N_("stands"),
    Grade.NOTE: N_("note"),
    Grade.DAMAGED: N_("DAMAGED"),
    Grade.OTHER: N_("ANOTHER LEDGER"),
}
_WHO = {"log": N_("the log key"), "the note of the last copy": N_("the note of the last copy")}


@click.command(
    help=_(
        "Look at a ledger file, whatever its state: the file itself, every entry, private values, key files, "
        "journals, copies and signed heads at hand. Nothing is written, no passphrase is asked. Exit code 0: "
        "nothing is damaged; 1: something is; 4: nothing of a ledger stands."
    )
    + example("liuhen doctor", "liuhen doctor ledger.db --copy E:/备份/ledger-141-2026-03-31.backup")
)
@click.argument("ledger", required=False, type=click.Path(path_type=Path))
@click.option(
    "--copy",
    "copies",
    multiple=True,
    type=click.Path(path_type=Path),
    help=_("A copy to be looked at too, on another disk or stick"),
)
@against_published
@pass_desk
def command(desk: Desk, ledger: Path | None, copies: tuple[Path, ...], against: tuple[Path, ...]) -> int:
    desk.ledger = ledger or desk.ledger
    require_file(desk.ledger)
    found = doctor.examine(desk.ledger, desk.folders, copies, against)
    told = [
        _("Ledger {path}: {n} entries stand ({origin}).").format(
            path=found.path, n=found.size, origin=printable(found.origin) or "-"
        )
    ]
    if found.ledger:
        told.append(_("Ledger id: {id}").format(id=grouped(found.ledger.hex())))
    for grade in (Grade.DAMAGED, Grade.OTHER, Grade.NOTE, Grade.STANDS):
        for finding in found.findings:
            if finding.kind.grade is grade:
                told += lines(desk, found, finding)
    told.append(
        _("Something is damaged. Do not work on with it; keep it.")
        if found.ledger_damaged
        else _("The ledger is sound, a key file is damaged.")
        if found.damaged
        else _("It is sound, but not the ledger that was here.")
        if found.other
        else _("Sound.")
    )
    desk.answer(*told, next_step=_next(found), data=_data(desk, found))
    return int(found.exit)


def require_file(path: Path) -> None:
    """Raises E-DOCTOR-SERVER for a ledger on a server."""
    if pointed(path) is not None:
        raise LiuhenError(
            "E-DOCTOR-SERVER",
            N_("This ledger is kept on a server; its administrator looks after the files there."),
            where=str(path),
            remedy=N_(
                "liuhen verify looks at every entry. Where the ledger does not open, take it into a file as "
                "it is and look at that: liuhen store fetch FILE, then liuhen doctor FILE"
            ),
            exit=Exit.USAGE,
        )


def lines(desk: Desk, found: Diagnosis, finding: Finding) -> list[str]:
    """A finding for people: what, what it means, what to do."""
    kind, params = finding.kind, worded(found, finding)
    told = [
        f"[{_(MARKS[kind.grade])}] {_(kind.what).format(**params)} ({finding.code})",
        f"    {_(kind.means).format(**params)}",
    ]
    if kind.step and not found.ledger_damaged:
        told.append(f"    → {step(found, finding)}")
    return told


def worded(found: Diagnosis, finding: Finding) -> dict[str, object]:
    """The parameters of a finding in the reader's language."""
    params = {key: printable(v) if isinstance(v, str) else v for key, v in finding.params.items()}
    reason = finding.params.get("reason")
    if isinstance(reason, str) and reason in REASONS:
        params["reason"] = _(REASONS[reason]).format(**params)
    elif finding.code == "D-UNREAD":
        params["reason"] = _(str(reason))
    if isinstance(who := finding.params.get("who"), str):
        params["who"] = "、".join(_(_WHO[w]) if w in _WHO else w for w in who.split(", "))
    return params


def step(found: Diagnosis, finding: Finding) -> str:
    """The command that a finding asks for, as it can be typed."""
    new = found.path.with_name(f"{found.path.stem}-修复{found.path.suffix}")
    return finding.kind.step.format(new=quoted(new))


def _next(found: Diagnosis) -> str:
    for grade in (Grade.DAMAGED, Grade.OTHER, Grade.NOTE):
        for finding in found.findings:
            if finding.kind.grade is grade and finding.kind.step:
                return step(found, finding) + (helpers(found) if "repair" in finding.kind.step else "")
    return "liuhen verify"


def _works(found: Diagnosis, finding: Finding) -> bool:
    """Whether the command of a finding can be given now: most need a ledger that opens."""
    return bool(finding.kind.step) and (finding.kind.step == REPAIR or not found.ledger_damaged)


def helpers(found: Diagnosis) -> str:
    """`--from` with the best copy at hand."""
    sound = [f.params["path"] for f in found.findings if f.code == "D-BACKUP-GOOD"]
    return f" --from {quoted(Path(str(sound[0])))}" if sound else ""


def _data(desk: Desk, found: Diagnosis) -> dict[str, object]:
    return {
        "path": str(found.path),
        "origin": found.origin,
        "ledger": found.ledger.hex(),
        "entries": found.size,
        "root": found.root.hex(),
        "spoken_of": found.told,
        "damaged": found.damaged,
        "findings": [
            {
                "code": finding.code,
                "grade": finding.kind.grade.value,
                "text": _(finding.kind.what).format(**worded(found, finding)),
                "means": _(finding.kind.means).format(**worded(found, finding)),
                "step": step(found, finding) if _works(found, finding) else None,
                "params": dict(finding.params),
            }
            for finding in found.findings
        ],
    }
