"""Filling a Word template: values are text, never markup, and the same values give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.forms.digits import grouped
from ledger.forms.files import template_fault
from ledger.forms.form import Code, Letter, Stamp
from ledger.forms.package import repack
from ledger.forms.qr import qr_png

if TYPE_CHECKING:
    from docxtpl import DocxTemplate


def render(template: bytes, letter: Letter, stamp: Stamp, where: Path | None = None) -> bytes:
    """A .docx. `where` is the file of the template when it is the office's own. Raises E-FORM-TEMPLATE."""
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    try:
        document = DocxTemplate(io.BytesIO(template))
        origin = {
            "form": stamp.form,
            "of": stamp.of,
            "ledger_id": grouped(stamp.ledger_id),
            "head": stamp.head,
            "practice": letter.practice if stamp.practice else "",
            "qr": Code(stamp.qr_text(letter.code), 2.8),
        }
        document.render(_drawn({**letter.values, **origin}, document), SandboxedEnvironment(autoescape=True))
        out = io.BytesIO()
        document.save(out)
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile, TemplateError) as error:
        raise template_fault(str(error), str(where or stamp.form)) from error
    return repack(out.getvalue())


def _drawn(value: object, document: DocxTemplate) -> Any:
    """A value with its codes as pictures of this document."""
    from docx.shared import Cm
    from docxtpl import InlineImage

    if isinstance(value, Code):
        return InlineImage(document, io.BytesIO(qr_png(value.text)), width=Cm(value.width))
    if isinstance(value, Mapping):
        return {name: _drawn(part, document) for name, part in value.items()}
    if isinstance(value, list):
        return [_drawn(part, document) for part in value]
    return value
