"""A case file (案卷): a numbered folder of copies, found by their hashes, with an index sheet (R150).

The ledger holds no papers, only their hashes; so the files are looked for where the office keeps them.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from secrets import token_hex

from ledger.durable import disk_error
from verifier.errors import N_, Exit, LiuhenError
from verifier.plainfile import open_plain

INDEX = "卷内目录.xlsx"
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_LARGEST = 2 << 30
"""Files above this many bytes are not looked into: no paper of a case is as large."""


@dataclass(frozen=True)
class Paper:
    """A paper in a case file: its number, its title, SHA-256, and where it was found."""

    no: int
    title: str
    file: bytes
    source: Path

    @property
    def name(self) -> str:
        """Its name in the folder: number, title, the source's suffix."""
        suffix = self.source.suffix
        return f"{self.no:03}-{fitting(self.title.removesuffix(suffix))}{suffix}"


def fitting(text: str) -> str:
    """A text as part of a file name on any system."""
    return _UNFIT.sub("-", text).strip(" .")[:60] or "-"


def collect(
    named: Iterable[tuple[str, bytes]], folders: Sequence[Path], further: Sequence[Path]
) -> tuple[list[Paper], list[str]]:
    """The papers of a case: those that the ledger names, in its order, then further files; and the titles of
    those for which no file was found."""
    held = _by_hash(folders, further)
    papers: list[Paper] = []
    missing: list[str] = []
    taken: set[bytes] = set()
    for title, digest in named:
        if digest in held:
            papers.append(Paper(len(papers) + 1, title, digest, held[digest]))
            taken.add(digest)
        else:
            missing.append(title)
    for path in further:
        digest = _hash(path)
        if digest not in taken:
            papers.append(Paper(len(papers) + 1, path.stem, digest, path))
            taken.add(digest)
    return papers, missing


def write(folder: Path, number: str, task: str, papers: Sequence[Paper], missing: Sequence[str]) -> None:
    """Write the case file as the new folder `folder`, whole or not at all.

    Raises E-CASE-EXISTS (2), E-STORE-DISK (7), E-CASE-CHANGED (4) for a paper that changed meanwhile.
    """
    if folder.exists():
        raise LiuhenError(
            "E-CASE-EXISTS",
            N_("There is a folder already; a case file is never overwritten."),
            where=str(folder),
            remedy=N_("Give another folder with --folder, or move this one away."),
            exit=Exit.USAGE,
        )
    draft = folder.with_name(f".{folder.name}.{token_hex(4)}.tmp")
    try:
        draft.mkdir(parents=True)
        for paper in papers:
            shutil.copyfile(paper.source, draft / paper.name)
            if _hash(draft / paper.name) != paper.file:
                raise _changed(paper.source)
        (draft / INDEX).write_bytes(index(number, task, papers, missing))
        draft.rename(folder)
    except OSError as error:
        raise disk_error(folder, error) from error
    finally:
        if draft.exists():
            with contextlib.suppress(OSError):
                shutil.rmtree(draft)


def index(number: str, task: str, papers: Sequence[Paper], missing: Sequence[str]) -> bytes:
    """The index sheet (卷内目录) as a workbook: the number of pages is written by hand."""
    import xlsxwriter

    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        sheet = book.add_worksheet("卷内目录")
        title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        head = book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#EDEDED"})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        small = book.add_format({"border": 1, "text_wrap": True, "font_size": 8, "font_name": "Consolas"})
        sheet.merge_range("A1:F1", "卷 内 目 录", title)
        sheet.write("A2", "案卷号")
        sheet.write("B2", number)
        sheet.write("D2", "抽查任务")
        sheet.write("E2", task)
        for column, text in enumerate(("序号", "题名", "页数", "文件", "SHA-256", "备注")):
            sheet.write(3, column, text, head)
        for row, paper in enumerate(papers, 4):
            cells = (paper.no, paper.title, "", paper.name, paper.file.hex(), "")
            for column, value in enumerate(cells):
                sheet.write(row, column, value, small if column == 4 else cell)
        for row, text in enumerate(missing, 4 + len(papers)):
            for column, value in enumerate(("", text, "", "", "", "未找到文件")):
                sheet.write(row, column, value, cell)
        for column, width in enumerate((6, 36, 6, 36, 36, 12)):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(3)
        sheet.set_footer("&C第 &P 页 共 &N 页")
    return target.getvalue()


def _by_hash(folders: Sequence[Path], further: Sequence[Path]) -> dict[bytes, Path]:
    """Every readable file in the folders and below, by its hash; of two alike the first by path."""
    found: dict[bytes, Path] = {}
    paths = [path for folder in folders for path in sorted(folder.rglob("*"))]
    for path in [*further, *paths]:
        with contextlib.suppress(OSError):
            if path.is_file() and path.stat().st_size <= _LARGEST:
                found.setdefault(_hash(path), path)
    return found


def _hash(path: Path) -> bytes:
    with open_plain(path) as file:
        return file_digest(file, "sha256").digest()


def _changed(path: Path) -> LiuhenError:
    return LiuhenError(
        "E-CASE-CHANGED",
        N_("This file changed while it was copied."),
        where=str(path),
        remedy=N_("Close it in other programs and run the command again."),
    )
