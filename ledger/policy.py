"""An office's 实施细则 as data: a TOML file with its title, values and the clause each value comes from.

The values are those of `verifier.schemas.policy.POLICY_VALUES`; the same check that judges the event judges the file,
so that what is read here can be adopted. Ready files lie in `ledger.profiles`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.schema import EVENTS
from verifier.schemas.policy import POLICY_VALUES
from verifier.shape import Check

_HEAD: Final = ("policy", "title", "document")
_TABLES: Final = ("values", "clauses")


@dataclass(frozen=True)
class PolicyFile:
    """What a policy file says: what `commands.plans.adopt_policy` takes, but for the hash of the 细则."""

    policy: str
    title: str
    document: str
    values: Mapping[str, Value]
    clauses: Mapping[str, str]


def profiles() -> tuple[str, ...]:
    """Names of the ready policies."""
    found = (entry.name for entry in resources.files("ledger.profiles").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def profile(name: str) -> PolicyFile:
    """The ready policy of this name. Raises E-POLICY-PROFILE when there is none."""
    if name not in profiles():
        raise LiuhenError(
            "E-POLICY-PROFILE",
            N_("There is no ready policy {name}."),
            remedy=N_("There are: {names}. Or give the path of a file of your own."),
            exit=Exit.USAGE,
            name=name,
            names=", ".join(profiles()),
        )
    file = resources.files("ledger.profiles") / f"{name}.toml"
    return parse(file.read_bytes(), file.name)


def read_policy(path: Path) -> PolicyFile:
    """The policy in a file. Raises E-POLICY-FILE when it cannot be read, and what `parse` raises."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LiuhenError(
            "E-POLICY-FILE",
            N_("The policy file cannot be read: {reason}"),
            where=str(path),
            remedy=N_("Check the path; see a ready one: liuhen policy show s0"),
            exit=Exit.UNREADABLE,
            reason=error.strerror or str(error),
        ) from error
    return parse(data, path.name)


def parse(data: bytes, where: str) -> PolicyFile:
    """The policy in the bytes of a TOML file (UTF-8, a BOM allowed).

    Raises E-POLICY-TOML for what is no TOML, E-POLICY-UNKNOWN for a name that means nothing here,
    E-POLICY-MISSING, and E-POLICY-VALUE for a value of a wrong kind or size. All exit with 4.
    """
    try:
        file = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LiuhenError(
            "E-POLICY-TOML",
            N_("The policy file is not TOML in UTF-8: {reason}"),
            where=where,
            remedy=N_("Compare the line named with a ready file: liuhen policy show s0"),
            exit=Exit.UNREADABLE,
            reason=str(error),
        ) from error
    _names(file, (*_HEAD, *_TABLES), (*_HEAD, *_TABLES), "", where)
    adopted = EVENTS["policy.adopted"].shape.checks
    for name in (*_HEAD, *_TABLES):
        if name in _HEAD or type(file[name]) is not dict:
            _check(adopted[name], name, file[name], where)
    values, clauses = file["values"], file["clauses"]
    _names(values, POLICY_VALUES.checks, POLICY_VALUES.required, "values.", where)
    for name, check in POLICY_VALUES.checks.items():
        if name in values:
            _check(check, f"values.{name}", values[name], where)
    p, q = values["min_rate"]
    _check(lambda _: "" if p <= q else "p ≤ q", "values.min_rate", values["min_rate"], where)
    _names(clauses, values, values, "clauses.", where)
    _check(adopted["clauses"], "clauses", clauses, where)
    return PolicyFile(file["policy"], file["title"], file["document"], values, clauses)


def _names(
    table: Mapping[str, Any], allowed: Mapping[str, Any] | tuple[str, ...], needed: Any, at: str, where: str
) -> None:
    for name in table:
        if name not in allowed:
            raise LiuhenError(
                "E-POLICY-UNKNOWN",
                N_("The policy file names {name}, which this version does not know."),
                where=where,
                remedy=N_("Correct the name or take the line out. Known here: {known}"),
                exit=Exit.UNREADABLE,
                name=at + name,
                known=", ".join(allowed),
            )
    for name in needed:
        if name not in table:
            raise LiuhenError(
                "E-POLICY-MISSING",
                N_("The policy file does not say {name}."),
                where=where,
                remedy=N_("Add it; see a ready file: liuhen policy show s0"),
                exit=Exit.UNREADABLE,
                name=at + name,
            )


def _check(check: Check, name: str, value: Any, where: str) -> None:
    if fault := check(value):
        raise LiuhenError(
            "E-POLICY-VALUE",
            N_("The value of {name} in the policy file is wrong: {value}. Needed: {expected}"),
            where=where,
            remedy=N_("Correct the value; see a ready file: liuhen policy show s0"),
            exit=Exit.UNREADABLE,
            name=name,
            value=str(value)[:80],
            expected=fault,
        )


Sentence = tuple[str, str]
"""(Chinese, English)"""

_UNITS: Final = {"working": ("个工作日", "working days"), "calendar": ("日", "days")}
_STARTS: Final = {
    "visit": ("每户检查结束后", "the visit"),
    "task": ("该任务全部检查结束后", "the last visit of the task"),
}
_REST: Final[Mapping[str, Sentence]] = {
    "later": (
        "期限最后一日是休息日的，顺延到其后第一个工作日",
        "A last day on a rest day moves to the next working day",
    ),
    "earlier": (
        "期限最后一日是休息日的，提前到其前最后一个工作日",
        "A last day on a rest day moves to the working day before",
    ),
    "keep": ("期限最后一日是休息日的，不变", "A last day on a rest day stays"),
}
_SEALED: Final[Mapping[bool, Sentence]] = {
    True: (
        "抽取结果封存：检查对象有结果或任务时限届满后才公开",
        "Draws are sealed: who was drawn is published once every subject has a result or the window is over",
    ),
    False: ("抽取结果不封存，摇号后即可公开", "Draws are not sealed: the result is public at once"),
}
_ROLES: Final = {"approver": ("审批人", "an approver"), "admin": ("管理员", "an admin")}
_ACTS: Final = {
    "task": ("抽查任务", "tasks"),
    "exclusion": ("剔除抽查对象", "exclusions"),
    "replacement": ("递补检查人员", "replacements"),
    "correction": ("更正和作废", "corrections"),
}


def _rate(value: Any) -> str:
    p, q = value
    return f"{100 * p // q}%" if 100 * p % q == 0 else f"{p}/{q}"


def _publish(values: Mapping[str, Any]) -> Sentence:
    days, unit, start = values["publish_days"], values["publish_unit"], values["publish_from"]
    return (
        f"{_STARTS[start][0]}{days}{_UNITS[unit][0]}内公示检查结果",
        f"Results are published within {days} {_UNITS[unit][1]} after {_STARTS[start][1]}",
    )


def _approvals(values: Mapping[str, Any]) -> Sentence:
    held = values["approvals"]
    zh = "；".join(f"{what}由{_ROLES[held[act]][0]}批准" for act, (what, _) in _ACTS.items())
    en = "; ".join(f"{what} by {_ROLES[held[act]][1]}" for act, (_, what) in _ACTS.items())
    return zh, f"Approved are {en}"


_SENTENCES: Final[Mapping[tuple[str, ...], Callable[[Mapping[str, Any]], Sentence]]] = {
    ("min_rate",): lambda v: (
        f"抽查比例原则上不低于{_rate(v['min_rate'])}，低于的须写明理由并经批准",
        f"A task draws at least {_rate(v['min_rate'])}; a lower rate needs a reason and an approval",
    ),
    ("min_officers",): lambda v: (
        f"每户检查人员不少于{v['min_officers']}人",
        f"At least {v['min_officers']} officers check an enterprise",
    ),
    ("min_choices",): lambda v: (
        f"可能的检查组少于{v['min_choices']}种时提示",
        f"Fewer than {v['min_choices']} possible teams are a warning",
    ),
    ("publish_days", "publish_unit", "publish_from"): _publish,
    ("rest_day",): lambda v: _REST[v["rest_day"]],
    ("sealed",): lambda v: _SEALED[v["sealed"]],
    ("approvals",): _approvals,
}


def explain(values: Mapping[str, Any], clauses: Mapping[str, str]) -> list[Sentence]:
    """An adopted policy in words, each sentence with the clauses it rests on.

    Values that this version does not know come last, as they stand.
    """
    told: list[Sentence] = []
    known: set[str] = set()
    for names, say in _SENTENCES.items():
        known.update(names)
        if all(name in values for name in names):
            told.append(_with_clauses(say(values), names, clauses))
    for name in sorted(values.keys() - known):
        told.append(_with_clauses((f"{name}：{values[name]}", f"{name}: {values[name]}"), (name,), clauses))
    return told


def _with_clauses(sentence: Sentence, names: tuple[str, ...], clauses: Mapping[str, str]) -> Sentence:
    found = list(dict.fromkeys(clauses[name] for name in names if name in clauses))
    if not found:
        return f"{sentence[0]}。", f"{sentence[1]}."
    return f"{sentence[0]}（{'；'.join(found)}）。", f"{sentence[1]} ({'; '.join(found)})."
