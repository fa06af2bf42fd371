"""All cases, as files and as a manifest (specs/conformance.md §1)."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.conformance import bent, forged, honest, log, notes, sums, wire, zips
from tests.conformance.case import Case, Made, Workshop
from tests.conformance.threats import NOT_PLAYED, PLAYED

MANIFEST = Path(__file__).with_name("manifest.json")
FORMAT = "liuhen-conformance-set/1"
SECONDS, MEMORY_MIB = 60, 1024
"""Limits of specs/bundle.md §7 for cases made to exhaust a reader."""


@cache
def cases() -> tuple[Case, ...]:
    """Every case in the order of the manifest; names are unique."""
    found = [*honest.CASES, *forged.cases()]
    for module in (bent, zips, sums, notes, wire, log):
        found += module.CASES
    names = [case.name for case in found]
    if len(set(names)) != len(names):
        raise ValueError(f"twice: {sorted({name for name in names if names.count(name) > 1})}")
    return tuple(found)


def file_of(name: str) -> str:
    """The file of a case, flat, so that any system can hold it."""
    return f"{name.replace('/', '--')}.zip"


def row(case: Case, made: Made) -> dict[str, Any]:
    """What the manifest says of a case."""
    told: dict[str, Any] = {
        "name": case.name,
        "file": file_of(case.name),
        "sha256": sha256(made.data).hexdigest(),
        "bytes": len(made.data),
        "who": case.who,
        "deed": case.deed,
        "options": list(made.options),
        "verdict": case.verdict,
        "must": dict(case.must),
        "may": None if case.may is None else sorted(case.may),
    }
    if case.hungry:
        told["limits"] = {"seconds": SECONDS, "memory_mib": MEMORY_MIB}
    if case.large:
        told["large"] = True
    return told


def build(out: Path, *, large: bool = False) -> dict[str, Any]:
    """Write every case into `out` (the large ones only on request); the manifest of what was written."""
    out.mkdir(parents=True, exist_ok=True)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop(Path(folder))
        for case in cases():
            if case.large and not large:
                continue
            made = case.made(shop)
            (out / file_of(case.name)).write_bytes(made.data)
            rows.append(row(case, made))
    return {
        "format": FORMAT,
        "threats": {**{attack: [*played] for attack, played in PLAYED.items()}, **NOT_PLAYED},
        "cases": rows,
    }


def dump(manifest: dict[str, Any]) -> str:
    """JSON with one case a line, so that changes read well."""
    threats = json.dumps(manifest["threats"], ensure_ascii=False, indent=1)
    rows = ",\n".join(json.dumps(one, ensure_ascii=False) for one in manifest["cases"])
    return f'{{"format": "{manifest["format"]}",\n"threats": {threats},\n"cases": [\n{rows}\n]}}\n'


def committed() -> dict[str, Any]:
    """The manifest as it stands here."""
    told: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return told
