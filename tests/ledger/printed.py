"""Reading printed forms back: tables of .docx and .xlsx as grids, what stands on every page, QR codes."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from html import unescape
from itertools import groupby
from pathlib import Path

import openpyxl
import pytest
import zxingcpp
from docx import Document
from docx.document import Document as DocumentObject
from docx.table import Table
from PIL import Image

QR = zxingcpp.BarcodeFormat.QRCode

Grid = list[list[list[object] | None]]
"""Rows of [text, columns, rows], None where a merged cell goes on."""


def words(text: str) -> str:
    return " ".join(text.split())


def document(content: bytes) -> DocumentObject:
    return Document(io.BytesIO(content))


def lines(content: bytes) -> list[str]:
    """The paragraphs of a .docx that say something."""
    return [words(p.text) for p in document(content).paragraphs if p.text.strip()]


def tables_grid(tables: list[Table]) -> Grid:
    found: Grid = []
    for table in tables:
        places = [[cell._tc for cell in row.cells] for row in table.rows]
        seen = set()
        for line in places:
            out: list[list[object] | None] = []
            for cell in line:
                if cell in seen:
                    out.append(None)
                    continue
                seen.add(cell)
                text = words(" ".join(_text(p) for p in cell.p_lst))
                columns = sum(1 for _ in next(g for c, g in groupby(line) if c is cell))
                out.append([text, columns, sum(cell in other for other in places)])
            found.append(out)
    return found


def _text(paragraph: object) -> str:
    """The text of a paragraph, a line break as a space."""
    parts = paragraph.xpath(".//w:t | .//w:br")  # type: ignore[attr-defined]
    return "".join(" " if part.tag.endswith("}br") else part.text or "" for part in parts)


@dataclass(frozen=True)
class Printed:
    """A printed table: its rows from the title down, and what Excel repeats."""

    rows: Grid
    footer: str
    header: str
    repeated: str
    landscape: bool

    def texts(self) -> list[str]:
        """Each row as one text."""
        return [words(" ".join(str(c[0]) for c in row if c)) for row in self.rows]


def sheet(content: bytes) -> Printed:
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert page is not None
    merged = {area.coord.split(":")[0]: area for area in page.merged_cells.ranges}
    rows: Grid = []
    for line in page.iter_rows():
        out: list[list[object] | None] = []
        for cell in line:
            area = merged.get(cell.coordinate)
            if isinstance(cell, openpyxl.cell.cell.MergedCell):
                out.append(None)
            else:
                size = (area.size["columns"], area.size["rows"]) if area else (1, 1)
                out.append([words(str(cell.value or "")), *size])
        rows.append(out)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
    footer = re.search(r"<oddFooter>(.*?)</oddFooter>", xml, re.S)
    header = re.search(r"<oddHeader>(.*?)</oddHeader>", xml, re.S)
    return Printed(
        rows,
        unescape(footer[1]) if footer else "",
        unescape(header[1]) if header else "",
        str(page.print_title_rows),
        'orientation="landscape"' in xml,
    )


def qr_of(content: bytes) -> str:
    """The text of the only picture in a package, a QR code."""
    (code,) = qr_codes(content)
    return code


def qr_codes(content: bytes) -> list[str]:
    """The texts of all pictures in a package, QR codes."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = [name for name in package.namelist() if "/media/" in name]
        images = [Image.open(io.BytesIO(package.read(name))) for name in names]
    return [str(code.text) for image in images for code in zxingcpp.read_barcodes(image.convert("L"), QR)]


def pages(content: bytes, suffix: str, folder: Path) -> list[str]:
    """The pages of a form as LibreOffice lays them out, or a skip that says what is missing."""
    pdf = laid_out(content, suffix, folder, "pdftotext")
    out = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True)
    return out.stdout.decode().rstrip("\f").split("\f")


def scanned(content: bytes, suffix: str, folder: Path, dpi: int = 200) -> list[list[str]]:
    """The texts of the QR codes on each page as it is printed and scanned."""
    pdf = laid_out(content, suffix, folder, "pdftoppm")
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-png", pdf, folder / "page"], check=True)
    pictures = [Image.open(path) for path in sorted(folder.glob("page-*.png"))]
    return [[str(code.text) for code in zxingcpp.read_barcodes(picture, QR)] for picture in pictures]


def laid_out(content: bytes, suffix: str, folder: Path, *tools: str) -> Path:
    """The PDF that LibreOffice makes of a form, or a skip that says what is missing."""
    missing = [name for name in ("soffice", *tools) if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)} to lay out pages")
    source = folder / f"form{suffix}"
    source.write_bytes(content)
    profile = f"-env:UserInstallation={folder.joinpath('profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source)]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    return source.with_suffix(".pdf")
