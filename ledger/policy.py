"""An office's 实施细则 as data: a TOML file with its title, values and the clause each value comes from.

The values are those of `verifier.schemas.policy.POLICY_VALUES`; the check that judges the event judges the
file, so that what is read here can be adopted. Ready files lie in `ledger.profiles`, additions to them in
its folder `additions`. `ledger.policy_words` tells a policy in sentences.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any, Final

from ledger import tomlfile
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


def additions() -> tuple[str, ...]:
    """Names of what may be added to a policy: rules of higher bodies, off unless asked for."""
    found = (entry.name for entry in (resources.files("ledger.profiles") / "additions").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def with_addition(base: PolicyFile, name: str) -> PolicyFile:
    """A policy with the values of an addition on top. Raises E-POLICY-ADDITION when there is none such."""
    if name not in additions():
        raise LiuhenError(
            "E-POLICY-ADDITION",
            N_("There is no addition {name}."),
            remedy=N_("There are: {names}"),
            exit=Exit.USAGE,
            name=name,
            names=", ".join(additions()),
        )
    file = resources.files("ledger.profiles") / "additions" / f"{name}.toml"
    more = tomllib.loads(file.read_text("utf-8"))
    return replace(
        base,
        title=f"{base.title}；{more['title']}",
        document=f"{base.document}；{more['document']}",
        values={**base.values, **more["values"]},
        clauses={**base.clauses, **more["clauses"]},
    )


def read_policy(path: Path) -> PolicyFile:
    """The policy in a file. Raises E-POLICY-FILE when it cannot be read, and what `parse` raises."""
    try:
        data = tomlfile.content(path)
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
        file = tomlfile.parse(data)
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
    for name in ("min_rate", "coverage", "joint_rate", "frequency", "joint_frequency"):
        if name in values:
            _check(_ascends, f"values.{name}", values[name], where)
    _names(clauses, values, values, "clauses.", where)
    _check(adopted["clauses"], "clauses", clauses, where)
    return PolicyFile(file["policy"], file["title"], file["document"], values, clauses)


def _ascends(pair: Any) -> str:
    return "" if pair[0] <= pair[1] else "p ≤ q"


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
