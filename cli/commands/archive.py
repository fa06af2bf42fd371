"""`liuhen archive`: the case file of a task (案卷归档, R150)."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.table import table
from ledger import case_file
from ledger.commands import closing
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.closing import papers_of
from verifier.vocabulary import Role


@click.command(
    help=_(
        "File a finished task away: a new folder with a numbered copy of every paper that the ledger names, "
        "and an index sheet; number and hashes are recorded. The papers are found by their content, whatever "
        "their names, in the folders given with --from (default: here and below)."
    )
    + example("liuhen archive t-2026-1 --number 2026-双随机-01 --from 扫描件")
)
@click.argument("task", required=False, default="")
@click.option("--number", required=True, help=_("Number of the case file (案卷号)"))
@click.option(
    "--from",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False),
    help=_("Folder where the papers are"),
)
@click.option(
    "--paper",
    "further",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("A further paper that the ledger does not name"),
)
@click.option("--folder", type=click.Path(path_type=Path), help=_("Folder to write (default: 案卷/NUMBER)"))
@click.option("--place", default="", help=_("Where the papers themselves are kept"))
@click.option("--yes", is_flag=True, help=_("Do not ask when papers are missing"))
@pass_desk
def command(
    desk: Desk,
    task: str,
    number: str,
    folders: tuple[Path, ...],
    further: tuple[Path, ...],
    folder: Path | None,
    place: str,
    yes: bool,
) -> None:
    task = closing.task_to_archive(desk.facts, task)
    for place_of_papers in folders:
        if not place_of_papers.is_dir():
            raise click.UsageError(_("There is no folder {folder}.").format(folder=place_of_papers))
    for path in further:
        file_hash(path)
    folder = folder or Path("案卷") / case_file.fitting(number)
    papers, missing = case_file.collect(papers_of(desk.facts, task), folders or (Path(),), further)
    for title in missing:
        click.echo(_("Not found: {title}").format(title=title), err=True)
    if not papers:
        raise LiuhenError(
            "E-CASE-EMPTY",
            N_("None of the papers was found; nothing was filed away."),
            remedy=N_("Name the folder where the scans are: --from FOLDER"),
            exit=Exit.UNREADABLE,
        )
    if missing:
        question = _("{n} papers were not found. File the case away without them?")
        desk.sure(question.format(n=len(missing)), yes=yes)
    signer = desk.signer(Role.CLERK, Role.ADMIN)
    case_file.write(folder, number, task, papers, missing)
    try:
        written = closing.archive(desk.book, signer, task, number, papers, place)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    desk.answer(
        _("Filed away: {folder} ({n} papers, index {index})").format(
            folder=folder, n=len(papers), index=case_file.INDEX
        ),
        *table(
            [_("No."), _("Title"), "SHA-256"],
            [(paper.no, paper.title, paper.file.hex()[:16]) for paper in papers],
            right={0},
        ),
        next_step="liuhen todo",
        data={
            "task": task,
            "number": number,
            "folder": str(folder),
            "papers": [{"no": p.no, "title": p.title, "sha256": p.file.hex()} for p in papers],
            "missing": missing,
        },
        written=written,
    )
