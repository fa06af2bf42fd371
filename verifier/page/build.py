"""Builds the page: one self-contained HTML file out of the sources beside this module.

The forms of events and records come from specs/event-types.md §10-§13, the rules from specs/rules.toml: the
page carries the specification's own tables, so that a new type of event needs no second table. Deterministic.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from verifier import __version__
from verifier.rules import rules

HERE = Path(__file__).parent

WORKER = ("ask", "worker")
PAGE = ("words", "dom", "results", "subject", "receipt", "reseed", "files", "main")

Field = tuple[str, str, bool]  # name, form in words, may be left out


def specification(name: str) -> str:
    """The text of a file of specs/, from the checkout or from the installed package."""
    for place in (HERE.parents[1] / "specs" / name, HERE.parent / name):
        if place.is_file():
            return place.read_text(encoding="utf-8")
    raise FileNotFoundError(name)


def _fields(text: str) -> list[Field]:
    rows = re.findall(r"^\| `([^`]+)`( \(may be left out\))? \| (.+) \|$", text, re.MULTILINE)
    return [(name, form.replace("&lt;", "<"), bool(optional)) for name, optional, form in rows]


def _ticked(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def _event(text: str) -> dict[str, object]:
    told = dict(re.findall(r"^- ([a-z ]+?)(?:, owner `[^`]+`)?: (.*)$", text, re.MULTILINE))
    first, *rest = re.split(r"^In a draw that is not sealed.*$", text, flags=re.MULTILINE)
    owner = re.search(r"^- private, owner `([^`]+)`", text, re.MULTILINE)
    return {
        "zh": text.split("\n", 1)[0].split("` ", 1)[1],
        "by": "any" if "role" in told["by"] else told["by"].split(", "),
        "confirm": told.get("confirmed by", ""),
        "correct": _ticked(told.get("correctable", "")),
        "private": {"owner": owner[1], "fields": _ticked(told["private"])} if owner else None,
        "keys": _fields(first),
        "opened": _fields(rest[0]) if rest else None,
    }


def tables() -> dict[str, object]:
    """What event-types.md §10-§13 say, with forms in the words that stand there."""
    _, events, records, policy, codes = re.split(
        r"^## 1[0-3]\. .*$", specification("event-types.md"), flags=re.MULTILINE
    )
    names = {}
    for part in re.split(r"^### ", records, flags=re.MULTILINE)[1:]:
        for name in ", ".join(_ticked(part.split("\n", 1)[0])).split(", "):
            names[re.sub(r"<\w+>", "<>", name)] = _fields(part)
    return {
        "events": {
            _ticked(part)[0]: _event(part) for part in re.split(r"^### ", events, flags=re.MULTILINE)[1:]
        },
        "records": names,
        "policy": _fields(policy),
        "codes": {
            name: dict(re.findall(r"`([^`]+)` ([^,`]+)", words))
            for name, words in re.findall(r"^- ([\w-]+): (.*)$", codes, re.MULTILINE)
        },
        "rules": {
            name: {"category": rule.category, "required": rule.required, "zh": rule.zh, "en": rule.en}
            for name, rule in rules().items()
        },
        "version": __version__,
        "unproven": json.loads((HERE / "core" / "unproven.json").read_text(encoding="utf-8")),
    }


def _sources(folder: str, names: tuple[str, ...]) -> str:
    texts = [(HERE / folder / f"{name}.js").read_text(encoding="utf-8") for name in names]
    return "\n".join(text.replace("'use strict';\n", "") for text in texts)


def _order() -> tuple[str, ...]:
    return tuple((HERE / "core" / "order.txt").read_text(encoding="utf-8").split())


def core() -> str:
    """The verifier as one script without any user interface."""
    spec = json.dumps(tables(), ensure_ascii=False, separators=(",", ":"))
    return f"'use strict';\nconst SPEC = {spec};\n{_sources('core', _order())}"


@cache
def html() -> bytes:
    """verify.html."""
    page = (HERE / "ui" / "page.html").read_text(encoding="utf-8")
    parts = {
        "STYLE": (HERE / "ui" / "style.css").read_text(encoding="utf-8"),
        "CORE": f"{core()}\n{_sources('ui', WORKER)}",
        "PAGE": f"'use strict';\n{_sources('ui', PAGE)}",
    }
    for name, text in parts.items():
        if "</script" in text or "<!--" in text:
            raise ValueError(f"{name} would end its element")
        page = page.replace(f"%{name}%", text, 1)
    return page.encode()
