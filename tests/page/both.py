"""The page's core under node beside the Python verifier: one question to both, and their answers compared."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.forgery import Forged
from tests.page.behind import BEHIND
from verifier.bundle import open_bundle
from verifier.page.build import core
from verifier.replay import verify_bundle, verify_entries
from verifier.report import Anchors, Report

NODE = shutil.which("node")
Answer = dict[str, Any]
Statuses = dict[str, set[tuple[str, int | None, str | None]]]


def ask_page(folder: Path, jobs: Iterable[dict[str, Any]]) -> list[Answer]:
    """What the page's core says of each job, in order: a report, {"refused": code} or {"crash": text}."""
    assert NODE is not None
    script = folder / "core.js"
    script.write_text(core(), encoding="utf-8")
    told = "".join(json.dumps(job) + "\n" for job in jobs)
    run = [NODE, str(Path(__file__).with_name("run.js")), str(script)]
    done = subprocess.run(run, input=told, capture_output=True, text=True, check=True, timeout=600)
    return [json.loads(line) for line in done.stdout.splitlines()]


def job_of(forged: Forged, **more: Any) -> dict[str, Any]:
    """The question to the page for a forged ledger or bundle."""
    job: dict[str, Any] = {"bundle": str(forged.bundle)} if forged.bundle else {}
    if forged.bundle is None:
        job["entries"] = [raw.hex() for raw in forged.raw]
    if forged.as_of:
        job["asOf"] = forged.as_of
    return {**job, **more}


def ask_python(forged: Forged) -> Report:
    """The same question to the Python verifier."""
    if forged.bundle is None:
        return verify_entries(forged.raw, "entries", as_of=forged.as_of)
    bundle = open_bundle(forged.bundle)
    try:
        return verify_bundle(bundle, Anchors(), as_of=forged.as_of, workers=1)
    finally:
        bundle.close()


def statuses(checks: Iterable[dict[str, Any]]) -> Statuses:
    """rule → (status, entry, file) of each of its checks."""
    found: Statuses = defaultdict(set)
    for check in checks:
        place = check["location"]
        found[check["rule"]].add((check["status"], place["entry"], place["file"]))
    return found


def of_report(report: Report) -> Statuses:
    """The same of a report in Python."""
    found: Statuses = defaultdict(set)
    for check in report.checks:
        found[check.rule].add((check.status.value, check.location.entry, check.location.file))
    return found


def differences(answer: Answer, report: Report) -> dict[str, Any]:
    """Where page and Python do not say the same; empty where they agree or the page is known to be behind."""
    if "checks" not in answer:
        return {"answer": answer}
    unknown = {c["found"] for c in answer["checks"] if c["rule"] == "entry.known" and c["found"] in BEHIND}
    if unknown:
        return {}
    page, python = statuses(answer["checks"]), of_report(report)
    found: dict[str, Any] = {
        rule: (sorted(page[rule] - python[rule], key=str), sorted(python[rule] - page[rule], key=str))
        for rule in python
        if page[rule] != python[rule] and rule not in BEHIND
    }
    order = list(dict.fromkeys(c["rule"] for c in answer["checks"]))
    if order != list(dict.fromkeys(c.rule for c in report.checks)):
        found["order"] = order
    if answer["verdict"] != report.verdict.value:
        found["verdict"] = (answer["verdict"], report.verdict.value)
    if answer["tail"] != report.tail:
        found["tail"] = (answer["tail"], report.tail)
    return found
