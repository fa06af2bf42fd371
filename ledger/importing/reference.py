"""Documents made from the fault catalogue: `python -m ledger.importing.reference ROOT` writes them.

`specs/import-faults.md` for people, `cli/locale/zh_CN/importing.po` for gettext; a test compares both.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from ledger.importing.faults import HEADERS, Kind

MARKDOWN = Path("specs/import-faults.md")
CATALOGUE = Path("cli/locale/zh_CN/importing.po")


def markdown() -> str:
    """The catalogue as a table, one row a code."""
    lines = [
        "# Faults of an import",
        "",
        "Made from `ledger/importing/faults.py` and `visit_faults.py` by",
        "`python -m ledger.importing.reference .`; edit there.",
        "",
        "Codes are stable. E-IMP-001 to 014 concern the file, up to 063 a cell; E-IMP-070 to 079 and 099",
        "are warnings, which do not stop an import; from 080 on they concern the sheet of results",
        "(检查结果录入表). While a fault is left nothing of the file is recorded. `{…}` is filled in; what",
        "may be an ID number is masked.",
        "",
        "| code | what | remedy | 中文 | 处理办法 |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {k.code} | {k.en} | {k.remedy_en} | {k.zh} | {k.remedy_zh} |" for k in Kind]
    return "\n".join(lines) + "\n"


def po() -> str:
    """The Chinese of every message of imports as a gettext catalogue."""
    lines = [
        'msgid ""',
        'msgstr ""',
        '"Language: zh_CN\\n"',
        '"Content-Type: text/plain; charset=UTF-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        "",
    ]
    for english, chinese in dict(_messages()).items():
        lines += [f"msgid {_quoted(english)}", f"msgstr {_quoted(chinese)}", ""]
    return "\n".join(lines)


def _messages() -> Iterator[tuple[str, str]]:
    yield from HEADERS
    for kind in Kind:
        yield kind.en, kind.zh
        yield kind.remedy_en, kind.remedy_zh


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def main(root: Path) -> None:
    """Write both files under the root of the repository."""
    for path, text in ((MARKDOWN, markdown()), (CATALOGUE, po())):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
