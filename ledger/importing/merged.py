"""The merged ranges of a sheet, read as a stream: openpyxl would build every cell of the book for them."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

_SHEETS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def areas(path: Path, sheet: str) -> Iterator[tuple[str, int, int]]:
    """(cells, first row, last row) of every merged range, as the workbook lists them. The workbook is one
    that `limits.check_parts` let pass. Raises what broken zips and XML raise."""
    with zipfile.ZipFile(path) as archive:
        part = _part(archive, sheet)
        if not part:
            return
        with archive.open(part) as stream:
            for _, node in ElementTree.iterparse(stream):  # noqa: S314 - refused with a DOCTYPE
                if node.tag == f"{_SHEETS}mergeCell":
                    area = node.get("ref", "")
                    first, _colon, last = area.partition(":")
                    yield area, _row(first), _row(last or first)
                elif node.tag == f"{_SHEETS}row":
                    node.clear()


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part that holds a sheet; "" when no workbook names it."""
    book = next(name for name in archive.namelist() if name.rpartition("/")[2] == "workbook.xml")
    folder, _, name = book.rpartition("/")
    known = ElementTree.fromstring(archive.read(book))  # noqa: S314 - refused with a DOCTYPE
    links = ElementTree.fromstring(archive.read(posixpath.join(folder, "_rels", f"{name}.rels")))  # noqa: S314
    target = {link.get("Id"): link.get("Target", "") for link in links}
    sheets = (one for one in known.iter(f"{_SHEETS}sheet") if one.get("name") == sheet)
    part = next((target.get(one.get(_RELATION)) for one in sheets), None)
    return posixpath.normpath(posixpath.join("/", folder, part))[1:] if part else ""


def _row(cell: str) -> int:
    return int(re.sub("[^0-9]", "", cell)[:9] or 0)
