"""`python -m cli.catalogue`: compile the Chinese messages and say what is missing (needs Babel).

Every `.po` beside each other in `locale/zh_CN/` makes one domain, `liuhen`, except `click.po`, which is
click's own domain `messages`. The compiled files are committed, so running Liuhen needs no Babel.
`--check` writes nothing. Exit code 1 when something is missing or wrong.
"""

from __future__ import annotations

import io
import string
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from cli.i18n import CHINESE, CLICK_DOMAIN, DOMAIN, LOCALE
from ledger.audit import rulebook

ROOT = Path(__file__).parent.parent
PACKAGES = ("verifier", "ledger", "cli")
FOLDER = LOCALE / CHINESE
_KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
_METHODS = [("**.py", "python"), ("site/templates/**.html", "jinja2")]
_FIXED = datetime(2026, 1, 1, tzinfo=UTC)

Id = str | tuple[str, ...]
Messages = dict[Id, Id]


@dataclass(frozen=True)
class Fault:
    """One thing to mend: `kind` is missing, clash, fields, stale or unused; `place` a file."""

    kind: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.kind:8} {self.place}: {self.message}"


def marked(root: Path = ROOT) -> dict[Id, str]:
    """Every message marked in the code, with the file where it stands first."""
    found: dict[Id, str] = {}
    for package in PACKAGES:
        for name, _line, message, _comments, _context in extract_from_dir(
            root / package, method_map=_METHODS, keywords=_KEYWORDS
        ):
            if message:
                found.setdefault(message, f"{package}/{name}")
    return found


def translated(paths: Iterable[Path]) -> tuple[Messages, list[Fault]]:
    """The messages of several .po files as one, with clashes and fields that differ."""
    messages: Messages = {}
    faults: list[Fault] = []
    for path in paths:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=CHINESE, abort_invalid=True)
        for key, text in _filled(catalogue):
            earlier = messages.setdefault(key, text)
            if earlier != text:
                faults.append(Fault("clash", path.name, f"{_first(key)!r} is {_first(earlier)!r} elsewhere"))
            if not _same_fields(key, text):
                faults.append(Fault("fields", path.name, repr(_first(text))))
    return messages, faults


def compiled(messages: Messages) -> bytes:
    """A .mo that depends on the messages alone."""
    catalogue = Catalog(locale=CHINESE, creation_date=_FIXED, revision_date=_FIXED)
    for key, text in messages.items():
        catalogue.add(key, text)
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def mo_path(domain: str) -> Path:
    """Where gettext looks for a domain."""
    return FOLDER / "LC_MESSAGES" / f"{domain}.mo"


def po_paths(domain: str) -> list[Path]:
    """The sources of a domain, sorted by name."""
    of_click = domain == CLICK_DOMAIN
    return [path for path in sorted(FOLDER.glob("*.po")) if (path.stem == "click") == of_click]


def check() -> list[Fault]:
    """Everything that is missing, differs, is stale or unused."""
    code = marked() | dict.fromkeys(rulebook.messages(), "specs/forgeries.md")
    ours, faults = translated(po_paths(DOMAIN))
    theirs, more = translated(po_paths(CLICK_DOMAIN))
    faults += more
    faults += [Fault("missing", place, _first(key)) for key, place in code.items() if key not in ours]
    faults += [
        Fault("stale", mo_path(d).name, "run python -m cli.catalogue")
        for d, messages in ((DOMAIN, ours), (CLICK_DOMAIN, theirs))
        if _read(mo_path(d)) != messages
    ]
    faults += [Fault("unused", "*.po", _first(key)) for key in ours if key not in code]
    return faults


def write() -> None:
    """Compile both domains."""
    for domain in (DOMAIN, CLICK_DOMAIN):
        path = mo_path(domain)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(compiled(translated(po_paths(domain))[0]))


def _read(path: Path) -> Messages:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return dict(_filled(read_mo(file)))


def _filled(catalogue: Catalog) -> Iterator[tuple[Id, Id]]:
    for message in catalogue:
        if message.id and message.string and not message.fuzzy:
            yield _as_id(message.id), _as_id(message.string)


def _as_id(text: str | Sequence[str]) -> Id:
    return text if isinstance(text, str) else tuple(text)


def _first(text: Id) -> str:
    return text if isinstance(text, str) else text[0]


def _same_fields(key: Id, text: Id) -> bool:
    """Whether the translation uses the template's fields; a plural may use those of either form."""
    forms = [_fields(form) for form in ((key,) if isinstance(key, str) else key)]
    needed, allowed = set.intersection(*forms), set.union(*forms)
    return all(needed <= _fields(each) <= allowed for each in ((text,) if isinstance(text, str) else text))


def _fields(template: str) -> set[str]:
    """The fields of a template; {zh} and {en}, and a field with `_zh` and without, count as one."""
    try:
        names = {name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name}
    except ValueError:
        return {template}
    return {"en" if name == "zh" else name.removesuffix("_zh") for name in names}


def main(arguments: list[str]) -> int:
    """Compile unless told only to check; print the faults; unused messages alone are no failure."""
    if "--check" not in arguments:
        write()
    faults = check()
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    return int(any(fault.kind != "unused" for fault in faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
