"""The parts of the specification that are made from the code: `python -m tests.docs` writes them anew.

`specs/event-types.md` holds tables after a mark, `specs/rules.md` is made whole. Where a rule is asked is
found by reading the law's own source: which functions the check and the effect of a type reach, and which
rules those name.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import verifier.law.judge  # noqa: F401 - registers every act
from ledger.audit.detectors.doubt import WEIGHTS, detectors
from verifier import schema, vocabulary
from verifier.law.case import ACTS
from verifier.report import Category
from verifier.rules import rules
from verifier.schemas import draws, kinds, plans, platforms
from verifier.schemas.lists import BODIES, CERTIFICATES, EXPERT_KINDS, HISTORY_BY, LISTS
from verifier.schemas.policy import POLICY_VALUES
from verifier.shape import Check, Shape, form, said
from verifier.wording import CATEGORY

ROOT = Path(__file__).parents[1]
EVENT_TYPES = ROOT / "specs/event-types.md"
RULES = ROOT / "specs/rules.md"
DETECTORS = ROOT / "specs/detectors.md"
BEGIN = "<!-- from here to the end: made by python -m tests.docs -->\n"

STREAMS = {
    "ledger.created": "ledger",
    "clock.corrected": "ledger",
    "key.enrolled": "keys",
    "key.revoked": "keys",
    "log.key_changed": "keys",
    "cosigner.named": "keys",
    "confirmed": "confirmations",
    "head.cosigned": "heads",
    "head.stamped": "heads",
    "private.erased": "private",
    "policy.adopted": "policy",
    "calendar.adopted": "calendar",
    "import.chunk": "import/<import>",
    "import.closed": "import/<import>",
    "plan.submitted": "plan/<plan>",
    "plan.approved": "plan/<plan>",
    "plan.rejected": "plan/<plan>",
    "plan.published": "plan/<plan>",
    "plan.filed": "plan/<plan>",
    "plan.amended": "plan/<plan>",
    "task.created": "task/<task>",
    "task.excluded": "task/<task>",
    "tags.adopted": "tags",
    "list.published": "list/<register>",
    "list.reconciled": "list/<register>",
    "platform.receipt": "platform",
    "platform.compared": "platform",
    "subject.linked": "subjects",
    "conflict.declared": "conflicts",
    "conflict.withdrawn": "conflicts",
    "officer.absent": "officers",
    "visit.recorded": "visit/<visit>",
    "visit.signed": "visit/<visit>",
    "check.unplanned": "check/<check>",
    "notice.sent": "draw/<draw>",
    "visit.extended": "draw/<draw>",
    "visit.result": "visit/<visit>",
    "result.reviewed": "visit/<visit>",
    "form.published": "form/<form>",
    "result.published": "visit/<visit>",
    "followup.recorded": "visit/<visit>",
    "followup.closed": "visit/<visit>",
    "bulletin.issued": "draw/<draw>",
    "task.reported": "draw/<draw>",
    "activity.recorded": "activities",
    "report.issued": "report/<report>",
    "case.archived": "task/<task>",
    "year.closed": "years",
    "duty.handed": "duties",
    "corrected": "that of the entry corrected",
    "voided": "that of the entry voided",
    "attached": "attachments",
}
"""Streams that our writer uses, where a rule does not ask one; those of a draw are `draw/<draw>`."""

CONFIRMERS = {
    "alone": "",
    "on_paper": "when on paper: another holder: admin, approver, supervisor, observer",
    "_enrolment_confirmers": "another holder: admin, approver, supervisor, observer, when a role is "
    "admin, approver, supervisor or observer and the ledger is past its founding",
    "_revocation_confirmers": "another holder: admin, approver, supervisor, observer, when the key is "
    "another's and has role admin, approver, supervisor or observer",
    "_receiver": "the successor, in any role",
    "_abort_confirmers": "another holder; together an approver and a party",
}
"""Who confirms, for the functions that decide it from the act; a new one is described here."""

REGISTERS: dict[str, Shape] = {
    **LISTS,
    "superior": plans.SUPERIOR,
    "plan.<plan>, amend.<plan>": plans.PLAN_ROW,
    "received.<draw>": draws.RECEIVED,
    "platform.<draw>": platforms.PLATFORM_ROW,
    "assigned.<task>": platforms.ASSIGNED,
}

LEGEND = (
    "A key is required unless it may be left out; no other key stands in a map. *id*: event-log.md §2.",
    "*text of a–b characters*: a string of so many code points. *n bytes*: bin. *digits*: a string.",
    "*date*, *time*: event-log.md §2. *month*: `YYYY-MM`. *list*: {`n`: integer 0–2^53−1, `root`: 32",
    "bytes}, the root of no rows where n is 0. *private field*: event-log.md §9. *statement*: {`by`: 32",
    "bytes, `sig`: 64 bytes, `text`: bin, not empty}. *paper*: {`names`: array of 1–50 texts of 1–100",
    "characters, `scan`: 32 bytes}. *filter*: map of at most 10:",
    form(kinds.seat_filter).partition(": ")[2] + ".",
)

CODES: dict[str, dict[str, str]] = {
    "roles": {role.value: zh for role, zh in vocabulary.ROLE_ZH.items()},
    "exclusions": vocabulary.EXCLUSION_REASONS,
    "links": vocabulary.LINK_KINDS,
    "certificates": CERTIFICATES,
    "history": HISTORY_BY,
    "bodies": BODIES,
    "experts": EXPERT_KINDS,
    "absences": vocabulary.ABSENCE_REASONS,
    "replacements": vocabulary.REPLACEMENT_REASONS,
    "capacities": vocabulary.CAPACITIES,
    "aborts": vocabulary.ABORT_CAUSES,
    "exemptions": vocabulary.EXEMPTIONS,
    "evidence": vocabulary.EVIDENCE_KINDS,
    "methods": vocabulary.METHODS,
    "channels": vocabulary.CHANNELS,
    "results": vocabulary.RESULT_CODES,
    "follow-ups": vocabulary.FOLLOWUP_KINDS,
    "activities": vocabulary.ACTIVITY_KINDS,
    "reports": vocabulary.REPORT_FORMS,
}

FILTER = form(kinds.seat_filter)
said(kinds.list_hash, "list")
said(kinds.statement, "statement")
said(kinds.paper, "paper")
said(POLICY_VALUES, "policy values (§12)")


def event_types() -> str:
    """The tables of event-types.md."""
    lines = [BEGIN, "## 10. Every type", "", *LEGEND, ""]
    for kind, event in schema.EVENTS.items():
        lines += [f"### `{kind}` {event.zh}", "", *_standing(kind, event), "", *_fields(event.shape)]
        if kind == "draw.executed":
            lines += ["In a draw that is not sealed, and what `outcome` opens to, less `draw` and `m`:", ""]
            lines += _fields(draws.EXECUTED_OPEN)
    lines += ["## 11. Records of the registers", ""]
    for register, shape in REGISTERS.items():
        lines += [f"### `{register}`", "", *_fields(shape)]
    lines += ["## 12. Policy values", "", *_fields(POLICY_VALUES), "## 13. Codes", ""]
    for name, codes in CODES.items():
        lines += [f"- {name}: " + ", ".join(f"`{code}` {zh}" for code, zh in codes.items())]
    return "\n".join(lines) + "\n"


def _standing(kind: str, event: kinds.EventType) -> Iterator[str]:
    """Who may act and confirm, and what stands behind an entry of a type."""
    if kind == "confirmed":
        yield "- by: a role that the confirmed act asks for"
    else:
        yield "- by: " + roles(ACTS[kind].actors)
        if words := confirmers(ACTS[kind].confirmers):
            yield "- confirmed by: " + words
    draw = kind.startswith("draw.")
    yield f"- stream: {'`draw/<draw>`' if draw else _stream(STREAMS[kind])}"
    how = [
        w
        for w, holds in (("statement", event.by_statement), ("paper", "paper" in event.shape.checks))
        if holds
    ]
    if how:
        yield "- also by: " + ", ".join(how)
    if event.private:
        yield f"- private, owner `{event.owner.replace('{', '<').replace('}', '>')}`: {_words(event.private)}"
    if event.correctable:
        yield "- correctable: " + _words(event.correctable)
    yield "- rules: " + ", ".join(f"`{rule}`" for rule in rules() if kind in asked().get(rule, ()))


def _stream(name: str) -> str:
    return name if name.startswith("that of") else f"`{name}`"


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def roles(allowed: frozenset[str]) -> str:
    """Roles in the order of the vocabulary."""
    if len(allowed) == len(vocabulary.Role):
        return "any role"
    return ", ".join(role.value for role in vocabulary.Role if role.value in allowed)


def confirmers(function: Callable[..., object]) -> str:
    """Which roles may confirm, "" when an act takes effect alone."""
    held = inspect.getclosurevars(function).nonlocals
    if "allowed" in held:
        return "another holder: " + roles(held["allowed"])
    if "what" in held:
        return (
            f"another holder of the role `approvals.{held['what']}` of the policy in force (none: approver)"
        )
    return CONFIRMERS[function.__name__]


def _fields(shape: Shape) -> Iterator[str]:
    yield "| key | form |"
    yield "| --- | --- |"
    for key, mark, check in shape.fields():
        yield f"| `{key}`{' (may be left out)' if mark else ''} | {_form(key, check)} |"
    yield ""


def _form(key: str, check: Check) -> str:
    if key == "rows" and check(None) == "array":
        return "array of [id, record], the record as the register asks (§11)"
    words = (
        form(check)
        .replace(FILTER, "filter (§4)")
        .replace("id (design §5)", "id")
        .replace(f"–{2**53 - 1}", "–2^53−1")
    )
    return words.replace("<", "&lt;").replace("|", "\\|")


@dataclass
class Function:
    """What a function of the law mentions: rules, and functions by name."""

    rules: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    acts: set[str] = field(default_factory=set)


ELSEWHERE = {
    "verifier/law/judge.py": "every entry",
    "verifier/law/dues.py": "the head",
    "verifier/replay.py": "the bundle",
    "verifier/bundle.py": "the bundle",
    "verifier/openings.py": "the bundle",
}
IN_JUDGE = {"_confirm": "confirmed", "_statement": "statements"}
ASKING = ("require", "demand", "warn", "must", "find", "Finding", "_find", "_ask", "_drawn", "_step")
"""Calls in which the name of a rule that is also a type of event stands for the rule."""
AT_ENTRY = {"entry.canonical": "every entry", "entry.signature": "every entry", "entry.known": "every entry"}
"""Rules that the replay asks of entries, not of the bundle's files."""


@cache
def asked() -> dict[str, frozenset[str]]:
    """Rule → event types and other places at which it is asked."""
    found: dict[str, set[str]] = {rule: set() for rule in rules()}
    law = {
        path.stem: _functions(path)
        for path in sorted((ROOT / "verifier/law").glob("*.py"))
        if str(path.relative_to(ROOT).as_posix()) not in ELSEWHERE
    }
    for module, functions in law.items():
        for function in functions.values():
            for rule in _reached(function, module, law) if function.acts else ():
                found[rule] |= function.acts
    for name, place in ELSEWHERE.items():
        for title, function in _functions(ROOT / name).items():
            where = IN_JUDGE.get(title, place) if name.endswith("judge.py") else place
            for rule in function.rules:
                found[rule].add(AT_ENTRY.get(rule, where))
    return {rule: frozenset(places) for rule, places in found.items()}


def _reached(start: Function, home: str, law: dict[str, dict[str, Function]]) -> set[str]:
    """The rules of a function and of all that it calls: in its own module, else in any."""
    seen: set[tuple[str, str]] = set()
    waiting, reached = [(home, start)], set(start.rules)
    while waiting:
        module, function = waiting.pop()
        reached |= function.rules
        for name in function.names:
            where = [module] if name in law[module] else [other for other in law if name in law[other]]
            for place in where:
                if (place, name) not in seen:
                    seen.add((place, name))
                    waiting.append((place, law[place][name]))
    return reached


def _functions(path: Path) -> dict[str, Function]:
    """The functions of a module; module-level values count as functions that mention their rules."""
    found: dict[str, Function] = {}
    tree = ast.parse(path.read_text("utf-8"))
    case = path.name == "case.py"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = _function(node)
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    found[f".{inner.name}" if case else inner.name] = _function(inner)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = _function(node)
    return found


def _function(node: ast.AST) -> Function:
    function = Function()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            if inner.value in rules() and inner.value not in schema.EVENTS:
                function.rules.add(inner.value)
        elif isinstance(inner, ast.Name):
            function.names.add(inner.id)
        elif isinstance(inner, ast.Call):
            _called(inner, function)
    for decorator in getattr(node, "decorator_list", ()):
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name):
            kind = decorator.args[0]
            if decorator.func.id in ("act", "effect") and isinstance(kind, ast.Constant):
                function.acts.add(str(kind.value))
    return function


def _called(call: ast.Call, function: Function) -> None:
    """A method of the case, a function of another module, or the asking of a rule."""
    name = ""
    if isinstance(call.func, ast.Attribute):
        name = call.func.attr
        of = call.func.value
        if isinstance(of, ast.Name):
            function.names.add(f".{name}" if of.id == "case" else name)
    elif isinstance(call.func, ast.Name):
        name = call.func.id
    if name in ASKING:
        words = (arg.value for arg in call.args if isinstance(arg, ast.Constant))
        function.rules |= {word for word in words if word in rules()}


def rules_page() -> str:
    """specs/rules.md."""
    lines = [
        "# Rules",
        "",
        "Made from [rules.toml](rules.toml) by `python -m tests.docs`; change that file and the law, not",
        "this page. *Required*: the verdict depends on the rule. *Asked*: at the entries of these types, at",
        "every entry, at the head (what is due), of the bundle's files, of statements. What each asks stands",
        "in [event-types.md](event-types.md), [draw.md](draw.md) and [bundle.md](bundle.md); a rule that was",
        "never asked is `n/a` in a report. The order is that of the checks of a report.",
        "",
    ]
    for category in Category:
        lines += [f"## {CATEGORY[category.value].en} {CATEGORY[category.value].zh}", ""]
        lines += ["| rule | required | it holds when | asked | basis |", "| --- | --- | --- | --- | --- |"]
        for name, rule in rules().items():
            if rule.category == category.value:
                where = ", ".join(f"`{p}`" if "." in p or p in schema.EVENTS else p for p in places(name))
                yes = "yes" if rule.required else "no"
                lines.append(f"| `{name}` | {yes} | {rule.en}<br>{rule.zh} | {where} | {rule.basis} |")
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def places(rule: str) -> list[str]:
    """Where a rule is asked: types in the order of the registry, then the rest."""
    found = asked()[rule]
    if {"every entry"} & found:
        return ["every entry"]
    kinds = [kind for kind in schema.EVENTS if kind in found]
    return kinds + sorted(found - set(kinds))


def detectors_page() -> str:
    """Every detector of the audit, by weight as the catalogue has it."""
    lines = [
        "# Detectors\n",
        "Made by `python -m tests.docs` from `ledger/audit/detectors/catalogue.toml`. What they are for: "
        "[auditing.md](auditing.md), part 5. A doubt",
        "opens a question and accuses nobody. Thresholds are set in the policy (`doubts`) or with "
        "`liuhen audit --threshold NAME=N`.\n",
    ]
    for one in detectors().values():
        zh, en = WEIGHTS[one.weight]
        lines += [f"## {one.id}\n", f"{one.title[1]}. {one.title[0]} ({en} {zh}; {one.basis})\n"]
        lines += [f"- Says: {words[1]}. {words[0]}" for words in one.found.values()]
        lines += [
            f"- Ask first: {one.ask[1]}. {one.ask[0]}",
            f"- Harmless: {one.harmless[1]}. {one.harmless[0]}",
        ]
        lines += [f"- An honest ledger raises: {one.chance[1]}. {one.chance[0]}"]
        lines += [f"- Threshold `{t.name}`: {t.default} {t.unit[1]} {t.unit[0]}" for t in one.thresholds]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def documents() -> dict[Path, str]:
    """Path → what the file must hold."""
    prose = EVENT_TYPES.read_text("utf-8").partition(BEGIN)[0]
    return {EVENT_TYPES: prose + event_types(), RULES: rules_page(), DETECTORS: detectors_page()}


if __name__ == "__main__":
    for target, text in documents().items():
        target.write_text(text, "utf-8", newline="\n")
